//! Context-aware HTML escaping of values.

use super::address;
use super::values::{Held, Piece, Values};

/// Attributes whose value is an address.
const ADDRESSES: [&str; 8] = ["href", "src", "action", "formaction", "background", "poster", "cite", "srcset"];
/// Maximum length of a tag in bytes that is analysed. A value in a longer tag is escaped in the strictest way.
const LONGEST_TAG: usize = 4096;

/// Substitutes the values in a template's HTML.
pub(super) fn html(text: &str, values: &Values) -> String {
    let mut html = String::with_capacity(text.len());
    // Start of the tag that is open here. Values cannot open or close one, since they are escaped.
    let mut tag: Option<usize> = None;
    for piece in values.pieces(text) {
        match piece {
            Piece::Template(text) => {
                if let Some(last) = text.rfind(['<', '>']) {
                    tag = text[last..].starts_with('<').then_some(html.len() + last);
                }
                html.push_str(text);
            }
            Piece::Value(held) => {
                let value = match tag {
                    None => escaped(&held.text),
                    Some(start) => in_tag(&html[start..], held),
                };
                html.push_str(&value);
            }
        }
    }
    html
}

fn in_tag(tag: &str, held: &Held) -> String {
    let Some(attribute) = Some(tag).filter(|tag| tag.len() <= LONGEST_TAG).and_then(last_attribute) else {
        return strict(&held.text);
    };
    let text = if ADDRESSES.iter().any(|name| attribute.name.eq_ignore_ascii_case(name)) {
        address::part(attribute.value, held).unwrap_or_else(|| "#".to_owned())
    } else {
        held.text.clone()
    };
    if attribute.quoted { escaped(&text) } else { strict(&text) }
}

/// Attribute at the end of an incomplete tag.
#[derive(Debug, PartialEq)]
struct Attribute<'a> {
    name: &'a str,
    value: &'a str,
    quoted: bool,
}

fn last_attribute(tag: &str) -> Option<Attribute<'_>> {
    let mut rest = tag;
    loop {
        let equals = rest.find('=')?;
        let name = rest[..equals].trim_end().rsplit(|letter: char| letter.is_whitespace() || letter == '/').next()?;
        let value = rest[equals + 1..].trim_start();
        let quote = value.chars().next().filter(|first| ['"', '\''].contains(first));
        let (value, after) = match quote {
            Some(quote) => {
                let value = &value[quote.len_utf8()..];
                (value, value.split_once(quote).map(|(_, after)| after))
            }
            None => (value, value.find(char::is_whitespace).map(|end| &value[end..])),
        };
        let Some(after) = after else { return Some(Attribute { name, value, quoted: quote.is_some() }) };
        rest = after;
    }
}

/// Escapes text for element content and quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// Escapes text for a position in a tag that is not quoted.
fn strict(text: &str) -> String {
    let one = |letter: char| match letter {
        letter if letter.is_alphanumeric() || ['-', '_', '.'].contains(&letter) => letter.to_string(),
        letter => format!("&#{};", u32::from(letter)),
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::html;
    use crate::mails::values::Values;

    fn landed(template: &str, value: &str) -> String {
        let mut values = Values::default();
        let mark = values.hold(value.to_owned(), false);
        html(&template.replace('@', &mark), &values)
    }

    #[test]
    fn values_are_escaped_for_their_place() {
        let link = "https://a.test/?a=1&b=2";
        for (template, value, expected) in [
            ("<p>@</p>", "<b>&\"'", "<p>&lt;b&gt;&amp;&quot;&#39;</p>"),
            ("<p title=\"@\">@", "\" onclick=\"x", "<p title=\"&quot; onclick=&quot;x\">&quot; onclick=&quot;x"),
            ("<p title=@>", "x onclick=y", "<p title=x&#32;onclick&#61;y>"),
            ("<p @>", "onclick=x>", "<p onclick&#61;x&#62;>"),
            ("<a href=\"@\">", link, "<a href=\"https://a.test/?a=1&amp;b=2\">"),
            ("<a class=x HREF='@'>", link, "<a class=x HREF='https://a.test/?a=1&amp;b=2'>"),
            ("<a href=\"@\">", "javascript:alert(1)", "<a href=\"#\">"),
            ("<a href=@>", "java\tscript:alert(1)", "<a href=&#35;>"),
            ("<img alt=\"=\" src=\"@\">", "data:x", "<img alt=\"=\" src=\"#\">"),
            ("<a href=\"https://a.test/?u=@&x\">", "a&b=\"c", "<a href=\"https://a.test/?u=a%26b%3D%22c&x\">"),
            ("<p a=b\u{a0}c d=\"@\">", "é\"", "<p a=b\u{a0}c d=\"é&quot;\">"),
            ("a < b @ > c", "<i>", "a < b &#60;i&#62; > c"),
            ("<!-- @ -->", "--><script>", "<!-- --&#62;&#60;script&#62; -->"),
        ] {
            assert_eq!(landed(template, value), expected, "{template} {value}");
        }
    }
}
