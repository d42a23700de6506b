//! Numbers in custom attributes come back as they were sent, on every road; Node.js writes and compares them (RFC 8259,
//! section 6: IEEE 754 binary64).

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gantry::commands::export;
use gantry::commands::import::{self, Options};
use gantry_core::actor::Actor;
use gantry_core::imports::RecordKind;
use gantry_core::realms;
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::raw::{send, text};
use crate::support::{Engine, TestServer};

/// Writes 300 numbers of every size from a seed, as JSON text: coordinates, amounts, and any bits that are a number.
const MAKE: &str = "
    let state = 7;
    const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
    const view = new DataView(new ArrayBuffer(8));
    const any = () => {
        view.setUint32(0, next());
        view.setUint32(4, next());
        return view.getFloat64(0);
    };
    const numbers = [0.1, 5e-324, 1.7976931348623157e308, 2 ** 53, 1e21, 123456789012345680000];
    while (numbers.length < 100) numbers.push((next() / 2 ** 32) * 360 - 180 + next() / 2 ** 64);
    while (numbers.length < 180) { const one = any(); if (Number.isFinite(one)) numbers.push(one); }
    const written = numbers.map((one) => (Number.isInteger(one) && Math.abs(one) > 2 ** 63 ? one.toExponential() : `${one}`));
    process.stdout.write(`[${written.join(',')},-0.0]`);
";

/// Says whether two JSON texts hold the same bits.
const COMPARE: &str = "
    const [sent, read] = JSON.parse(require('fs').readFileSync(0, 'utf8')).map((text) => JSON.parse(text));
    const same = sent.length === read.length && sent.every((one, at) => Object.is(one, read[at]));
    process.stdout.write(same ? 'same' : `differs at ${sent.findIndex((one, at) => !Object.is(one, read[at]))}`);
";

fn node(script: &str, input: &str) -> String {
    let mut node = Command::new("node");
    node.args(["-e", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = node.spawn().expect("node runs");
    child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

/// The numbers of the text's first `"n":[…]`, as they stand there.
fn numbers(text: &str) -> &str {
    let begun = text.find("\"n\":[").unwrap_or_else(|| panic!("no numbers in {text}"));
    let rest = &text[begun + "\"n\":".len()..];
    &rest[..=rest.find(']').expect("a list")]
}

#[track_caller]
fn same(sent: &str, answer: &str, road: &str) {
    let both = json!([sent, numbers(answer)]).to_string();
    assert_eq!(node(COMPARE, &both), "same", "{road}: {answer}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_road_keeps_every_bit(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let fields = json!({"realm": {"jwt_fields": ["custom"]}});
    server.put(&format!("realms/{}", server.realm()), fields).await.json(200);
    let sent = node(MAKE, "");
    let body = format!(
        r#"{{"user":{{"user_type":"human","username":"ada","email":"ada@example.com","password":"tr0mbone-under-glass","custom":{{"n":{sent}}}}}}}"#
    );
    let headers = [
        ("x-authrocket-api-key", &*server.key),
        ("x-authrocket-realm", server.realm()),
        ("content-type", "application/json"),
    ];
    let made = send(&server, Method::POST, "/v1/users", &headers, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    same(&sent, &made.text, "create");
    same(&sent, &server.get("users/ada").await.text, "get");
    same(&sent, &server.get("users?expand=custom").await.text, "list");
    let body = format!(r#"{{"org":{{"name":"Acme","custom":{{"n":{sent}}}}}}}"#);
    same(&sent, &send(&server, Method::POST, "/v1/orgs", &headers, &body).await.text, "org");

    let login = server.authenticate("ada").await;
    let claims = text(&login, "token").split('.').nth(1).expect("claims");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
    same(&sent, std::str::from_utf8(&claims).expect("text"), "token");

    let realm = realms::named(&server.app.core, &Actor::system(), server.realm()).await.expect("the realm");
    for name in ["users.jsonl", "users.csv"] {
        let path = server.folder.path().join(name);
        export::file(&server.app.core, &realm, &path, Some(RecordKind::User), true).await.expect("exported");
        let written = std::fs::read_to_string(&path).expect("a file").replace("\"\"", "\"");
        same(&sent, &written, name);
        assert_eq!(server.delete("users/ada").await.status, 204);
        let options = Options { kind: Some(RecordKind::User), ..Options::default() };
        let tally = import::file(&server.app.core, &realm, &path, &options).await.expect("imported");
        assert_eq!((tally.made, tally.refused.len()), (1, 0), "{tally:?}");
        same(&sent, &server.get("users/ada").await.text, name);
    }
}

/// Few readers of JSON keep them, so that they are refused rather than changed.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whole_numbers_have_64_bits(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let headers = [
        ("x-authrocket-api-key", &*server.key),
        ("x-authrocket-realm", server.realm()),
        ("content-type", "application/json"),
    ];
    let body = |number: &str| format!(r#"{{"org":{{"name":"Acme","custom":{{"n":[{number}]}}}}}}"#);
    for kept in ["18446744073709551615", "-9223372036854775808", "9007199254740993"] {
        let made = send(&server, Method::POST, "/v1/orgs", &headers, &body(kept)).await;
        assert_eq!((made.status, numbers(&made.text)), (201, &*format!("[{kept}]")));
    }
    for large in ["18446744073709551616", "-9223372036854775809", "100000000000000000000000000000"] {
        let refused = send(&server, Method::POST, "/v1/orgs", &headers, &body(large)).await.json(400);
        let sentence = text(&refused, "error");
        assert!(sentence.contains("org.custom.n.0") && sentence.contains("send a larger one as text"), "{sentence}");
    }
}
