//! Mails: building messages and sending them over SMTP.
//!
//! * `delivery`: one attempt, from notification to mail server.
//! * [`message`]: builds a message with its headers from subject, text and HTML.
//! * [`smtp`]: sends a message to the mail server and returns the result.
//! * [`relay`]: parses and checks the mail server's URL.
//! * `failure`: whether a retry makes sense, and the one-line reason.
//! * `idle`: pool of idle connections.
//! * `line_by_line`: the unencrypted part of a connection, which must not be read beyond the STARTTLS reply.

mod delivery;
mod failure;
mod idle;
mod line_by_line;
pub mod message;
pub mod relay;
pub mod smtp;

pub use delivery::Mails;
