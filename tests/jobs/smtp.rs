//! Mails arrive at a real mail server as they were meant; what goes wrong there is told apart.

use std::fs;
use std::time::Duration;

use gantry_jobs::emails::message::{Envelope, build};
use gantry_jobs::emails::smtp::{Failure, Smtp, SmtpSettings};
use mail_parser::{MessageParser, MimeHeaders as _};
use rstest::rstest;
use secrecy::SecretString;

use super::mail::{envelope, send};
use crate::support::{LOGIN, MailServer};

const ADA: &str = "ada@example.org";

#[rstest]
#[case::starttls("starttls", "smtp://", LOGIN, "")]
#[case::tls_from_the_start("tls", "smtps://", LOGIN, "")]
#[case::without_a_login("starttls", "smtp://", "", "")]
#[case::in_the_clear("clear", "smtp://", "", "?tls=none")]
#[case::in_the_clear_with_a_login("clear", "smtp://", LOGIN, "?tls=none")]
#[tokio::test]
async fn a_mail_arrives(#[case] kind: &str, #[case] scheme: &str, #[case] login: &str, #[case] after: &str) {
    let server = MailServer::start(kind, "localhost").await;
    let smtp = server.smtp(&format!("{scheme}{login}"), after);
    assert_eq!(send(&smtp, ADA).await.expect("taken"), "250 2.6.0 taken");
    let log = server.end().await;
    let mails = log.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].from.as_str(), &mails[0].to), ("noreply@example.com", &vec![ADA.to_owned()]));
    assert_eq!(mails[0].tls, after.is_empty());
    assert_eq!(mails[0].user.as_deref(), (!login.is_empty()).then_some("me@example.com"));
}

#[tokio::test]
async fn what_was_written_is_what_is_read() {
    let server = MailServer::start("starttls", "localhost").await;
    let smtp = server.smtp("smtp://", "");
    let subject = "Grüße an Zoë – 你好, \"quoted\" \\ and a long line of words that has to be folded somewhere, \
                   since no line may be too long";
    let (html, text) = ("<p>Grüße &amp; 你好 = x</p>\n<p>.</p>\n.\n", "Grüße & 你好\n.\n--=_ntf_1\n\u{1f600} line\n");
    let envelope = Envelope {
        from_name: Some("Åcme, \"Inc.\" <evil@example.net>"),
        to_name: Some("Zoë O'Brien 张"),
        ..envelope("ntf_1", ADA)
    };
    for html in [Some(html), None] {
        let message = build(&envelope, subject, html, text).expect("a message");
        // Twice, as when the first answer was lost.
        smtp.send(&message).await.expect("taken");
        let again = build(&envelope, subject, html, text).expect("a message");
        smtp.send(&again).await.expect("taken");
    }
    let mails = server.end().await.mails();
    assert_eq!(mails.len(), 4);
    assert_eq!((&mails[0].raw, &mails[2].raw), (&mails[1].raw, &mails[3].raw));
    for (mail, both) in [(&mails[0], true), (&mails[2], false)] {
        let parsed = MessageParser::default().parse(&mail.raw).expect("a mail");
        assert_eq!(parsed.subject(), Some(subject));
        let (from, to) = (parsed.from().expect("a sender"), parsed.to().expect("a receiver"));
        assert_eq!(from.first().expect("one").name(), envelope.from_name);
        assert_eq!(from.first().expect("one").address(), Some(envelope.from));
        assert_eq!(to.first().expect("one").name(), envelope.to_name);
        assert_eq!(parsed.message_id(), Some("ntf_1@login.example.com"));
        assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert_eq!(parsed.date().expect("a date").to_rfc3339(), "2026-01-01T00:00:00Z");
        let kinds: Vec<_> = parsed.parts.iter().map(|part| part.content_type().expect("a type")).collect();
        let kinds: Vec<_> = kinds.iter().map(|kind| (kind.ctype(), kind.subtype().unwrap_or_default())).collect();
        let expected = [("multipart", "alternative"), ("text", "plain"), ("text", "html")];
        assert_eq!(kinds, if both { &expected[..] } else { &expected[1..2] });
        // Mails end their lines with CR LF, and the protocol may add some to the last.
        let read = parsed.body_text(0).expect("text").replace("\r\n", "\n");
        assert_eq!(read.trim_end(), text.trim_end());
        if both {
            assert_eq!(parsed.body_html(0).expect("HTML").replace("\r\n", "\n"), html);
        }
    }
}

