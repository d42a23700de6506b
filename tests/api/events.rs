//! `/v1/events` (api-v1 §15).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, text};
use crate::support::{Engine, START_MS, TestServer};

const PASSWORD: &str = "tr0mbone-under-glass";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn list(server: &TestServer, query: &str) -> Value {
    server.get(&format!("events?{query}")).await.json(200)
}

/// Types of the events since this time, sorted.
async fn since(server: &TestServer, ms: i64) -> Vec<String> {
    let seconds = format!("{}.{:03}", ms / 1000, ms % 1000);
    let listed = list(server, &format!("created_at_after={seconds}")).await;
    let mut types: Vec<String> = each(&listed, "event_type").into_iter().map(str::to_owned).collect();
    types.sort();
    types
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_call_raises_its_own(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let realm = format!("realms/{}", server.realm());
    let person = json!({"user": {"user_type": "human", "username": "ada", "email": "ada@example.com",
        "password": PASSWORD, "email_verification": "requested"}});
    let app = json!({"login_policy": {"name": "App", "login_handler": "https://a.example/"}});
    let tick = || {
        server.clock.advance(10);
        server.clock.now_ms()
    };
    let raised = async |from: i64, expected: &[&str]| assert_eq!(since(&server, from).await, expected);

    let from = tick();
    server.post("users", person.clone()).await.json(201);
    raised(from, &["user.created", "user.email.verification_requested"]).await;
    let from = tick();
    server.post("users", person).await.json(422);
    server.get("users/ada").await.json(200);
    raised(from, &[]).await;
    let from = tick();
    server.put("users/ada", json!({"user": {"email_verification": "verified"}})).await.json(200);
    raised(from, &["user.email.verified", "user.updated"]).await;
    let from = tick();
    server.put("users/ada", json!({"user": {"first_name": "Ada"}})).await.json(200);
    raised(from, &["user.updated"]).await;
    let from = tick();
    server.authenticate("ada").await;
    raised(from, &["user.login.succeeded"]).await;
    let from = tick();
    server.post("users/ada/authenticate", json!({"password": "wrong"})).await.json(401);
    raised(from, &["user.login.failed"]).await;
    let from = tick();
    server.delete("users/ada").await;
    raised(from, &["user.deleted"]).await;
    let from = tick();
    let made = server.post("login_policies", app).await.json(201);
    raised(from, &["login_policy.created"]).await;
    let path = format!("login_policies/{}", text(&made, "id"));
    let from = tick();
    server.put(&path, json!({"login_policy": {"name": "New"}})).await.json(200);
    raised(from, &["login_policy.updated"]).await;
    let from = tick();
    server.delete(&path).await;
    raised(from, &["login_policy.deleted"]).await;
    let from = tick();
    server.put(&realm, json!({"realm": {"jwt_algo": "rs256"}})).await.json(200);
    raised(from, &["realm.updated"]).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_is_read_by_id(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.clock.advance(1_250);
    let user = server.user("ada").await;
    let listed = list(&server, "event_type=user.created").await;
    let event = &listed["collection"][0];
    assert!(is_id("ev", text(event, "id")), "{event}");
    assert_eq!(event["event_at"].as_f64(), Some(1_767_225_601.25));
    assert_eq!((&event["event_type"], &event["user_id"]), (&json!("user.created"), &user["id"]));
    assert_eq!(event["realm_id"], json!(server.realm()));
    for name in ["app_hook_id", "auth_provider_id", "login_policy_id", "membership_id", "org_id"] {
        assert_eq!(event[name], Value::Null, "{name}");
    }
    let read = server.get(&format!("events/{}", text(event, "id"))).await.json(200);
    for (name, value) in event.as_object().expect("fields") {
        assert_eq!(&read[name], value, "{name}");
    }
    server.get("events/ev_0000000000000000000000").await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn types_and_ids_narrow_the_list(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let mut users = Vec::new();
    for name in ["ada", "bob"] {
        server.clock.advance(10);
        users.push(text(&server.user(name).await, "id").to_owned());
        server.clock.advance(10);
        server.authenticate(name).await;
        server.clock.advance(10);
        server.post(&format!("users/{name}/authenticate"), json!({"password": "wrong"})).await.json(401);
    }
    let (created, succeeded, failed) = ("user.created", "user.login.succeeded", "user.login.failed");
    for (query, expected) in [
        (format!("user_id={}", users[0]), &[failed, succeeded, created][..]),
        (format!("user_id={}&direction=asc", users[0]), &[created, succeeded, failed]),
        ("event_type=user.login".to_owned(), &[failed, succeeded, failed, succeeded]),
        ("event_type=user.login.failed".to_owned(), &[failed, failed]),
        ("event_type=user.log".to_owned(), &[]),
        ("event_type=user".to_owned(), &[failed, succeeded, created, failed, succeeded, created]),
        (format!("event_type=user.login&user_id={}", users[1]), &[failed, succeeded]),
        ("event_type[]=user.created&event_type[]=user.login.failed".to_owned(), &[failed, created, failed, created]),
        ("event_type[]=user.login&event_type[]=user.login.failed".to_owned(), &[failed, succeeded, failed, succeeded]),
        ("event_type=user.created,user.login.failed".to_owned(), &[failed, created, failed, created]),
        ("event_type=nonsense".to_owned(), &[]),
        (format!("login_policy_id={}", server.made.app.id), &["login_policy.created"]),
    ] {
        assert_eq!(each(&list(&server, &query).await, "event_type"), expected, "{query}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_newest_come_first_and_pages_end(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    for name in ["b", "c", "d", "e", "f"] {
        server.clock.advance(10);
        server.put("users/ada", json!({"user": {"first_name": name}})).await.json(200);
    }
    let whole = list(&server, "event_type=user").await;
    let ids = each(&whole, "id");
    let mut sorted = ids.clone();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!((&ids, ids.len()), (&sorted, 6));
    for (types, direction) in
        [("user", "desc"), ("user", "asc"), ("user.created,user.updated", "desc"), ("user.created,user.updated", "asc")]
    {
        let (mut seen, mut after) = (Vec::new(), String::new());
        for _ in 0..9 {
            let query = format!("event_type={types}&direction={direction}&max_results=2&after={after}");
            let page = list(&server, &query).await;
            seen.extend(each(&page, "id").into_iter().map(str::to_owned));
            after = seen.last().expect("events").clone();
            if page["more_results"] == false {
                break;
            }
        }
        let mut expected = sorted.clone();
        if direction == "asc" {
            expected.reverse();
        }
        assert_eq!(seen, expected, "{types} {direction}");
    }
    server.get("events?sort=event_at").await.json(400);
    server.get("events?direction=sideways").await.json(400);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_list_goes_back_30_days_unless_told_otherwise(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let count = async |query: &str| each(&list(&server, &format!("event_type=user.created{query}")).await, "id").len();
    server.clock.advance(30 * DAY_MS);
    assert_eq!(count("").await, 1, "exactly 30 days ago");
    server.clock.advance(1);
    assert_eq!(count("").await, 0);
    assert_eq!(count("&created_at_after=").await, 1, "no bound");
    let at = START_MS / 1000;
    assert_eq!(count(&format!("&created_at_after={at}")).await, 1, "from that second on");
    assert_eq!(count(&format!("&created_at_after={}", at + 1)).await, 0);
    assert_eq!(count(&format!("&created_at_after={at}.001")).await, 0);
    server.get("events?created_at_after=yesterday").await.json(400);
}
