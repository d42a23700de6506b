//! Mails: what one looks like on the wire, and the way out to a mail server.
//!
//! * `delivery`: one attempt, from notification to mail server.
//! * [`message`]: from subject, text and HTML to a message with its headers.
//! * [`smtp`]: hands a message to the mail server and tells what came of it.
//! * [`relay`]: the mail server's URL, read and checked.
//! * `failure`: whether trying again makes sense, and why it went wrong, in one line.
//! * `idle`: connections kept for the next mail.
//! * `line_by_line`: the unencrypted part of a connection, which may not run ahead into the encrypted one.

mod delivery;
mod failure;
mod idle;
mod line_by_line;
pub mod message;
pub mod relay;
pub mod smtp;

pub use delivery::Mails;
