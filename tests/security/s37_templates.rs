//! Check 37 for templates: a tenant's template stops nobody else's requests, neither when it is saved, nor when it is
//! shown, nor when it is mailed. One that was stored before the rule came is held to it as well.

use std::pin::pin;
use std::time::{Duration, Instant};

use gantry_db::{Query as _, Sql, params};
use rstest::rstest;
use serde_json::{Value, json};

use crate::jobs::hooks::{notification, state};
use crate::support::{Engine, TestServer};

/// The longest that `/healthz` may take beside a template.
const MOST_WAIT: Duration = Duration::from_millis(50);
/// A busy machine may be slow for a moment; a template that stops the server does so every time.
const ROUNDS: usize = 10;

const BOMBS: [&str; 8] = [
    "{% if 5 in [1]*100000000 %}{% endif %}",
    "{{ 'x' * 100000000 }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% macro m(x) %}{{ m(x) }}{{ m(x) }}{% endmacro %}{{ m(1) }}",
    "{% set a = 'xxxxxxxx' %}{% set a = a ~ a %}",
    "{{ name|replace('', 'xxxxxxxxxxxxxxxx') }}",
    "{{ name|indent(999999999) }}",
    "{{ 9 ** 9 ** 9 }}",
];

const STORE: Sql<()> = Sql::constant(
    "STORE_TEMPLATE",
    "UPDATE app_hooks SET email_template = $2 WHERE id = $1",
    "UPDATE app_hooks SET email_template = ?2 WHERE id = ?1",
);

fn mail(template: &str) -> Value {
    json!({"app_hook": {"hook_type": "email", "event_type": ["user.updated"], "email_subject": "Hello",
        "email_template": template}})
}

/// Asks `/healthz` until the other work is done; the longest that it took.
async fn slowest_beside(server: &TestServer, work: impl Future<Output = ()>) -> Duration {
    let mut slowest = Duration::ZERO;
    let mut work = pin!(work);
    loop {
        let began = Instant::now();
        let mut health = pin!(server.client.get(format!("{}/healthz", server.address)).send());
        let done = tokio::select! {
            () = &mut work => true,
            health = &mut health => {
                assert_eq!(health.expect("an answer").status(), 200);
                false
            }
        };
        slowest = slowest.max(began.elapsed());
        if done {
            return slowest;
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_template_stops_other_requests(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let hook = server.post("app_hooks", mail("Hello {{name}}")).await.json(201);
    let path = format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
    for bomb in BOMBS {
        let refused = server.post("app_hooks", mail(bomb)).await;
        assert_eq!(refused.refusals("email_template").len(), 1, "{bomb}: {}", refused.text);
        let subject = server.put(&path, json!({"app_hook": {"email_subject": bomb}})).await;
        assert_eq!(subject.refusals("email_subject").len(), 1, "{bomb}: {}", subject.text);

        let mut tx = server.app.core.db.begin().await.expect("a transaction");
        tx.execute(&STORE, params![hook["id"].as_str().expect("an id"), bomb]).await.expect("stored");
        tx.commit().await.expect("committed");
        let shown = server.post(&format!("{path}/preview"), json!({})).await;
        assert_eq!(shown.refusals("email_template").len(), 1, "{bomb}: {}", shown.text);
    }
    let sent = server.post(&format!("{path}/ping"), json!({"email": "me@example.com"})).await.json(200);
    let event = sent["event_id"].as_str().expect("an event");
    let given_up = notification(&server, event, &hook, state("failed")).await;
    let told = given_up["last_result"].as_str().expect("a result");
    assert!(told.starts_with("not sent: Email template calculates, slices or calls (line 1)"), "{told}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_heaviest_templates_that_are_taken_leave_room_for_others(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for heavy in [
        "> ".repeat(32 * 1024),
        "1. ".repeat(21 * 1024),
        "**a".repeat(21 * 1024),
        "{{name}}".repeat(2_000),
        "{% if name|upper|lower == name %}{{ url|urlencode }}{% endif %}".repeat(600),
        format!("{}{}", "{% if name %}".repeat(32), "{% endif %}".repeat(32)),
    ] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let work = async {
                let made = server.post("app_hooks", mail(&heavy)).await.json(201);
                let path = format!("app_hooks/{}", made["id"].as_str().expect("an id"));
                let shown = server.post(&format!("{path}/preview"), json!({})).await;
                assert!([200, 422].contains(&shown.status), "{}", shown.text);
                server.delete(&path).await;
            };
            let slowest = slowest_beside(&server, work).await;
            times.push(slowest);
            if slowest < MOST_WAIT {
                break;
            }
        }
        assert!(times.iter().any(|time| *time < MOST_WAIT), "{:?}: {times:?}", &heavy[..12]);
    }
}
