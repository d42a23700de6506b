//! HTML character references that are common in mails: numeric ones, Latin-1, and typographic punctuation.

/// Names of U+00A0 to U+00FF, in order.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 \
    sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml \
    Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml \
    times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave \
    eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute \
    ucirc uuml yacute thorn yuml";

const OTHERS: [(&str, char); 26] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200C}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("bull", '•'),
    ("hellip", '…'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("euro", '€'),
    ("trade", '™'),
    ("larr", '←'),
    ("rarr", '→'),
    ("check", '✓'),
];

/// Maximum distance from `&` to `;` in bytes.
const LONGEST: usize = 12;

/// Resolves character references; unknown ones are left as they are.
pub(super) fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = from.bytes().take(LONGEST).position(|byte| byte == b';');
        let found = end.and_then(|end| Some((resolved(&from[1..end])?, &from[end + 1..])));
        let (letter, after) = found.unwrap_or(('&', &from[1..]));
        out.push(letter);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn resolved(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
            None => number.parse(),
        };
        return char::from_u32(number.ok()?).filter(|letter| !letter.is_control() || letter.is_whitespace());
    }
    let latin = || (0xA0_u32..).zip(LATIN.split_whitespace()).find(|(_, own)| *own == name);
    let other = OTHERS.iter().find(|(own, _)| *own == name).map(|(_, letter)| *letter);
    other.or_else(|| char::from_u32(latin()?.0))
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn references_are_resolved_once() {
        assert_eq!(decoded("&lt;b&gt; &amp;lt; &quot;x&quot; &#39;y&#x27; &hellip;"), "<b> &lt; \"x\" 'y' …");
        assert_eq!(decoded("&nbsp;&auml;&Uuml;&szlig;&yuml;&divide;&copy;"), "\u{A0}äÜßÿ÷©");
    }

    #[test]
    fn what_is_none_stays() {
        for text in ["a & b", "&", "&;", "&unknown;", "&#0;", "&#xD800;", "&#99999999;", "a=1&b=2;", "&ä;"] {
            assert_eq!(decoded(text), text);
        }
    }
}
