//! `/v1/sessions`: the check of every login (api-v1 §7 and §8, decisions §3).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, text};
use crate::support::{Engine, START_MS, TestServer};

const UNKNOWN: &str = "kss_0000000000000000000000";

/// A session that the caller vouches for.
async fn open(server: &TestServer, user: &Value) -> Value {
    server.post("sessions", json!({"session": {"user_id": user["id"]}})).await.json(201)
}

async fn live(server: &TestServer, user: &Value) -> Value {
    server.get(&format!("sessions?user_id={}", text(user, "id"))).await.json(200)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_login_token_is_verified_until_it_ends(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let login = server.authenticate("ada").await;
    let token = login["token"].as_str().expect("a token");

    let session = server.get(&format!("sessions/{token}")).await.json(200);
    assert_eq!(session["object"], "session");
    assert_eq!(session["user"]["name"], "Ada Lovelace");
    assert_eq!(session["user_id"], login["id"]);
    assert_eq!(session["expires_at"], json!(START_MS / 1000 + 360 * 60));

    // Six hours later, to the second.
    server.clock.advance(360 * 60 * 1000 - 1);
    assert_eq!(server.get(&format!("sessions/{token}")).await.status, 200);
    server.clock.advance(1);
    assert_eq!(server.get(&format!("sessions/{token}")).await.status, 404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_is_made_with_a_token_and_read_by_id_and_by_token(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    server.clock.advance(750);
    let request = json!({"ip": "192.0.2.7", "client": "Shop/1.0"});
    let body = json!({"session": {"user_id": user["id"]}, "request": request});
    let made = server.post("sessions", body).await.json(201);
    assert!(is_id("kss", text(&made, "id")), "{made}");
    assert_eq!((&made["object"], &made["user_id"], &made["request"]), (&json!("session"), &user["id"], &request));
    assert_eq!(made["created_at"].as_f64(), Some(1_767_225_600.75));
    assert_eq!(made["expires_at"].as_i64(), Some(1_767_225_600 + 360 * 60), "floor(created_at) and 360 minutes");

    let by_id = server.get(&format!("sessions/{}", text(&made, "id"))).await.json(200);
    assert_eq!(by_id["user"], user, "the user as in a single read");
    assert!(by_id.get("token").is_none() && by_id["user"].get("memberships").is_none(), "only when asked for");
    for name in ["id", "object", "user_id", "created_at", "expires_at", "request"] {
        assert_eq!(by_id[name], made[name], "{name}");
    }
    assert_eq!(server.get(&format!("sessions/{}", text(&made, "token"))).await.json(200), by_id);
    let claims: Value = {
        let part = text(&made, "token").split('.').nth(1).expect("a payload");
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    };
    assert_eq!((&claims["tk"], &claims["uid"]), (&made["id"], &user["id"]));
    let names: Vec<&String> = claims.as_object().expect("claims").keys().collect();
    assert_eq!(names, ["exp", "fn", "iat", "ln", "n", "tk", "uid", "un"], "as tokens of AuthRocket: {claims}");
    assert_eq!(claims["exp"], made["expires_at"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn expansions_add_memberships_and_a_fresh_token(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let made = open(&server, &user).await;
    let path = format!("sessions/{}", text(&made, "id"));
    assert_eq!(server.get(&format!("{path}?expand=memberships")).await.json(200)["user"]["memberships"], json!([]));

    server.clock.advance(60_000);
    server.put("users/ada", json!({"user": {"first_name": "Augusta"}})).await.json(200);
    let both = server.get(&format!("{path}?expand=token,memberships")).await.json(200);
    assert_eq!(both["user"]["memberships"], json!([]));
    let token = text(&both, "token");
    let part = token.split('.').nth(1).expect("a payload");
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON");
    assert_eq!(claims["n"], "Augusta Lovelace", "built from what is true now: {claims}");
    assert_eq!(claims["exp"], made["expires_at"], "with the lifetime of the session");
    assert_eq!(server.get(&format!("sessions/{token}")).await.json(200)["id"], made["id"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tokens_that_were_changed_or_are_foreign_are_unknown(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let token = text(&open(&server, &user).await, "token").to_owned();
    let dots: Vec<usize> = token.match_indices('.').map(|(at, _)| at).collect();
    // One character of the header, of the payload, and the first of the signature.
    for at in [5, dots[0] + 20, dots[1] + 1] {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).expect("ASCII");
        server.get(&format!("sessions/{changed}")).await.json(404);
        server.delete(&format!("sessions/{changed}")).await.json(404);
    }
    for odd in [UNKNOWN, "kss_", "nonsense", "a.b.c", "%2e%2e.", "%00", &token[..dots[1]]] {
        server.get(&format!("sessions/{odd}")).await.json(404);
    }
    let other = server.post("realms", json!({"realm": {"name": "Other"}})).await.json(201);
    let foreign = async |method: Method| {
        let path = format!("sessions/{token}");
        server.call_as(&server.key, Some(text(&other, "id")), method, &path, None).await
    };
    foreign(Method::GET).await.json(404);
    foreign(Method::DELETE).await.json(404);
    server.get(&format!("sessions/{token}")).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_ended_one_is_refused_from_the_next_call_on(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    for name in ["id", "token"] {
        let made = open(&server, &user).await;
        let path = format!("sessions/{}", text(&made, name));
        let answer = server.delete(&path).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        let again = server.delete(&path).await;
        assert_eq!((again.status, again.text.as_str()), (204, ""), "a logout never fails twice");
        for name in ["id", "token"] {
            assert_eq!(server.delete(&format!("sessions/{}", text(&made, name))).await.status, 204);
            server.get(&format!("sessions/{}", text(&made, name))).await.json(404);
        }
    }
    assert_eq!(server.delete(&format!("sessions/{UNKNOWN}")).await.status, 204);
    for malformed in ["kss_", "kss_0", "usr_0000000000000000000000", "nonsense", "a.b.c"] {
        server.delete(&format!("sessions/{malformed}")).await.json(404);
    }
    assert_eq!(each(&live(&server, &user).await, "id"), Vec::<&str>::new());
}

/// Expired, removed by upkeep, of a deleted user, of a key that is gone, not on record: a logout works all the same.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_over_by_itself_can_be_ended(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let made = open(&server, &user).await;
    let ended = async |made: &Value| {
        for name in ["id", "token"] {
            let answer = server.delete(&format!("sessions/{}", text(made, name))).await;
            assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{name}");
        }
    };
    server.clock.advance(360 * 60 * 1000);
    ended(&made).await;
    gantry_core::sessions::remove_expired(&server.app.core).await.expect("upkeep");
    ended(&made).await;
    let last = open(&server, &user).await;
    server.delete("users/ada").await;
    ended(&last).await;
    for _ in 0..2 {
        // First the key that signs, which another replaces; then it is the replaced one.
        let keys = server.get("jwt_keys?direction=asc").await.json(200);
        server.delete(&format!("jwt_keys/{}", text(&keys["collection"][0], "id"))).await;
    }
    ended(&last).await;
    let unmanaged = json!({"realm": {"session_type": "unmanaged"}});
    server.put(&format!("realms/{}", server.realm()), unmanaged).await.json(200);
    let user = server.user("bob").await;
    ended(&open(&server, &user).await).await;
}

/// What lives out of reach is not found, and goes on: in another account, in another realm, for a key of another realm.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_lives_elsewhere_goes_on(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let made = open(&server, &user).await;
    let other = server.post("realms", json!({"realm": {"name": "Other"}})).await.json(201);
    let limited = super::raw::key(&server, gantry_core::actor::Access::Write, &[text(&other, "id")]).await;
    for name in ["id", "token"] {
        let path = format!("sessions/{}", text(&made, name));
        for (key, realm) in
            [(&server.key, Some(text(&other, "id"))), (&limited, None), (&limited, Some(text(&other, "id")))]
        {
            server.call_as(key, realm, Method::DELETE, &path, None).await.json(404);
        }
        server.get(&path).await.json(200);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn all_of_a_user_end_at_once(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (ada, bob) = (server.user("ada").await, server.user("bob").await);
    for name in [text(&ada, "id"), "ADA", "ada@example.com"] {
        let made = [open(&server, &ada).await, open(&server, &ada).await];
        let others = open(&server, &bob).await;
        let path = format!("sessions?user_id={name}");
        assert_eq!(each(&server.get(&path).await.json(200), "id").len(), 2, "{name}");
        let answer = server.delete(&path).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        for one in &made {
            server.get(&format!("sessions/{}", text(one, "id"))).await.json(404);
        }
        server.get(&format!("sessions/{}", text(&others, "id"))).await.json(200);
        assert_eq!(server.delete(&path).await.status, 204, "again");
        server.delete("sessions?user_id=bob").await;
    }
    let path = format!("events?event_type=user.sessions.ended&user_id={}", text(&ada, "id"));
    assert_eq!(each(&server.get(&path).await.json(200), "user_id").len(), 6);
    server.delete("sessions?user_id=nobody").await.json(404);
    server.delete("sessions?user_id=usr_0000000000000000000000").await.json(404);
    server.delete("sessions").await.json(400);
    let reader = super::raw::key(&server, gantry_core::actor::Access::Read, &[]).await;
    let refused = server.call_as(&reader, Some(server.realm()), Method::DELETE, "sessions?user_id=ada", None).await;
    refused.json(403);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_list_is_of_one_users_live_sessions(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (ada, bob) = (server.user("ada").await, server.user("bob").await);
    let mut made = Vec::new();
    for _ in 0..4 {
        server.clock.advance(1000);
        made.push(text(&open(&server, &ada).await, "id").to_owned());
    }
    let bobs = open(&server, &bob).await;
    assert_eq!(each(&live(&server, &ada).await, "id"), made, "as they were made");
    assert_eq!(each(&live(&server, &bob).await, "id"), [text(&bobs, "id")]);
    let item = &live(&server, &bob).await["collection"][0];
    for name in ["token", "user"] {
        assert!(item.get(name).is_none(), "never in lists: {name}");
    }
    for name in ["id", "user_id", "object", "created_at", "expires_at"] {
        assert_eq!(item[name], bobs[name], "{name}");
    }
    let path = format!("sessions?user_id={}", text(&ada, "id"));
    let down = server.get(&format!("{path}&sort=id&direction=desc")).await.json(200);
    assert_eq!(each(&down, "id"), made.iter().rev().collect::<Vec<_>>());
    let page = server.get(&format!("{path}&max_results=3&after={}", made[0])).await.json(200);
    assert_eq!(
        (each(&page, "id"), &page["more_results"]),
        (made[1..].iter().map(String::as_str).collect(), &json!(false))
    );
    server.get("sessions").await.json(400);

    assert_eq!(server.delete(&format!("sessions/{}", made[1])).await.status, 204);
    server.clock.advance(360 * 60 * 1000 - 2_500); // the first two are over by now
    assert_eq!(each(&live(&server, &ada).await, "id"), made[2..]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_eleventh_ends_the_oldest(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let mut tokens = Vec::new();
    for _ in 0..10 {
        server.clock.advance(1000);
        tokens.push(text(&server.authenticate("ada").await, "token").to_owned());
    }
    assert_eq!(each(&live(&server, &user).await, "id").len(), 10);
    server.get(&format!("sessions/{}", tokens[0])).await.json(200);
    server.clock.advance(1000);
    tokens.push(text(&server.authenticate("ada").await, "token").to_owned());
    server.get(&format!("sessions/{}", tokens[0])).await.json(404);
    for token in &tokens[1..] {
        server.get(&format!("sessions/{token}")).await.json(200);
    }
    // The realm may say otherwise.
    let path = format!("realms/{}", server.realm());
    server.put(&path, json!({"realm": {"session_limit": 2}})).await.json(200);
    server.clock.advance(1000);
    server.authenticate("ada").await;
    assert_eq!(each(&live(&server, &user).await, "id").len(), 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_needs_an_active_user_of_the_realm(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let other = server.post("realms", json!({"realm": {"name": "Other"}})).await.json(201);
    for body in [
        json!({}),
        json!({"session": {}}),
        json!({"session": {"user_id": null}}),
        json!({"session": {"user_id": 7}}),
        json!({"session": {"user_id": "usr_0000000000000000000000"}}),
        json!({"session": {"user_id": user["id"], "realm_id": other["id"]}}),
    ] {
        let answer = server.post("sessions", body.clone()).await;
        assert!(!answer.refusals("user_id").is_empty(), "{body}: {}", answer.text);
    }
}
