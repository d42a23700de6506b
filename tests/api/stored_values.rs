//! What is taken when it is saved is what its use takes: no value is accepted that later makes a login or a mail fail.

use rstest::rstest;
use serde_json::json;

use crate::jobs::hooks::{email, notification};
use crate::support::{Engine, TestServer};

/// Senders and receivers at the edge of what is an address.
const ADDRESSES: [&str; 27] = [
    "ada@example.com",
    "Ada.Lovelace+news@Example.COM",
    "o'hara@example.com",
    "!#$&'*+-=^_`{|}~@example.com",
    "jürgen@example.com",
    "ада@example.com",
    "ada@bücher.example",
    "ada@xn--bcher-kva.example",
    "ada@sub.sub.example.com",
    "ada@123.example",
    "ada@-example.com",
    "ada@example..com",
    "a..b@example.com",
    ".ada@example.com",
    "ada.@example.com",
    "ada@example.com.",
    "ada@exam_ple.com",
    "\"ada lovelace\"@example.com",
    "Ada <ada@example.com>",
    "ada@[127.0.0.1]",
    "ada@localhost",
    "a@b@example.com",
    "ada,eve@example.com",
    "ada;eve@example.com",
    "ada:eve@example.com",
    "a\u{300}da@example.com",
    "\u{2764}@example.com",
];

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_address_that_a_hook_takes_can_be_mailed(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let hook = email(&server, "user.updated", json!({})).await;
    let path = format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
    let mut taken = 0;
    for address in ADDRESSES {
        for field in ["email_from", "email_to"] {
            let answer = server.put(&path, json!({"app_hook": {field: address}})).await;
            if answer.status != 200 {
                assert_eq!(answer.refusals(field).len(), 1, "{address}: {}", answer.text);
                continue;
            }
            let sent = server.post(&format!("{path}/ping"), json!({"email": address})).await.json(200);
            let event = sent["event_id"].as_str().expect("an event");
            let ended = |one: &serde_json::Value| one["state"] == "completed" || one["state"] == "failed";
            let mail = notification(&server, event, &hook, ended).await;
            assert_eq!(mail["state"], "completed", "{field} {address}: {}", mail["last_result"]);
            taken += 1;
        }
        server.put(&path, json!({"app_hook": {"email_from": null, "email_to": null}})).await.json(200);
    }
    assert!(taken >= 10, "{taken}");
}
