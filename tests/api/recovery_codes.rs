//! Recovery codes: ten that stand in for a lost device, each once (an extension).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use super::two_factor::{STEP_MS, code, enrol, first_step, pending_token, second_step, verify, wrong_code};
use crate::loginrocket::visit::{PASSWORD, events, log_in};
use crate::support::{Engine, TestServer};

/// The codes of an answer, which have their shape and differ.
#[track_caller]
fn codes(answer: &Value) -> Vec<String> {
    let codes: Vec<String> = answer["recovery_codes"]
        .as_array()
        .expect("codes")
        .iter()
        .map(|code| code.as_str().expect("text").to_owned())
        .collect();
    for code in &codes {
        let groups: Vec<&str> = code.split('-').collect();
        assert!(groups.len() == 3 && groups.iter().all(|group| group.len() == 4), "{code}");
        assert!(code.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit() || byte.is_ascii_lowercase()), "{code}");
    }
    let mut all = codes.clone();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 10);
    codes
}

/// Ada with a device in use, a step later: its id and secret, and her codes.
async fn with_codes(server: &TestServer) -> (String, String, Vec<String>) {
    let (_, device) = enrol(server).await;
    let verified = verify(server, &device, &code(&device.secret, server.clock.now_ms())).await.json(200);
    server.clock.advance(STEP_MS);
    (device.id, device.secret, codes(&verified))
}

async fn remaining(server: &TestServer) -> i64 {
    let told = server.get("users/ada/recovery_codes").await.json(200);
    assert!(told.get("recovery_codes").is_none(), "never told again: {told}");
    assert_eq!(told["made_at"].is_null(), told["remaining"] == 0, "{told}");
    told["remaining"].as_i64().expect("a number")
}

