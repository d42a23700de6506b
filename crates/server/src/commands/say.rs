//! Output of commands: results go to standard output, which programs may read, and notes to standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

/// The reader has closed the output early, as `head` does. This is not a failure.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
pub struct Unread;

/// Prints a line.
///
/// # Errors
/// [`Unread`], which ends the command, or any other output error.
pub(super) fn say(line: impl Display) -> anyhow::Result<()> {
    say_bytes(format!("{line}\n").as_bytes())
}

/// Prints bytes unchanged.
///
/// # Errors
/// The errors of [`say`].
pub(super) fn say_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Unread.into()),
        done => Ok(done?),
    }
}

/// Prints a line for people to standard error. Output errors are ignored.
pub(super) fn note(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
