//! Changing and resetting passwords (api-v1 §4.5; decisions §3: lifetimes, and which sessions end).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use crate::support::{Answer, Engine, TestServer};

const OLD: &str = "tr0mbone-under-glass";
const NEW: &str = "violin-over-marble-7";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn login(server: &TestServer, password: &str) -> u16 {
    server.post("users/ada/authenticate", json!({ "password": password })).await.status
}

async fn update(server: &TestServer, fields: Value) -> Answer {
    server.put("users/ada/update_password", json!({ "user": fields })).await
}

async fn reset(server: &TestServer, key: &str, fields: Value) -> Answer {
    server.post(&format!("users/{key}/reset_password_with_token"), json!({ "user": fields })).await
}

async fn token(server: &TestServer) -> String {
    let made = server.post("users/ada/generate_password_token", json!({})).await.json(200);
    text(&made, "password_reset_token").to_owned()
}

async fn raised(server: &TestServer) -> Vec<String> {
    let listed = server.get("events?event_type=user&direction=asc").await.json(200);
    each(&listed, "event_type").into_iter().map(str::to_owned).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_knows_the_old_one_may_set_another(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let changed = json!({"current_password": OLD, "password": NEW, "password_confirmation": NEW});
    let user = update(&server, changed).await.json(200);
    assert_eq!((&user["object"], &user["username"]), (&json!("user"), &json!("ada")));
    assert_eq!((login(&server, OLD).await, login(&server, NEW).await), (401, 200));
    assert!(raised(&server).await.contains(&"user.updated".to_owned()));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn wrong_passwords_are_told_together(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let wrong = json!({"current_password": "wrong", "password": "short", "password_confirmation": "other"});
    let answer = update(&server, wrong).await;
    assert!(answer.refusals("current_password")[0].contains("Current password does not match"), "{}", answer.text);
    assert!(!answer.refusals("password").is_empty() && !answer.refusals("password_confirmation").is_empty());
    let empty = update(&server, json!({})).await;
    assert!(!empty.refusals("current_password").is_empty() && !empty.refusals("password").is_empty());
    assert_eq!(login(&server, OLD).await, 200);
    server.put("users/nobody/update_password", json!({"user": {}})).await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn wrong_current_passwords_are_counted_as_failed_logins(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("tries.per_user", "3")]).await;
    server.user("ada").await;
    for _ in 0..3 {
        update(&server, json!({"current_password": "wrong", "password": NEW})).await.json(422);
    }
    update(&server, json!({"current_password": OLD, "password": NEW})).await.json(429);
    assert_eq!(login(&server, OLD).await, 429);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn other_sessions_end_unless_they_are_kept(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let session = async || text(&server.authenticate("ada").await, "token").to_owned();
    let lives = async |token: &str| server.get(&format!("sessions/{token}")).await.status == 200;
    let first = session().await;
    update(&server, json!({"current_password": OLD, "password": NEW, "keep_sessions": true})).await.json(200);
    assert!(lives(&first).await);
    update(&server, json!({"current_password": NEW, "password": OLD})).await.json(200);
    assert!(!lives(&first).await);
    let second = session().await;
    let kept = json!({"token": token(&server).await, "password": OLD, "keep_sessions": true});
    reset(&server, "ada", kept).await.json(200);
    assert!(lives(&second).await);
    reset(&server, "ada", json!({"token": token(&server).await, "password": OLD})).await.json(200);
    assert!(!lives(&second).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_token_sets_a_password_once(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let made =
        server.post("users/ada/generate_password_token", json!({"request": {"ip": "192.0.2.1"}})).await.json(200);
    let kpw = text(&made, "password_reset_token").to_owned();
    assert!(kpw.starts_with("kpw_") && kpw.len() >= 26, "{kpw}");
    assert_eq!(made["token"], kpw, "under both names");
    assert_eq!((&made["object"], &made["username"]), (&json!("user"), &json!("ada")));
    let weak = reset(&server, "ada", json!({"token": kpw, "password": "short"})).await;
    assert!(!weak.refusals("password").is_empty(), "a weak password does not spend it");
    reset(&server, "ada", json!({"token": kpw, "password": NEW, "password_confirmation": NEW})).await.json(200);
    assert_eq!((login(&server, OLD).await, login(&server, NEW).await), (401, 200));
    let again = reset(&server, "ada", json!({"token": kpw, "password": OLD})).await;
    assert_eq!(again.refusals("token").len(), 1);
    let raised = raised(&server).await;
    for event in ["user.password_token.created", "user.password_token.consumed", "user.password_token.failed"] {
        assert_eq!(raised.iter().filter(|one| *one == event).count(), 1, "{event}: {raised:?}");
    }
    let events = server.get("events").await;
    assert!(!events.text.contains(&kpw), "no token is ever in an event");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_token_alone_tells_whose_it_is(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.user("bob").await;
    let kpw = token(&server).await;
    let others = reset(&server, "bob", json!({"token": kpw, "password": NEW})).await;
    assert_eq!(others.refusals("token").len(), 1, "not with somebody else's name");
    let user = reset(&server, "--", json!({"token": kpw, "password": NEW})).await.json(200);
    assert_eq!(user["username"], "ada");
    let unknown = reset(&server, "--", json!({"token": "kpw_nothing", "password": NEW})).await;
    assert_eq!(unknown.refusals("token").len(), 1);
    assert!(!reset(&server, "--", json!({})).await.refusals("token").is_empty());
    reset(&server, "nobody", json!({"token": kpw, "password": NEW})).await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_token_ends_with_its_day_and_with_what_makes_it_stale(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let is_dead = async |kpw: &str| {
        let answer = reset(&server, "ada", json!({"token": kpw, "password": NEW})).await;
        answer.status == 422 && answer.refusals("token").len() == 1
    };
    let late = token(&server).await;
    server.clock.advance(DAY_MS);
    assert!(is_dead(&late).await);
    let (older, newer) = (token(&server).await, token(&server).await);
    assert!(is_dead(&older).await, "another token ends it");
    update(&server, json!({"current_password": OLD, "password": NEW})).await.json(200);
    assert!(is_dead(&newer).await, "a changed password ends it");
    let moved = token(&server).await;
    server.put("users/ada", json!({"user": {"email": "new@example.com"}})).await.json(200);
    assert!(is_dead(&moved).await, "a changed address ends it");
    let left = token(&server).await;
    server.put("users/ada", json!({"user": {"state": "inactive"}})).await.json(200);
    assert!(is_dead(&left).await, "an inactive user has no use for it");
    assert_eq!(server.post("users/ada/generate_password_token", json!({})).await.status, 422);
    server.post("users/nobody/generate_password_token", json!({})).await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn of_many_resets_at_once_one_wins_and_the_owner_is_let_in_again(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("tries.per_user", "2")]).await;
    server.user("ada").await;
    for expected in [401, 401, 429] {
        assert_eq!(login(&server, "wrong").await, expected);
    }
    let kpw = token(&server).await;
    let resets = (0..10).map(|_| reset(&server, "--", json!({"token": kpw, "password": NEW})));
    let answers = futures_util::future::join_all(resets).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(login(&server, NEW).await, 200, "a reset clears the failed logins");
}

/// What is counted and estimated is what is hashed: the text in NFC (decisions §8), however it was typed.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn rules_look_at_the_normalised_text(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let set = async |password: &str| server.put("users/ada", json!({"user": {"password": password}})).await;
    // Seven letters, typed with seven accents behind them.
    let typed = "z\u{30c}r\u{30c}c\u{30c}s\u{30c}n\u{30c}t\u{30c}d\u{30c}";
    for password in ["žřčšňťď", typed] {
        let refused = set(password).await.refusals("password");
        assert!(refused[0].contains("too short"), "{password}: {refused:?}");
    }
    set("z\u{30c}r\u{30c}c\u{30c}s\u{30c}n\u{30c}t\u{30c}d\u{30c}y\u{301}").await.json(200);
    assert_eq!(login(&server, "žřčšňťďý").await, 200);
    // 256 letters in NFC are the most, whatever they took to type.
    set(&"z\u{30c}".repeat(257)).await.json(422);
    let longest = format!("{}žlutý kůň", "rain lamp 42 fox ".repeat(14));
    set(&format!("{longest}{}", "z\u{30c}".repeat(256 - longest.chars().count()))).await.json(200);
}
