//! What others say, short enough to be kept and shown in one line.

use gantry_core::text::is_bidi_control;

/// The longest line that is kept.
const MOST_CHARACTERS: usize = 200;

/// One line of at most 200 characters.
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