/// Another device of Ada's, in use. The answer of its `verify`.
async fn another_device(server: &TestServer) -> Value {
    let provider = server.get("auth_providers/totp").await.json(200);
    let ada = server.get("users/ada").await.json(200);
    let device = json!({"credential": {"user_id": ada["id"], "auth_provider_id": provider["id"],
        "credential_type": "totp", "name": "Tablet"}});
    let device = server.post("credentials", device).await.json(201);
    let digits = code(text(&device, "otp_secret"), server.clock.now_ms());
    let path = format!("credentials/{}/verify", text(&device, "id"));
    server.post(&path, json!({"credential": {"code": digits}})).await.json(200)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_code_finishes_one_login(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (_, _, codes) = with_codes(&server).await;
    assert_eq!((remaining(&server).await, events(&server, "user.recovery_codes.created").await), (10, 1));
    // As it was shown, and as people type it.
    for (nth, typed) in
        [codes[0].clone(), codes[1].to_uppercase(), codes[2].replace('-', ""), codes[3].replace('-', " ")]
            .iter()
            .enumerate()
    {
        let token = first_step(&server).await;
        let done = second_step(&server, "ada", &token, typed).await.json(200);
        assert_eq!(server.get(&format!("sessions/{}", text(&done, "token"))).await.status, 200);
        assert_eq!(remaining(&server).await, 9 - i64::try_from(nth).expect("small"));
    }
    let told = server.get("events?event_type=user.recovery_code&direction=asc").await.json(200);
    let user = server.get("users/ada").await.json(200);
    assert!(each(&told, "user_id").iter().all(|id| *id == user["id"]), "{told}");
    assert_eq!(events(&server, "user.recovery_code.used").await, 4);
    for used in &codes[..4] {
        let token = first_step(&server).await;
        second_step(&server, "ada", &token, used).await.json(401);
    }
    assert_eq!(remaining(&server).await, 6);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn fresh_codes_end_those_before(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (_, _, old) = with_codes(&server).await;
    assert!(another_device(&server).await.get("recovery_codes").is_none(), "the ones from before still work");
    assert_eq!(remaining(&server).await, 10);
    server.clock.advance(1000);
    let made = server.post("users/ada/recovery_codes", json!({})).await.json(200);
    let fresh = codes(&made);
    assert!(fresh.iter().all(|code| !old.contains(code)));
    assert_eq!(server.get("users/ada/recovery_codes").await.json(200)["made_at"], made["made_at"]);
    let token = first_step(&server).await;
    second_step(&server, "ada", &token, &old[0]).await.json(401);
    second_step(&server, "ada", &token, &fresh[0]).await.json(200);
    assert_eq!(remaining(&server).await, 9);
    assert_eq!(events(&server, "user.recovery_codes.created").await, 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn codes_go_with_the_last_device(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (first, _, codes) = with_codes(&server).await;
    let second = another_device(&server).await;
    assert_eq!(server.delete(&format!("credentials/{first}")).await.status, 204);
    assert_eq!(remaining(&server).await, 10);
    let pending = first_step(&server).await;
    assert_eq!(server.delete(&format!("credentials/{}", text(&second, "id"))).await.status, 204);
    assert_eq!(remaining(&server).await, 0);
    second_step(&server, "ada", &pending, &codes[0]).await.json(401);
    let refused = server.post("users/ada/recovery_codes", json!({})).await;
    assert!(refused.refusals("base")[0].contains("device"), "{}", refused.text);
    // A login is one step again, and a new device brings new codes.
    assert!(!text(&server.authenticate("ada").await, "token").starts_with("kli_"));
    server.clock.advance(STEP_MS);
    assert!(another_device(&server).await["recovery_codes"].is_array());
    // Devices go with their provider too.
    assert_eq!(server.delete("auth_providers/totp").await.status, 204);
    assert_eq!(remaining(&server).await, 0);
}

/// A device that was never put to use is none.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn without_a_device_in_use_there_are_no_codes(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (_, device) = enrol(&server).await;
    server.post("users/ada/recovery_codes", json!({})).await.json(422);
    assert_eq!(remaining(&server).await, 0);
    server.get("users/nobody/recovery_codes").await.json(404);
    server.post("users/nobody/recovery_codes", json!({})).await.json(404);
    // Nor does a recovery code put a device to use.
    let now = server.clock.now_ms();
    let codes = codes(&verify(&server, &device, &code(&device.secret, now)).await.json(200));
    let refused = verify(&server, &device, &codes[0]).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert_eq!(remaining(&server).await, 10);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn of_fifty_tries_of_one_recovery_code_one_wins(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("tries.per_user", "1000"), ("tries.per_address", "1000")]).await;
    let (_, _, codes) = with_codes(&server).await;
    let mut tokens = Vec::new();
    for _ in 0..50 {
        tokens.push(first_step(&server).await);
    }
    let tries = tokens.iter().map(|token| second_step(&server, "--", token, &codes[0]));
    let answers = futures_util::future::join_all(tries).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((won, answers.iter().filter(|answer| answer.status == 401).count()), (1, 49));
    assert_eq!(remaining(&server).await, 9);
}

/// Of two making codes at the same time, the later one's work.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_made_at_once_are_ten_in_the_end(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    with_codes(&server).await;
    let making = (0..8).map(|_| server.post("users/ada/recovery_codes", json!({})));
    for made in futures_util::future::join_all(making).await {
        codes(&made.json(200));
    }
    assert_eq!(remaining(&server).await, 10);
}

/// One count for codes of devices and recovery codes: five spend the login, ten the user's tries.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn wrong_ones_count_as_wrong_codes_do(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (_, secret, codes) = with_codes(&server).await;
    let made_up = ["0000-0000-0000", "zzzz-zzzz-zzzz"];
    let token = first_step(&server).await;
    for wrong in [made_up[0], &wrong_code(&secret, server.clock.now_ms()), made_up[1], "", "x", made_up[0]] {
        let expected = if wrong.is_empty() { 422 } else { 401 };
        assert_eq!(second_step(&server, "ada", &token, wrong).await.status, expected, "{wrong:?}");
    }
    second_step(&server, "ada", &token, &codes[0]).await.json(401);
    assert_eq!(remaining(&server).await, 10, "a right code for a spent login is not lost");
    let token = first_step(&server).await;
    for _ in 0..4 {
        second_step(&server, "ada", &token, made_up[0]).await.json(401);
    }
    let token = first_step(&server).await;
    second_step(&server, "ada", &token, made_up[0]).await.json(401);
    second_step(&server, "ada", &token, &codes[0]).await.json(429);
}

/// A code is its user's and its realm's alone.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_elses_code_counts(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (_, _, codes) = with_codes(&server).await;
    let bob = server.user("bob").await;
    let provider = server.get("auth_providers/totp").await.json(200);
    let device = json!({"credential": {"user_id": bob["id"], "auth_provider_id": provider["id"],
        "credential_type": "totp", "name": "Phone"}});
    let device = server.post("credentials", device).await.json(201);
    let digits = code(text(&device, "otp_secret"), server.clock.now_ms());
    let path = format!("credentials/{}/verify", text(&device, "id"));
    server.post(&path, json!({"credential": {"code": digits}})).await.json(200);
    let pending = server.post("users/bob/authenticate", json!({"password": PASSWORD})).await.json(200);
    second_step(&server, "bob", text(&pending, "token"), &codes[0]).await.json(401);
    assert_eq!(remaining(&server).await, 10);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn hosted_pages_take_a_recovery_code(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (_, _, codes) = with_codes(&server).await;
    let browser = server.browser();
    let asked = log_in(&browser, "/login?redir=%2Fdeep", "ada", PASSWORD).await;
    assert!(asked.text.contains("Recovery code"), "{}", asked.text);
    let token = pending_token(&asked);
    let fields = [("token", &*token), ("code", &*codes[9])];
    let done = browser.submit_from(&asked, "/login/code?redir=%2Fdeep", &fields).await;
    assert_eq!(done.status, 302, "{}", done.text);
    assert!(done.header("location").contains("redir=%2Fdeep"));
    assert!(browser.cookies().contains_key("gantry_session"));
}
