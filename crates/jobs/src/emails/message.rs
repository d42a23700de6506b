//! Builds the MIME message of a rendered mail.
//!
//! Guarantees: every attempt of a mail produces identical bytes, including the `Message-ID` by which receivers drop
//! duplicates; a name or subject cannot inject a header, since no control character reaches one.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

/// Maximum characters of a name or subject. A header line may have 998 bytes (RFC 5322); this many fit when escaped.
const MOST_CHARACTERS: usize = 250;

/// Start of the year 10000 in epoch milliseconds; mail dates have four-digit years.
const END_OF_TIME_MS: u64 = 253_402_300_800_000;

/// Everything of a mail except subject and body.
pub struct Envelope<'a> {
    /// The notification's id. The `Message-ID` is `<id@host>`.
    pub id: &'a str,
    /// The domain in which the id is unique.
    pub host: &'a str,
    /// The sender's address.
    pub from: &'a str,
    /// The sender's display name.
    pub from_name: Option<&'a str>,
    /// The receiver's address.
    pub to: &'a str,
    /// The receiver's display name.
    pub to_name: Option<&'a str>,
    /// Creation time in epoch milliseconds.
    pub date_ms: i64,
}

/// Builds the message: text first, then HTML, since readers show the last alternative that they support.
pub fn build(envelope: &Envelope<'_>, subject: &str, html: Option<&str>, text: &str) -> Result<Message, String> {
    let Envelope { id, host, .. } = envelope;
    if !is_word(id, "-._") || !is_word(host, "-.") {
        return Err(format!("<{id}@{host}> is no message id"));
    }
    let message = Message::builder()
        .from(mailbox(envelope.from, envelope.from_name)?)
        .to(mailbox(envelope.to, envelope.to_name)?)
        .subject(for_a_header(subject))
        .date(date(envelope.date_ms)?)
        .message_id(Some(format!("<{id}@{host}>")))
        // RFC 3834: suppresses out-of-office replies.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    let text = part(ContentType::TEXT_PLAIN, text);
    let made = match html {
        None => message.singlepart(text),
        Some(html) => {
            // In quoted-printable an `=` is always followed by a hex digit or a line end, so no part can contain this
            // boundary.
            let both = MultiPart::alternative().boundary(format!("=_{id}"));
            message.multipart(both.singlepart(text).singlepart(part(ContentType::TEXT_HTML, html)))
        }
    };
    made.map_err(|error| format!("the mail cannot be written: {error}"))
}

/// Sender of mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// `noreply@example.com`
    pub address: String,
    /// Display name.
    pub name: Option<String>,
}

impl Sender {
    /// Parses `noreply@example.com` or `Example <noreply@example.com>`, the name quoted or not. Returns `None` for
    /// other texts.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains(char::is_control) {
            return None;
        }
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => (name.trim(), address),
            None => ("", text),
        };
        let quoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        let name = quoted.unwrap_or(name).trim();
        let is_plain = !name.contains(['"', '<', '>', '\\']);
        let name = Some(name.to_owned()).filter(|name| !name.is_empty());
        (is_plain && is_address(address)).then(|| Self { address: address.to_owned(), name })
    }
}

/// Returns whether mail can be sent from or to this address.
pub fn is_address(text: &str) -> bool {
    address(text).is_some()
}

fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.rsplit_once('@')?;
    if text.contains(char::is_control) {
        return None;
    }
    // Every server accepts the ASCII form of a domain; few accept the Unicode form.
    let domain = if domain.is_ascii() { domain.to_owned() } else { idna::domain_to_ascii(domain).ok()? };
    Address::new(user, domain).ok()
}

fn mailbox(text: &str, name: Option<&str>) -> Result<Mailbox, String> {
    let address = address(text).ok_or_else(|| format!("{text:?} is no email address"))?;
    let name = name.map(for_a_header).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address))
}

fn part(kind: ContentType, content: &str) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(content.to_owned())
}

fn date(ms: i64) -> Result<SystemTime, String> {
    let ms = u64::try_from(ms).ok().filter(|ms| *ms < END_OF_TIME_MS);
    let ms = ms.ok_or("the mail's date lies outside the years 1970 to 9999")?;
    Ok(SystemTime::UNIX_EPOCH + Duration::from_millis(ms))
}

fn for_a_header(text: &str) -> String {
    let spaced = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    spaced.take(MOST_CHARACTERS).collect::<String>().trim().to_owned()
}

