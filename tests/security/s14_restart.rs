//! Check 14 across a restart: a code that was taken before the server was killed is not taken afterwards. The real binary
//! has the machine's clock, so the codes here are those of now.

use gantry_core::clock::Clock;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::two_factor::{STEP_MS, code};
use crate::loginrocket::visit::PASSWORD;
use crate::support::{Engine, Installation};

async fn log_in(at: &Installation, digits: &str) -> u16 {
    let pending = json!({"password": PASSWORD});
    let pending = at.json(Method::POST, "users/ada/authenticate", Some(pending), 200).await;
    let body = json!({"user": {"token": pending["token"], "code": digits}});
    at.call(Method::POST, "users/ada/authenticate_code", Some(body)).await.expect("an answer").0
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_code_is_taken_once_whatever_becomes_of_the_server(#[case] engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = Installation::make(engine, folder.path()).await;
    let mut server = at.serve().await;
    let post = async |path: &str, body: Value, status| at.json(Method::POST, path, Some(body), status).await;
    let provider = post("auth_providers", json!({"auth_provider": {"provider_type": "totp"}}), 201).await;
    let ada = at.user("ada").await;
    let device = json!({"credential": {"user_id": ada["id"], "auth_provider_id": provider["id"],
        "credential_type": "totp", "name": "Phone"}});
    let device = post("credentials", device, 201).await;
    let secret = device["otp_secret"].as_str().expect("a secret");
    let now = Clock::system().now_ms();
    // The step before this one puts the device to use. This one's code is right for a minute more at least, which is
    // longer than this test takes.
    let path = format!("credentials/{}/verify", device["id"].as_str().expect("an id"));
    let active = post(&path, json!({"credential": {"code": code(secret, now - STEP_MS)}}), 200).await;
    let recovery = active["recovery_codes"][0].as_str().expect("a code").to_owned();
    let digits = code(secret, now);
    assert_eq!((log_in(&at, &digits).await, log_in(&at, &recovery).await), (200, 200));
    server.kill();
    let _server = at.serve().await;
    assert_eq!((log_in(&at, &digits).await, log_in(&at, &recovery).await), (401, 401));
    // It is the code and not the login that is refused: the next step's is right already.
    assert_eq!(log_in(&at, &code(secret, now + STEP_MS)).await, 200);
}
