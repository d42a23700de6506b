//! Characters that are removed from a text before it is compared or shown.

/// Whether the character turns the order of letters around: an embedding, override or isolate (UAX #9, section 2), with
/// which a name could rearrange the sentence in which it is shown.
pub fn is_bidi_control(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether the character has no shape of its own and is left behind by copying: zero-width spaces and joiners, byte order
/// marks, direction marks, soft hyphens and fillers. Variation selectors and tags belong to the emoji before them.
pub(super) fn is_invisible(letter: char) -> bool {
    is_bidi_control(letter)
        || matches!(letter, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}')
        || matches!(letter, '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}')
        || matches!(letter, '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Returns the text without white space and invisible characters at its ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || is_invisible(letter))
}

/// Returns the text for display: without bidi controls, and trimmed.
pub fn line(text: &str) -> String {
    if text.contains(is_bidi_control) {
        let visible: String = text.chars().filter(|letter| !is_bidi_control(*letter)).collect();
        return trim(&visible).to_owned();
    }
    trim(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{line, trim};

    #[test]
    fn invisible_characters_are_trimmed_at_the_ends_alone() {
        for edge in ["\u{200b}", "\u{feff}", "\u{200e}", "\u{202e}", "\u{2069}", "\u{ad}", "\u{a0}", "\u{3164}", "\n"] {
            assert_eq!(trim(&format!("{edge} {edge}a{edge}b {edge}")), format!("a{edge}b"), "{edge:?}");
        }
        assert_eq!(trim("\u{200b}\u{feff} "), "");
        // A heart in its coloured form, and the flag of Scotland, end in characters without a shape.
        for emoji in ["\u{2764}\u{fe0f}", "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}"] {
            assert_eq!(trim(emoji), emoji);
        }
        assert_eq!(trim("a\u{0}"), "a\u{0}", "control characters are refused, not trimmed");
    }

    #[test]
    fn a_line_has_no_bidi_controls() {
        assert_eq!(line(" \u{202e}evil\u{202c} \u{2067}x\u{2069}\u{200e}"), "evil x");
        assert_eq!(line("\u{5d0}\u{200f}\u{5d1}"), "\u{5d0}\u{200f}\u{5d1}", "a mark turns nothing around");
    }
}
