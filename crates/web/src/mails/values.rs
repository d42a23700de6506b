//! Placeholders: values are substituted after Markdown and HTML are parsed, escaped for their context.
//!
//! Each value is represented by a mark of noncharacters (which Unicode reserves for internal use). Markdown treats a
//! mark as letters, so no value can change how the text around it is parsed.

use gantry_core::text::is_bidi_control;

/// Maximum length of a rendered subject or body, in bytes.
pub(super) const LONGEST: usize = 256 * 1024;

const OPEN: char = '\u{FDD0}';
const CLOSE: char = '\u{FDD1}';
/// First of the sixteen hexadecimal digits between [`OPEN`] and [`CLOSE`].
const ZERO: u32 = 0xFDD2;

/// The text would become longer than [`LONGEST`].
#[derive(Debug)]
pub(super) struct TooLong;

/// A value, and whether it is already percent-encoded.
#[derive(Debug, PartialEq)]
pub(super) struct Held {
    pub text: String,
    pub encoded: bool,
}

/// Part of a text with marks.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    Template(&'a str),
    Value(&'a Held),
}

/// The values of one text, by the number in their mark.
#[derive(Debug, Default)]
pub(super) struct Values(Vec<Held>);

impl Values {
    /// Stores a value and returns its mark.
    pub fn hold(&mut self, text: String, encoded: bool) -> String {
        let mut mark = String::from(OPEN);
        for digit in format!("{:x}", self.0.len()).chars().filter_map(|digit| digit.to_digit(16)) {
            mark.extend(char::from_u32(ZERO + digit));
        }
        mark.push(CLOSE);
        self.0.push(Held { text, encoded });
        mark
    }

    /// Splits the text at its marks. Remains of a mark that a filter split are dropped.
    pub fn pieces<'a>(&'a self, text: &'a str) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find(is_ours) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|letter| !is_ours(letter) || letter == CLOSE).unwrap_or(from.len());
            let closed = from[end..].starts_with(CLOSE);
            let (mark, after) = from.split_at(if closed { end + CLOSE.len_utf8() } else { end });
            pieces.extend((!before.is_empty()).then_some(Piece::Template(before)));
            pieces.extend(self.marked(mark).map(Piece::Value));
            rest = after;
        }
        pieces.extend((!rest.is_empty()).then_some(Piece::Template(rest)));
        pieces
    }

    fn marked(&self, mark: &str) -> Option<&Held> {
        let digits = mark.strip_prefix(OPEN)?.strip_suffix(CLOSE).filter(|digits| !digits.is_empty())?;
        let digit = |letter: char| u32::from(letter).checked_sub(ZERO).filter(|digit| *digit < 16);
        let number =
            digits.chars().try_fold(0_u32, |number, letter| number.checked_mul(16)?.checked_add(digit(letter)?))?;
        self.0.get(usize::try_from(number).ok()?)
    }

    /// Substitutes the values without escaping.
    pub fn plain(&self, text: &str) -> String {
        let part = |piece| match piece {
            Piece::Template(text) => text,
            Piece::Value(held) => held.text.as_str(),
        };
        self.pieces(text).into_iter().map(part).collect()
    }

    /// Refuses a text that becomes too long with its values: a mark is short, regardless of its value.
    pub fn measure(&self, text: &str) -> Result<(), TooLong> {
        let length = |piece: &Piece<'_>| match piece {
            Piece::Template(text) => text.len(),
            Piece::Value(held) => held.text.len(),
        };
        let whole: usize = self.pieces(text).iter().map(length).sum();
        if whole > LONGEST { Err(TooLong) } else { Ok(()) }
    }
}

/// Cleans a value or template: every line break becomes a line feed, and control characters, our marks and
/// bidirectional controls are removed, because a name could rearrange the sentence around it with those.
pub(super) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let one = |letter: char| match letter {
        '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\n' | '\t' => Some(letter),
        _ => (!letter.is_control() && !is_bidi_control(letter) && !is_ours(letter)).then_some(letter),
    };
    text.chars().filter_map(one).collect()
}

fn is_ours(letter: char) -> bool {
    matches!(letter, '\u{FDD0}'..='\u{FDEF}')
}

#[cfg(test)]
mod tests {
    use super::{Piece, Values, clean};

    #[test]
    fn what_was_held_is_found_again() {
        let mut values = Values::default();
        let marks: Vec<String> = (0..40).map(|number| values.hold(number.to_string(), false)).collect();
        let text = format!("a{}{}b{}", marks[0], marks[17], marks[39]);
        assert_eq!(values.plain(&text), "a017b39");
        let pieces = values.pieces(&text);
        assert_eq!((&pieces[0], &pieces[3], pieces.len()), (&Piece::Template("a"), &Piece::Template("b"), 5));
    }

    #[test]
    fn broken_marks_are_dropped() {
        let mut values = Values::default();
        let mark = values.hold("x".to_owned(), false);
        let reversed: String = mark.chars().rev().collect();
        let cut: String = mark.chars().take(2).collect();
        for broken in [reversed, cut, "\u{FDD0}\u{FDD1}".to_owned(), "\u{FDD0}\u{FDD3}\u{FDD3}\u{FDD1}".to_owned()] {
            assert_eq!(values.plain(&format!("a{broken}b")), "ab", "{broken:?}");
        }
        assert_eq!(values.plain(&format!("{}{mark}{mark}", "\u{FDD0}")), "x");
    }

    #[test]
    fn what_no_reader_sees_is_cleaned_away() {
        assert_eq!(clean("a\r\nb\rc\u{2028}d\u{85}e\tf"), "a\nb\nc\nd\ne\tf");
        assert_eq!(clean("a\0b\u{1b}[31mc\u{7f}\u{9b}\u{202e}d\u{2066}e\u{fdd0}\u{fdef}f"), "ab[31mcdef");
    }
}
