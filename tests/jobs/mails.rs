//! Mails that follow events (api-v1 §14–16, loginrocket-v1 §6, decisions §6), to a real mail server.

use gantry_core::{notifications, outbox};
use mail_parser::MessageParser;
use reqwest::Method;
use rstest::rstest;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::hooks::{email, newest, notification, state, webhook};
use crate::support::{Engine, MailServer, Receiver, TestServer};

async fn sending(engine: Engine, mails: &MailServer) -> TestServer {
    let settings = mails.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    TestServer::with(engine, &settings).await
}

/// The hook of the realm's own mails that follows this event.
async fn default_hook(server: &TestServer, event_type: &str) -> Value {
    let hooks = server.get("app_hooks").await.json(200);
    let all = hooks["collection"].as_array().expect("hooks");
    all.iter().find(|hook| hook["event_type"] == json!([event_type])).expect("a hook").clone()
}

fn token_in(text: &str) -> String {
    let rest = text.split_once("token=").map(|(_, rest)| rest).unwrap_or_default();
    rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_reset_mail_takes_its_token_to_the_user_and_nowhere_else(#[case] engine: Engine) {
    let mails = MailServer::start("starttls", "localhost").await;
    let server = sending(engine, &mails).await;
    server.user("ada").await;
    let made = server.post("users/ada/generate_password_token", json!({})).await.json(200);
    let token = made["token"].as_str().expect("a token");
    let event = newest(&server, "user.password_token.created").await;
    let hook = default_hook(&server, "user.password_token.created").await;
    let done = notification(&server, &event, &hook, state("completed")).await;
    assert_eq!((&done["hook_type"], &done["attempts"]), (&json!("email"), &json!(1)));
    assert_eq!(done["last_destination"], "ada@example.com");
    assert_eq!(done["last_result"], "250 2.6.0 taken");
    let id = done["id"].as_str().expect("an id");
    let all = notifications::of_event(&server.app.core, server.realm(), &event).await.expect("read");
    let kept = all.iter().find(|one| one.id == id).map(|one| notifications::content(&server.app.core, one));
    assert!(kept.expect("the notification").expect("opened").is_none(), "what was sealed is erased");
    assert!(!server.get(&format!("events/{event}")).await.text.contains(token));

    let log = mails.end().await;
    let [mail] = &log.mails()[..] else { panic!("one mail") };
    let parsed = MessageParser::default().parse(&mail.raw).expect("a mail");
    assert_eq!(parsed.message_id(), Some(format!("{id}@localhost").as_str()));
    assert_eq!(mail.to, ["ada@example.com"]);
    assert_eq!(mail.from, "noreply@localhost");
    let text = parsed.body_text(0).expect("a text");
    let link = format!("http://acme.localhost:{}/password/reset?token={token}", server.port);
    assert!(text.contains(&link), "{text}");
    assert!(parsed.body_html(0).expect("HTML").contains(&link));
    let new = json!({"user": {"token": token_in(&text), "password": "another-tr0mbone", "password_confirmation": "another-tr0mbone"}});
    server.post("users/ada/reset_password_with_token", new).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_user_made_as_requested_gets_a_mail_that_proves_the_address(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = json!({"user": {"user_type": "human", "username": "ada", "email": "ada@example.com",
        "password": "tr0mbone-under-glass", "email_verification": "requested"}});
    server.post("users", user).await.json(201);
    let event = newest(&server, "user.email.verification_requested").await;
    let hook = default_hook(&server, "user.email.verification_requested").await;
    let done = notification(&server, &event, &hook, state("completed")).await;
    assert_eq!(done["last_result"], "kept in the outbox: there is no SMTP server");
    // Nothing is dropped where there is no mail server: the operator reads it.
    let kept = outbox::list(&server.app.core, 10).await.expect("read");
    assert_eq!((kept.len(), kept[0].recipient.as_str()), (1, "ada@example.com"));
    let parsed = MessageParser::default().parse(kept[0].message.expose_secret()).expect("a mail");
    let token = token_in(&parsed.body_text(0).expect("a text"));
    assert!(token.starts_with("kev_"), "{token}");
    let verified = server.post("users/--/verify_email", json!({"user": {"token": token}})).await.json(200);
    assert_eq!(verified["email_verification"], "verified");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn mails_carry_the_apps_logo_and_color_and_the_senders_name(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("mail.from", "Northwind, Inc. <mail@example.com>")]).await;
    let brand = json!({"login_policy": {"logo_url": "https://northwind.example/logo.png", "accent_color": "#ffd400"}});
    server.put(&format!("login_policies/{}", server.made.app.id), brand).await.json(200);
    server.user("ada").await;
    server.post("users/ada/generate_password_token", json!({})).await.json(200);
    let event = newest(&server, "user.password_token.created").await;
    let hook = default_hook(&server, "user.password_token.created").await;
    notification(&server, &event, &hook, state("completed")).await;
    let sent = outbox::list(&server.app.core, 10).await.expect("read");
    let parsed = MessageParser::default().parse(sent[0].message.expose_secret()).expect("a mail");
    let from = parsed.from().and_then(|from| from.first()).expect("a sender");
    assert_eq!((from.name(), from.address()), (Some("Northwind, Inc."), Some("mail@example.com")));

    let path = format!("app_hooks/{}/preview", hook["id"].as_str().expect("an id"));
    let preview = server.post(&path, json!({})).await.json(200);
    let html = parsed.body_html(0).expect("HTML");
    for html in [html.as_ref(), preview["html"].as_str().expect("HTML")] {
        assert!(html.contains("src=\"https:&#x2f;&#x2f;northwind.example&#x2f;logo.png\""), "{html}");
        assert!(html.contains("background-color:#ffd400;color:#000000"), "{html}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_gets_a_mail(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let people = email(&server, "user.created", json!({"user_type": "human"})).await;
    let systems = email(&server, "user.created", json!({"user_type": "api"})).await;
    let office = email(&server, "user.created", json!({"email_to": "office@example.com"})).await;
    let goodbye = email(&server, "user.deleted", json!({})).await;
    server.user("ada").await;
    let event = newest(&server, "user.created").await;
    let to =
        async |hook: &Value| notification(&server, &event, hook, state("completed")).await["last_destination"].clone();
    assert_eq!(to(&people).await, "ada@example.com");
    assert_eq!(to(&office).await, "office@example.com");
    let all = server.get(&format!("events/{event}")).await.json(200);
    let of = |hook: &Value| {
        all["notifications"].as_array().is_some_and(|all| all.iter().any(|one| one["app_hook_id"] == hook["id"]))
    };
    assert!(of(&people) && of(&office) && !of(&systems));

    // Nobody to send it to is no failure, and is told.
    let system = json!({"user": {"user_type": "api", "username": "robot"}});
    server.post("users", system).await.json(201);
    let event = newest(&server, "user.created").await;
    let skipped = notification(&server, &event, &systems, state("canceled")).await;
    assert_eq!(
        (&skipped["last_result"], &skipped["attempts"]),
        (&json!("skipped: the user has no email address"), &json!(0))
    );

    // Also about somebody who is gone.
    assert_eq!(server.delete("users/ada").await.status, 204);
    let event = newest(&server, "user.deleted").await;
    let told = notification(&server, &event, &goodbye, state("completed")).await;
    assert_eq!(told["last_destination"], "ada@example.com");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_the_mail_server_refuses_for_good_is_given_up_and_the_rest_is_tried_again(#[case] engine: Engine) {
    let mails = MailServer::start("starttls", "localhost").await;
    let server = sending(engine, &mails).await;
    let never = email(&server, "user.created", json!({"email_to": "code-550@example.com"})).await;
    let later = email(&server, "user.created", json!({"email_to": "code-451@example.com"})).await;
    server.user("ada").await;
    let event = newest(&server, "user.created").await;
    let given_up = notification(&server, &event, &never, state("failed")).await;
    assert_eq!(given_up["attempts"], 1);
    assert!(given_up["last_result"].as_str().is_some_and(|text| text.starts_with("550 ")), "{given_up}");
    let waits = notification(&server, &event, &later, |one| !one["last_result"].is_null()).await;
    assert_eq!(waits["state"], "in_progress");
    assert!(waits["last_result"].as_str().is_some_and(|text| text.starts_with("451 ")), "{waits}");
    server.advance(12_000);
    notification(&server, &event, &later, |one| one["attempts"] == 2).await;
}

/// More refusals in a row than a server in trouble is allowed; the clock stands still, so nothing would rest enough.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn receivers_that_are_refused_for_now_hold_up_nobody_else(#[case] engine: Engine) {
    let mails = MailServer::start("starttls", "localhost").await;
    let server = sending(engine, &mails).await;
    let hook = email(&server, "user.created", json!({})).await;
    for number in 0..20 {
        let user = json!({"user": {"user_type": "human", "username": format!("user{number}"),
            "email": format!("code-450@host{number}.example"), "password": "tr0mbone-under-glass"}});
        server.post("users", user).await.json(201);
        let event = newest(&server, "user.created").await;
        let waits = notification(&server, &event, &hook, |one| !one["last_result"].is_null()).await;
        assert_eq!((&waits["state"], &waits["last_result"]), (&json!("in_progress"), &json!("450 4.1.1 not here")));
    }
    server.user("ada").await;
    let event = newest(&server, "user.created").await;
    notification(&server, &event, &hook, state("completed")).await;
}

/// The clock stands still: whatever waited behind the mail that is tried again later would wait for good.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_newer_link_does_not_wait_behind_an_older_one(
    #[case] engine: Engine,
    #[values(
        ("generate_password_token", "user.password_token.created"),
        ("request_email_verification", "user.email.verification_requested")
    )]
    (asked, told): (&str, &'static str),
) {
    let mails = MailServer::start("starttls", "localhost").await;
    let server = sending(engine, &mails).await;
    let receiver = Receiver::start(|_| 500).await;
    let webhook = webhook(&server, &receiver.address, json!([told])).await;
    let other = email(&server, "user.created", json!({"email_to": "code-451@example.com"})).await;
    let hook = default_hook(&server, told).await;
    let path = format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
    let goes_to = async |to: Value| server.put(&path, json!({"app_hook": {"email_to": to}})).await.json(200);
    let tried = |one: &Value| !one["last_result"].is_null();

    goes_to(json!("code-451@example.com")).await;
    let mut first = Vec::new();
    for name in ["grace", "ada"] {
        server.user(name).await;
        server.post(&format!("users/{name}/{asked}"), json!({})).await.json(200);
        first.push(newest(&server, told).await);
        let waits = notification(&server, &first[first.len() - 1], &hook, tried).await;
        assert_eq!((&waits["state"], &waits["last_result"]), (&json!("in_progress"), &json!("451 4.1.1 not here")));
    }
    let welcome = newest(&server, "user.created").await;
    notification(&server, &welcome, &other, tried).await;
    notification(&server, &first[1], &webhook, tried).await;

    goes_to(json!(null)).await;
    let made = server.post(&format!("users/ada/{asked}"), json!({})).await.json(200);
    let second = newest(&server, told).await;
    notification(&server, &second, &hook, state("completed")).await;
    let replaced = notification(&server, &first[1], &hook, state("canceled")).await;
    assert_eq!(replaced["last_result"], "canceled: replaced by a newer one");
    let kept = notifications::of_event(&server.app.core, server.realm(), &first[1]).await.expect("read");
    let kept = kept.iter().map(|one| notifications::content(&server.app.core, one).expect("opened"));
    assert!(kept.into_iter().all(|content| content.is_none()), "what was sealed is erased");
    // Somebody else's, another kind's, and a webhook's: an event is an event.
    for (event, hook) in [(&first[0], &hook), (&welcome, &other), (&first[1], &webhook)] {
        notification(&server, event, hook, state("in_progress")).await;
    }
    let log = mails.end().await;
    let [mail] = &log.mails()[..] else { panic!("one mail") };
    let parsed = MessageParser::default().parse(&mail.raw).expect("a mail");
    assert_eq!(token_in(&parsed.body_text(0).expect("a text")), made["token"].as_str().expect("a token"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_mail_can_be_looked_at_and_tried_out(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let hook = default_hook(&server, "user.password_token.created").await;
    let path = format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
    let shown = server.post(&format!("{path}/preview"), json!({})).await.json(200);
    for part in ["subject", "html", "text"] {
        assert!(!shown[part].as_str().expect("a text").is_empty());
    }
    assert!(shown["html"].as_str().is_some_and(|html| html.contains("<html")));
    let missing = server.post(&format!("{path}/ping"), json!({})).await;
    assert_eq!(missing.refusals("email"), ["Email can't be blank"]);
    let sent = server.post(&format!("{path}/ping"), json!({"email": "me@example.com"})).await.json(200);
    let event = sent["event_id"].as_str().expect("an event");
    let done = notification(&server, event, &hook, state("completed")).await;
    assert_eq!(done["last_destination"], "me@example.com");
    let webhook = json!({"hook_type": "webhook", "destination": "https://example.com/", "event_type": []});
    let webhook = server.call(Method::POST, "app_hooks", Some(json!({"app_hook": webhook}))).await.json(201);
    let path = format!("app_hooks/{}/preview", webhook["id"].as_str().expect("an id"));
    assert_eq!(server.post(&path, json!({})).await.refusals("hook_type").len(), 1);
}
