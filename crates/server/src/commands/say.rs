//! What commands print: results to the output, which programs read too, and notes beside it.

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
    say_bytes(format!("{line}\n").as_bytes())
}

/// Prints what is no text of ours, as it is.
///
/// # Errors
/// As those of [`say`].
pub(super) fn say_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Unread.into()),
        done => Ok(done?),
    }
}

/// Prints a line for people only. The command succeeds also where nothing takes it.
pub(super) fn note(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
