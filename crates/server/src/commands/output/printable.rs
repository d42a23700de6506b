//! Escapes untrusted text for the operator's terminal.
//!
//! Guarantees: control characters, invisible characters and changes of writing direction are never printed verbatim, so
//! that a user's name can neither control the terminal nor imitate another line of the output.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns whether the character is escaped. Letters and marks of all scripts are printed as they are, and so is the
/// zero-width joiner, which some scripts and emoji need and which draws nothing by itself.
pub(super) fn is_unprintable(c: char) -> bool {
    matches!(c,
        // C0, DEL and C1, the soft hyphen, and the Arabic letter mark.
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}'
        // Zero-width space, marks of direction; separators of lines and paragraphs, embeddings and overrides.
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        // Word joiner, invisible operators, isolates and deprecated format characters; byte order mark.
        | '\u{2060}'..='\u{206f}' | '\u{feff}'
        // Interlinear annotations and tags.
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Escapes such characters, for example as `\u{1b}`. Backslashes are not escaped; the exact text is available with
/// `--json`.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unprintable(c) {
            let _ = write!(shown, "{}", c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_drives_it() {
        for (text, shown) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("C:\\temp", "C:\\temp"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("a\r\nb\tc\0", "a\\r\\nb\\tc\\u{0}"),
            ("\u{202e}nimda", "\\u{202e}nimda"),
            ("a\\\u{7f}", "a\\\\u{7f}"),
            ("J\u{f6}rg \u{6f22}\u{5b57} \u{928}\u{94d}\u{200d}", "J\u{f6}rg \u{6f22}\u{5b57} \u{928}\u{94d}\u{200d}"),
        ] {
            assert_eq!(printable(text), shown);
        }
        assert!((0..=0x9f).filter_map(char::from_u32).filter(|c| c.is_control()).all(is_unprintable));
    }
}
