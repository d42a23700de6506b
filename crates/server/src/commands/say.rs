//! What commands print: results to the output, which programs read too, and notes beside it.

use std::fmt::{Display, Write as _};
use std::io::{self, ErrorKind, Write as _};

use gantry_core::text::is_bidi_control;

/// Whoever read the output has seen enough, as `head` has after its lines. That is no failure.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
pub struct Unread;

/// Prints a line.
///
/// # Errors
/// [`Unread`], which ends the command; or what else is wrong with the output.
pub(super) fn say(line: impl Display) -> anyhow::Result<()> {
    let mut out = io::stdout();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Unread.into()),
        done => Ok(done?),
    }
}

/// Prints a line for people only. The command succeeds also where nothing takes it.
pub(super) fn note(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// The text as a terminal may show it: control characters, which could move the cursor or recolour the screen, and bidi
/// controls are written as escapes.
pub fn visible(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut visible, letter| {
        if letter.is_control() || is_bidi_control(letter) {
            let _ = write!(visible, "{}", letter.escape_default());
        } else {
            visible.push(letter);
        }
        visible
    })
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn nothing_on_a_terminal_moves_its_cursor() {
        assert_eq!(visible("a\u{1b}[31m\tä\u{9b}\u{202e}"), "a\\u{1b}[31m\\tä\\u{9b}\\u{202e}");
    }
}