fn is_word(text: &str, besides: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || besides.contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_are_an_address_with_or_without_a_name() {
        for (text, name) in [
            ("noreply@example.com", None),
            ("Northwind <noreply@example.com>", Some("Northwind")),
            (" \"Northwind, Inc.\" <noreply@example.com> ", Some("Northwind, Inc.")),
            ("株式会社ノース <noreply@example.com>", Some("株式会社ノース")),
            ("<noreply@example.com>", None),
        ] {
            let sender = Sender::parse(text).expect(text);
            assert_eq!((sender.address.as_str(), sender.name.as_deref()), ("noreply@example.com", name), "{text}");
        }
        for text in [
            "",
            "Northwind",
            "Northwind noreply@example.com",
            "A <a@b.c> <noreply@example.com>",
            "A <b>",
            "A\n <a@b.c>",
        ] {
            assert_eq!(Sender::parse(text), None, "{text}");
        }
    }

    const ENVELOPE: Envelope<'_> = Envelope {
        id: "ntf_0vZ",
        host: "login.example.com",
        from: "noreply@example.com",
        from_name: None,
        to: "ada@example.org",
        to_name: None,
        date_ms: 1_767_225_600_000,
    };

    fn written(envelope: &Envelope<'_>, subject: &str) -> String {
        let message = build(envelope, subject, Some("<p>Hi</p>"), "Hi").unwrap_or_else(|why| panic!("{why}"));
        String::from_utf8(message.formatted()).expect("ASCII")
    }

    fn head(message: &str) -> Vec<&str> {
        message.split("\r\n\r\n").next().expect("a head").split("\r\n").collect()
    }

    #[test]
    fn the_head_is_as_the_standards_have_it() {
        let message = written(&ENVELOPE, "Hi");
        for line in [
            "From: noreply@example.com",
            "To: ada@example.org",
            "Subject: Hi",
            "Date: Thu, 01 Jan 2026 00:00:00 +0000",
            "Message-ID: <ntf_0vZ@login.example.com>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ] {
            assert!(head(&message).contains(&line), "{line}\n{message}");
        }
        assert_eq!(message, written(&ENVELOPE, "Hi"), "a second try differs");
    }

    #[test]
    fn no_header_comes_from_a_name_or_subject() {
        for end in ["\r\n", "\n", "\r", "\0", "\u{85}", "\u{2028}", "\u{b}"] {
            let evil = format!("A{end}Bcc: eve@example.net{end}{end}body");
            let envelope = Envelope { from_name: Some(&evil), to_name: Some(&evil), ..ENVELOPE };
            let message = written(&envelope, &evil);
            let head = head(&message);
            assert!(!head.iter().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{end:?}\n{message}");
            let names = head.iter().filter(|line| !line.starts_with(' ')).count();
            assert_eq!(names, 8, "{end:?}\n{message}");
            assert!(message.contains("multipart/alternative"));
        }
    }

    #[test]
    fn no_line_is_longer_than_mail_allows() {
        for letter in ["x", "\"", "\\", "ä", " x", "\u{1f600}"] {
            let long = letter.repeat(3000);
            let envelope = Envelope { to_name: Some(&long), from_name: Some(&long), ..ENVELOPE };
            let message = build(&envelope, &long, Some(&long), &long).unwrap_or_else(|why| panic!("{why}"));
            let message = String::from_utf8(message.formatted()).expect("ASCII");
            let longest = message.split("\r\n").map(str::len).max();
            assert!(longest <= Some(998), "{letter}: {longest:?}");
        }
    }

    #[test]
    fn no_part_can_hold_the_boundary() {
        let forged = "--=_ntf_0vZ--\r\n.\r\nMAIL FROM:<eve@example.net>\n.\n\r.\r";
        let message = build(&ENVELOPE, "Hi", Some(forged), forged).unwrap_or_else(|why| panic!("{why}"));
        let message = String::from_utf8(message.formatted()).expect("ASCII");
        assert_eq!(message.matches("--=_ntf_0vZ--").count(), 1, "{message}");
        let bare = message.replace("\r\n", "");
        assert!(!bare.contains(['\r', '\n']), "a line end that is only half of one\n{message}");
    }

    #[test]
    fn domains_are_written_in_ascii_and_nonsense_is_refused() {
        let message = build(&Envelope { to: "ada@bücher.example", ..ENVELOPE }, "Hi", None, "Hi");
        let message = message.unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(message.envelope().to()[0].to_string(), "ada@xn--bcher-kva.example");
        for to in ["", "ada", "@example.com", "ada@", "a b@example.com", "a@b@c d", "ada@example.com\r\nBcc: e@e.e"] {
            assert!(build(&Envelope { to, ..ENVELOPE }, "Hi", None, "Hi").is_err(), "{to:?}");
            assert!(!is_address(to), "{to:?}");
        }
        for (id, host) in [("", "a.b"), ("a>", "a.b"), ("a", ""), ("a", "a b"), ("a\r\n", "a.b"), ("a\"", "a.b")] {
            assert!(build(&Envelope { id, host, ..ENVELOPE }, "Hi", None, "Hi").is_err(), "{id:?}@{host:?}");
        }
        for date_ms in [-1, i64::MIN, i64::MAX, 253_402_300_800_000] {
            assert!(build(&Envelope { date_ms, ..ENVELOPE }, "Hi", None, "Hi").is_err(), "{date_ms}");
        }
        assert!(is_address("noreply@localhost") && is_address("jürgen@example.com"));
    }
}
