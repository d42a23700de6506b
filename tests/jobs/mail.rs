//! Mails to send in tests.

use gantry_jobs::emails::message::{Envelope, build};
use gantry_jobs::emails::smtp::{Failure, Smtp};

use crate::support::START_MS;

/// From whom, and when; the rest is told.
pub fn envelope<'a>(id: &'a str, to: &'a str) -> Envelope<'a> {
    Envelope {
        id,
        host: "login.example.com",
        from: "noreply@example.com",
        from_name: Some("Acme"),
        to,
        to_name: Some("Ada Lovelace"),
        date_ms: START_MS,
    }
}

/// Sends a mail in which the text matters to nobody.
pub async fn send(smtp: &Smtp, to: &str) -> Result<String, Failure> {
    let message = build(&envelope("ntf_1", to), "Hello", Some("<p>Hello</p>"), "Hello");
    smtp.send(&message.unwrap_or_else(|why| panic!("{why}"))).await
}
