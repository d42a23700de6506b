//! What others say, short enough to be kept and shown in one line.

/// The longest line that is kept.
const MOST_CHARACTERS: usize = 200;

/// One line of at most 200 characters.
pub fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(MOST_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_line_is_one_line_and_short() {
        assert_eq!(one_line(" a\r\nb\t\0c\u{85}d  "), "a b c d");
        assert_eq!(one_line(&"ä".repeat(300)), "ä".repeat(200));
    }
}