#[tokio::test]
async fn no_header_comes_from_a_name_or_subject() {
    let server = MailServer::start("starttls", "localhost").await;
    let smtp = server.smtp("smtp://", "");
    let evil = "Ada\r\nBcc: eve@example.net\r\nX-Evil: 1\r\n\r\nbody\r\n.\r\nMAIL FROM:<eve@example.net>\r\n";
    let envelope = Envelope { from_name: Some(evil), to_name: Some(evil), ..envelope("ntf_1", ADA) };
    let message = build(&envelope, evil, None, evil).expect("a message");
    smtp.send(&message).await.expect("taken");
    let mails = server.end().await.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, [ADA]);
    let parsed = MessageParser::default().parse(&mails[0].raw).expect("a mail");
    let mut names: Vec<_> = parsed.headers().iter().map(mail_parser::Header::name).collect();
    names.sort_unstable();
    let expected = ["Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version"];
    assert_eq!(names, [&expected[..], &["Message-ID", "Subject", "To"]].concat());
    assert!(parsed.bcc().is_none());
    assert_eq!(parsed.body_text(0).expect("text").trim_end(), evil.trim_end());
}

#[rstest]
#[case("code-550@example.org", true, true, "550 5.1.1 not here")]
#[case("code-552@example.org", true, true, "552 5.1.1 not here")]
#[case("code-450@example.org", false, true, "450 4.1.1 not here")]
#[case("code-451@example.org", false, true, "451 4.1.1 not here")]
#[case("code-530@example.org", false, false, "530 5.1.1 not here")]
#[case("code-535@example.org", false, false, "535 5.1.1 not here")]
#[tokio::test]
async fn refusals_are_told_apart(
    #[case] to: &str,
    #[case] lasting: bool,
    #[case] server_is_well: bool,
    #[case] text: &str,
) {
    let server = MailServer::start("starttls", "localhost").await;
    let smtp = server.smtp(&format!("smtp://{LOGIN}"), "");
    let failure = Failure { lasting, server_is_well, text: text.to_owned() };
    assert_eq!(send(&smtp, to).await, Err(failure));
    // The next mail is not affected.
    send(&smtp, ADA).await.expect("taken");
    assert_eq!(server.end().await.mails().len(), 1);
}

#[tokio::test]
async fn an_address_beyond_ascii_needs_a_server_that_takes_it() {
    let (server, other) =
        (MailServer::start("starttls", "localhost").await, MailServer::start("clear", "localhost").await);
    send(&server.smtp("smtp://", ""), "jürgen@example.org").await.expect("taken");
    assert_eq!(server.end().await.mails()[0].to, ["jürgen@example.org"]);
    let smtp = other.smtp("smtp://", "?tls=none");
    let text = "the server takes ASCII addresses only (no SMTPUTF8)".to_owned();
    assert_eq!(send(&smtp, "jürgen@example.org").await, Err(Failure { lasting: true, server_is_well: true, text }));
    send(&smtp, ADA).await.expect("taken");
    let log = other.end().await;
    assert_eq!((log.count("connected"), log.mails().len()), (1, 1));
}

#[tokio::test]
async fn a_connection_that_the_server_has_had_enough_of_is_replaced() {
    let server = MailServer::start("starttls", "localhost").await;
    let smtp = server.smtp("smtp://", "");
    send(&smtp, ADA).await.expect("taken");
    let failure = Failure { lasting: false, server_is_well: false, text: "421 4.1.1 not here".to_owned() };
    assert_eq!(send(&smtp, "code-421@example.org").await, Err(failure));
    let log = server.end().await;
    let tried = log.commands().iter().filter(|(name, _)| *name == "RCPT").count();
    assert_eq!((log.count("connected"), tried), (2, 3), "once on the old connection and once on a new one");
}

#[tokio::test]
async fn a_wrong_password_is_the_operators_matter_and_is_not_repeated() {
    let server = MailServer::start("starttls", "localhost").await;
    let smtp = server.smtp("smtp://me%40example.com:hunter2@", "");
    let expected = Failure {
        lasting: false,
        server_is_well: false,
        text: "535 5.7.8 no such login: me@example.com ***".to_owned(),
    };
    assert_eq!(send(&smtp, ADA).await, Err(expected.clone()));
    assert_eq!(smtp.test().await, Err(expected));
    assert!(!server.end().await.commands().iter().any(|(name, _)| *name == "MAIL"));
}

