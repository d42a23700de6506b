//! Why a mail was not sent: a one-line text for operators, whether a retry makes sense, and whether the server is at
//! fault.
//!
//! Guarantees that only a rejection of the mail itself counts as permanent. What an operator can fix (password,
//! certificate, network) never loses a mail. A rejection of one mail says nothing about the server and delays no other
//! mail.

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error;

/// The server closes the connection, whatever command was sent last (RFC 5321, section 3.8).
const CLOSING: &str = "421";

/// 5xx replies about the sender's login, not about the mail (RFC 4954, RFC 3207).
const ABOUT_LOGIN: [&str; 4] = ["530", "534", "535", "538"];

/// A mail that could not be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whether the failure is permanent: the server will never accept this mail, so it is not retried.
    pub lasting: bool,
    /// Whether the server works: it answered this mail, and may accept the next.
    pub server_is_well: bool,
    /// What went wrong, in one line without secrets.
    pub text: String,
}

impl Failure {
    pub(super) fn passing(text: impl Into<String>) -> Self {
        Self { lasting: false, server_is_well: false, text: text.into() }
    }

    pub(super) fn timed_out(limit: Duration) -> Self {
        Self::passing(format!("timed out after {} s", limit.as_secs_f64()))
    }

    /// A failure before a mail was offered: temporary whatever the code, since the mail is not at fault. `what` names
    /// the failed step.
    pub(super) fn before_the_mail(what: &str, error: &Error) -> Self {
        match reply(error) {
            Some(text) => Self::passing(text),
            None => Self::passing(format!("{what}: {}", reason(error))),
        }
    }

    /// A failure in response to the mail.
    pub(super) fn of_the_mail(error: &Error) -> Self {
        if error.is_client() {
            // The only rule that lettre checks on our side, before anything is sent.
            let text = "the server takes ASCII addresses only (no SMTPUTF8)".to_owned();
            return Self { lasting: true, server_is_well: true, text };
        }
        let code = error.status().map(|code| code.to_string());
        let about_mail = code.is_some_and(|code| code != CLOSING && !ABOUT_LOGIN.contains(&code.as_str()));
        let text = reply(error).unwrap_or_else(|| reason(error));
        Self { lasting: error.is_permanent() && about_mail, server_is_well: about_mail, text }
    }
}

/// The server's reply, if the error is one.
fn reply(error: &Error) -> Option<String> {
    let code = error.status()?;
    Some(format!("{code} {}", error.source().map(ToString::to_string).unwrap_or_default()))
}

/// The innermost cause, which is the most specific.
fn reason(error: &Error) -> String {
    let Some(mut cause) = error.source() else { return error.to_string() };
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match cause.to_string().as_str() {
        "incomplete response" => "the server closed the connection".to_owned(),
        text if error.is_response() => format!("the server's answer is no SMTP ({text})"),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_told_in_seconds() {
        assert_eq!(Failure::timed_out(Duration::from_secs(15)).text, "timed out after 15 s");
        assert_eq!(Failure::timed_out(Duration::from_millis(500)).text, "timed out after 0.5 s");
    }
}
