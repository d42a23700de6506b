//! Calls at the same time: unique things stay unique, and no change is lost.

use std::sync::Arc;

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::raw::{each, text};
use crate::support::{Answer, Engine, TestServer};

/// Sends all calls at once and returns their answers.
async fn together(server: &Arc<TestServer>, calls: Vec<(Method, String, Option<Value>)>) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(calls.len()));
    let mut running = JoinSet::new();
    for (method, path, body) in calls {
        let (server, start) = (Arc::clone(server), Arc::clone(&start));
        running.spawn(async move {
            start.wait().await;
            server.call(method, &path, body).await
        });
    }
    running.join_all().await
}

fn person(username: &str, email: &str) -> Value {
    json!({"user": {"user_type": "human", "username": username, "email": email, "password": "tr0mbone-under-glass"}})
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_creates_of_one_name_one_wins(#[case] engine: Engine) {
    let server = Arc::new(TestServer::start(engine).await);
    let by_name = |at: usize| (Method::POST, "users".to_owned(), Some(person("ada", &format!("a{at}@example.com"))));
    let answers = together(&server, (0..20).map(by_name).collect()).await;
    assert_eq!((count(&answers, 201), count(&answers, 422)), (1, 19), "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status == 422) {
        assert!(!answer.refusals("username").is_empty(), "{}", answer.text);
    }
    let by_email = |at: usize| (Method::POST, "users".to_owned(), Some(person(&format!("n{at}"), "same@example.com")));
    let answers = together(&server, (0..20).map(by_email).collect()).await;
    assert_eq!((count(&answers, 201), count(&answers, 422)), (1, 19), "{answers:?}");
    assert_eq!(each(&server.get("users").await.json(200), "id").len(), 2);
    assert_eq!(each(&server.get("events?event_type=user.created").await.json(200), "id").len(), 2);
}

/// One user's name and another's address are the same text: whoever comes second is refused.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_and_an_address_cannot_meet(#[case] engine: Engine) {
    let server = Arc::new(TestServer::start(engine).await);
    for round in 0..10 {
        let shared = format!("shared{round}@example.com");
        let named = person(&shared, &format!("own{round}@example.com"));
        let addressed = person(&format!("plain{round}"), &shared);
        let calls = [named, addressed].map(|body| (Method::POST, "users".to_owned(), Some(body)));
        let answers = together(&server, calls.into()).await;
        assert_eq!((count(&answers, 201), count(&answers, 422)), (1, 1), "round {round}: {answers:?}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_different_fields_are_all_kept(#[case] engine: Engine) {
    let server = Arc::new(TestServer::start(engine).await);
    server.user("ada").await;
    for round in 0..5 {
        let fields = [
            ("first_name", json!(format!("First{round}"))),
            ("last_name", json!(format!("Last{round}"))),
            ("reference", json!(format!("R-{round}"))),
            ("email", json!(format!("ada{round}@example.com"))),
            ("custom", json!({ "round": round })),
        ];
        let put = |(name, value): &(&str, Value)| {
            (Method::PUT, "users/ada".to_owned(), Some(json!({"user": {*name: value}})))
        };
        let answers = together(&server, fields.iter().map(put).collect()).await;
        assert_eq!(count(&answers, 200), fields.len(), "{answers:?}");
        let user = server.get("users/ada").await.json(200);
        for (name, value) in &fields {
            assert_eq!(&user[*name], value, "round {round}: {name}");
        }
        assert_eq!(user["name"], json!(format!("First{round} Last{round}")));
    }
    let realm = format!("realms/{}", server.realm());
    let fields = [
        ("name", json!("Shop")),
        ("reference", json!("R")),
        ("session_minutes", json!(7)),
        ("jwt_algo", json!("rs256")),
    ];
    let put = |(name, value): &(&str, Value)| (Method::PUT, realm.clone(), Some(json!({"realm": {*name: value}})));
    let answers = together(&server, fields.iter().map(put).collect()).await;
    assert_eq!(count(&answers, 200), fields.len(), "{answers:?}");
    let changed = server.get(&realm).await.json(200);
    for (name, value) in &fields {
        assert_eq!(&changed[*name], value, "{name}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thing_is_deleted_once_and_logins_keep_to_the_limit(#[case] engine: Engine) {
    let server = Arc::new(TestServer::start(engine).await);
    let user = server.user("ada").await;
    let login = (Method::POST, "users/ada/authenticate".to_owned(), Some(json!({"password": "tr0mbone-under-glass"})));
    // Fewer than the tries that one user may have open at a time.
    server.put(&format!("realms/{}", server.realm()), json!({"realm": {"session_limit": 3}})).await.json(200);
    let answers = together(&server, vec![login; 8]).await;
    assert_eq!(count(&answers, 200), 8, "{answers:?}");
    let sessions = server.get(&format!("sessions?user_id={}", text(&user, "id"))).await.json(200);
    assert!((1..=3).contains(&each(&sessions, "id").len()), "{sessions}");
    let session = (Method::DELETE, format!("sessions/{}", each(&sessions, "id")[0]), None);
    let answers = together(&server, vec![session; 10]).await;
    assert_eq!(count(&answers, 204), 10, "a session that has ended ends again: {answers:?}");
    let answers = together(&server, vec![(Method::DELETE, "users/ada".to_owned(), None); 10]).await;
    assert_eq!((count(&answers, 204), count(&answers, 404)), (1, 9), "{answers:?}");
    assert_eq!(each(&server.get("events?event_type=user.deleted").await.json(200), "id").len(), 1);
}