#[tokio::test]
async fn a_lost_connection_is_passing() {
    let server = MailServer::start("starttls", "localhost").await;
    let smtp = server.smtp("smtp://", "");
    let failure = send(&smtp, "hangup@example.org").await.expect_err("a lost connection");
    assert!(!failure.lasting && !failure.server_is_well, "{failure:?}");
    send(&smtp, ADA).await.expect("taken");
    assert_eq!(server.end().await.mails().len(), 1);
    let failure = send(&smtp, ADA).await.expect_err("nobody listens");
    assert!(!failure.lasting && !failure.server_is_well, "{failure:?}");
    assert!(failure.text.starts_with("no connection to localhost:"), "{failure:?}");
}

#[tokio::test]
async fn silence_ends_with_the_limit() {
    let limit = Duration::from_millis(500);
    let expected = Failure { lasting: false, server_is_well: false, text: "timed out after 0.5 s".to_owned() };
    let server = MailServer::start("silent", "localhost").await;
    for (scheme, after) in [("smtp://", ""), ("smtps://", ""), ("smtp://", "?tls=none")] {
        let smtp = server.smtp_within(scheme, after, limit);
        assert_eq!(send(&smtp, ADA).await, Err(expected.clone()));
        assert_eq!(smtp.test().await, Err(expected.clone()));
    }
}

#[tokio::test]
async fn what_is_given_up_halfway_does_not_reach_the_next_mail() {
    let server = MailServer::start("starttls", "localhost").await;
    let smtp = server.smtp_within("smtp://", "", Duration::from_secs(2));
    send(&smtp, ADA).await.expect("taken");
    assert_eq!(send(&smtp, "silence@example.org").await.expect_err("silence").text, "timed out after 2 s");
    send(&smtp, "grace@example.org").await.expect("taken");
    let receivers: Vec<_> = server.end().await.mails().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(receivers, [ADA, "grace@example.org"]);
}

#[tokio::test]
async fn connections_are_used_again_while_the_server_keeps_them() {
    let server = MailServer::start("starttls", "localhost").await;
    let smtp = server.smtp(&format!("smtp://{LOGIN}"), "");
    for _ in 0..3 {
        send(&smtp.clone(), ADA).await.expect("taken");
    }
    let log = server.end().await;
    assert_eq!((log.count("connected"), log.mails().len()), (1, 3));

    let mut server = MailServer::start("impatient", "localhost").await;
    let smtp = server.smtp(&format!("smtp://{LOGIN}"), "");
    for _ in 0..2 {
        send(&smtp, ADA).await.expect("taken");
        server.until("closed").await;
    }
    let log = server.end().await;
    assert_eq!((log.count("connected"), log.mails().len()), (2, 2));
}

#[tokio::test]
async fn a_test_goes_as_far_as_the_login() {
    let server = MailServer::start("starttls", "localhost").await;
    server.smtp(&format!("smtp://{LOGIN}"), "").test().await.expect("all is well");
    let log = server.end().await;
    let expected =
        [("EHLO", false), ("STARTTLS", false), ("EHLO", true), ("AUTH", true), ("NOOP", true), ("QUIT", true)];
    assert_eq!(log.commands(), expected);
}

#[test]
fn settings_that_cannot_work_are_told_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    let open = |url: &str, name: &str| {
        let (url, name) = (SecretString::from(url), name.to_owned());
        let settings = SmtpSettings { url, ca_file: Some(file.clone()), timeout: Duration::from_secs(1), name };
        Smtp::open(&settings).err().expect("a refusal")
    };
    let url = "smtps://u:hunter2@mail.example.com";
    assert!(open(url, "a.b").starts_with(&format!("the SMTP CA file {} cannot be read: ", file.display())));
    for (content, why) in [
        ("", "holds no PEM certificate"),
        ("-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----\n", "holds a broken PEM certificate"),
        ("-----BEGIN CERTIFICATE-----\naaaa\n-----END CERTIFICATE-----\n", "cannot be used"),
    ] {
        fs::write(&file, content).expect("written");
        assert!(open(url, "a.b").contains(why), "{why}: {}", open(url, "a.b"));
    }
    let clear = open("smtp://u:hunter2@mail.example.com?tls=none", "a.b");
    assert!(clear.starts_with("the SMTP URL would send its password unencrypted"), "{clear}");
    let name = open("smtp://mail.example.com?tls=none", "a.b\r\nMAIL FROM:<eve@example.net>");
    assert!(name.starts_with("the name for SMTP has to be a host name"), "{name}");
}
