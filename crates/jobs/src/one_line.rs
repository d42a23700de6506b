//! Text from other systems, shortened to one line that can be stored and shown.

use gantry_core::text::is_bidi_control;

/// Maximum length of a stored line.
const MOST_CHARACTERS: usize = 200;

/// Returns the text as one line of at most 200 characters.
pub fn one_line(text: &str) -> String {
    let breaks = |letter: char| letter.is_control() || is_bidi_control(letter);
    let spaced: String = text.chars().map(|letter| if breaks(letter) { ' ' } else { letter }).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(MOST_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_line_is_one_line_and_short() {
        assert_eq!(one_line(" a\r\nb\t\0c\u{85}d\u{202e}  "), "a b c d");
        assert_eq!(one_line(&"ä".repeat(300)), "ä".repeat(200));
    }
}
