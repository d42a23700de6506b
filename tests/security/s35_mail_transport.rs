//! Check 35: no login and no mail for a server that has not proved its name. A right certificate for another name, one
//! of an unknown authority, and an offer of STARTTLS that somebody took out are all met with silence.

use rstest::rstest;

use crate::jobs::mail::send;
use crate::support::{LOGIN, Log, MailServer};

const ADA: &str = "ada@example.org";

/// Neither login nor mail came, over TLS or without.
fn nothing_was_said(log: &Log) {
    let said = log.commands();
    assert!(said.iter().all(|(name, _)| ["EHLO", "STARTTLS", "QUIT"].contains(name)), "{said:?}");
    assert!(said.iter().all(|(_, tls)| !tls), "{said:?}");
    assert!(log.mails().is_empty());
}

#[rstest]
#[case::starttls("starttls", "smtp://")]
#[case::tls_from_the_start("tls", "smtps://")]
#[tokio::test]
async fn a_server_that_cannot_prove_its_name_gets_nothing(#[case] kind: &str, #[case] scheme: &str) {
    for (certificate, why) in [("elsewhere", "not valid for name \"localhost\""), ("stranger", "UnknownIssuer")] {
        let server = MailServer::start(kind, certificate).await;
        let smtp = server.smtp(&format!("{scheme}{LOGIN}"), "");
        for failure in [send(&smtp, ADA).await.err(), smtp.test().await.err()] {
            let failure = failure.expect("a refusal");
            assert!(!failure.lasting && failure.text.contains(why), "{failure:?}");
        }
        nothing_was_said(&server.end().await);
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    let server = MailServer::start("clear", "localhost").await;
    for login in [LOGIN, ""] {
        let smtp = server.smtp(&format!("smtp://{login}"), "");
        for failure in [send(&smtp, ADA).await.err(), smtp.test().await.err()] {
            let failure = failure.expect("a refusal");
            assert_eq!((failure.lasting, failure.text.as_str()), (false, "the server offers no STARTTLS"));
        }
    }
    nothing_was_said(&server.end().await);
}

#[tokio::test]
async fn what_was_said_in_the_clear_does_not_count_as_encrypted() {
    let server = MailServer::start("injected", "localhost").await;
    let failure = send(&server.smtp(&format!("smtp://{LOGIN}"), ""), ADA).await.expect_err("a forged reply");
    assert!(!failure.lasting && failure.text.starts_with("no TLS with localhost:"), "{failure:?}");
    nothing_was_said(&server.end().await);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_gets_nothing_over_smtps() {
    let server = MailServer::start("clear", "localhost").await;
    let failure = send(&server.smtp(&format!("smtps://{LOGIN}"), ""), ADA).await.expect_err("no TLS");
    assert!(!failure.lasting, "{failure:?}");
    assert!(server.end().await.mails().is_empty());
}
