//! Settings for sending mails.
//!
//! Guarantees that neither user nor password of the mail server is shown: some providers use one key for both.

use gantry_jobs::emails::message::Sender;
use gantry_jobs::emails::relay::Relay;
use secrecy::SecretString;
use url::Url;

use super::reader::Reader;

/// Reads the mail server's URL. `Some(None)` if mails stay in the outbox, `None` if the URL is invalid.
#[expect(clippy::option_option, reason = "a broken URL and no URL are not the same")]
pub(super) fn smtp_url(reader: &mut Reader<'_>) -> Option<Option<SecretString>> {
    let text = reader.text("mail.smtp_url");
    if text.is_empty() {
        return Some(None);
    }
    if let Err(why) = Relay::parse(text) {
        reader.refuse("mail.smtp_url", &why);
        return None;
    }
    reader.shown.insert("mail.smtp_url", masked(text));
    Some(Some(SecretString::from(text)))
}

pub(super) fn from(reader: &mut Reader<'_>, login_domain: &str) -> Option<Sender> {
    let form = "an email address, such as noreply@example.com or Example <noreply@example.com>";
    let by_default = format!("noreply@{login_domain}");
    let from = reader.parsed("mail.from", form, |text| {
        let text = if text.is_empty() { &by_default } else { text };
        Some((text.to_owned(), Sender::parse(text)?))
    })?;
    let (text, sender) = from;
    reader.shown.insert("mail.from", text);
    Some(sender)
}

fn masked(text: &str) -> String {
    let hidden = |mut url: Url| {
        if !url.username().is_empty() {
            url.set_username("***").ok()?;
            url.set_password(Some("***")).ok()?;
        }
        Some(url.to_string())
    };
    Url::parse(text).ok().and_then(hidden).unwrap_or_else(|| "***".to_owned())
}
