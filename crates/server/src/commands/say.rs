//! What commands print for whoever reads it.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

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
