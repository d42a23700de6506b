//! Check 31 for a login or a change that is being hashed while its account changes: what was read before counts no more.
//! The hashing thread is held, so that the order is certain.

use std::sync::mpsc;

use gantry_db::{Query, Sql, params};
use rstest::rstest;
use serde_json::{Value, json};

use crate::loginrocket::visit::{PASSWORD, events};
use crate::support::{Answer, Engine, TestServer};

const OTHER: &str = "violin-over-marble-7";

/// What another process writes that changes ada's password to that of `$2`.
const TAKE_PASSWORD_OF: Sql<()> = Sql::constant(
    "TAKE_PASSWORD_OF",
    "UPDATE credentials SET password_hash = (SELECT password_hash FROM credentials WHERE user_id = $2)
        WHERE user_id = $1",
    "UPDATE credentials SET password_hash = (SELECT password_hash FROM credentials WHERE user_id = ?2)
        WHERE user_id = ?1",
);
const FORGET_BROWSERS: Sql<()> = Sql::constant(
    "FORGET_BROWSERS",
    "UPDATE users SET known_browsers = known_browsers + 1 WHERE id = $1",
    "UPDATE users SET known_browsers = known_browsers + 1 WHERE id = ?1",
);

async fn server(engine: Engine) -> (TestServer, Value) {
    let server = TestServer::with(engine, &[("password.workers", "1")]).await;
    let ada = server.user("ada").await;
    (server, ada)
}

/// What `asked` is answered, if `change` happens while it waits for its hash.
async fn meanwhile(
    server: &TestServer,
    asked: impl Future<Output = Answer>,
    change: impl Future<Output = ()>,
) -> Answer {
    let passwords = server.app.core.passwords.clone();
    let ((begun, has_begun), (release, held)) = (mpsc::channel(), mpsc::channel::<()>());
    let holding = tokio::spawn({
        let passwords = passwords.clone();
        async move { passwords.beside(move || begun.send(()).is_ok() && held.recv().is_ok()).await }
    });
    let changed = async {
        while passwords.queued() == 0 {
            tokio::task::yield_now().await;
        }
        change.await;
        release.send(()).expect("the hashing thread waits");
    };
    while has_begun.try_recv().is_err() {
        tokio::task::yield_now().await;
    }
    let (answer, ()) = tokio::join!(asked, changed);
    assert_eq!(holding.await.expect("no panic"), Ok(true));
    answer
}

async fn authenticate(server: &TestServer, password: &str) -> Answer {
    server.post("users/ada/authenticate", json!({ "password": password })).await
}

async fn sessions(server: &TestServer, user: &Value) -> usize {
    let list = server.get(&format!("sessions?user_id={}", user["id"].as_str().expect("an id"))).await.json(200);
    list["collection"].as_array().expect("a list").len()
}

/// Whose password is another one.
async fn bob(server: &TestServer) -> Value {
    let bob = server.user("bob").await;
    server.put("users/bob", json!({"user": {"password": OTHER}})).await.json(200);
    bob
}

async fn put(server: &TestServer, fields: Value) {
    server.put("users/ada", json!({ "user": fields })).await.json(200);
}

async fn write(server: &TestServer, user: &Value, other: Option<&Value>, forgets: bool) {
    let id = |user: &Value| user["id"].as_str().expect("an id").to_owned();
    let mut tx = server.app.core.db.begin().await.expect("a transaction");
    if let Some(other) = other {
        tx.execute(&TAKE_PASSWORD_OF, params![&id(user), &id(other)]).await.expect("taken");
    }
    if forgets {
        tx.execute(&FORGET_BROWSERS, params![&id(user)]).await.expect("raised");
    }
    tx.commit().await.expect("committed");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_is_made_inactive_meanwhile_does_not_get_in_nor_wake_up_logged_in(#[case] engine: Engine) {
    let (server, ada) = server(engine).await;
    let asleep = put(&server, json!({"state": "inactive"}));
    let answer = meanwhile(&server, authenticate(&server, PASSWORD), asleep).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    assert_eq!(events(&server, "user.login.failed").await, 1);
    put(&server, json!({"state": "active"})).await;
    assert_eq!(sessions(&server, &ada).await, 0);
    authenticate(&server, PASSWORD).await.json(200);
    assert_eq!(sessions(&server, &ada).await, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_password_that_is_changed_meanwhile_opens_nothing(#[case] engine: Engine) {
    let (server, ada) = server(engine).await;
    let bob = bob(&server).await;
    let changed = write(&server, &ada, Some(&bob), true);
    let answer = meanwhile(&server, authenticate(&server, PASSWORD), changed).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    assert_eq!(sessions(&server, &ada).await, 0);
    authenticate(&server, OTHER).await.json(200);
}

/// Each of the two signs alone has another cause: a hash under today's settings, browsers that were forgotten.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_no_change_of_the_password_disturbs_no_login(#[case] engine: Engine) {
    let (server, ada) = server(engine).await;
    let bob = server.user("bob").await;
    for (other, forgets) in [(Some(&bob), false), (None, true)] {
        let changed = write(&server, &ada, other, forgets);
        meanwhile(&server, authenticate(&server, PASSWORD), changed).await.json(200);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_change_by_the_old_password_does_not_undo_one_that_came_first(#[case] engine: Engine) {
    let (server, ada) = server(engine).await;
    let bob = bob(&server).await;
    let wanted = json!({"user": {"current_password": PASSWORD, "password": "the-thief-wants-this-1"}});
    let answer =
        meanwhile(&server, server.put("users/ada/update_password", wanted), write(&server, &ada, Some(&bob), true))
            .await;
    assert!(answer.refusals("current_password")[0].contains("does not match"), "{}", answer.text);
    authenticate(&server, OTHER).await.json(200);
}

/// Whoever has the password cannot change it without end, which would end each link that the owner asks for.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn changes_by_the_right_password_are_counted_too(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("tries.per_user", "3")]).await;
    server.user("ada").await;
    let same = json!({"user": {"current_password": PASSWORD, "password": PASSWORD}});
    for expected in [200, 200, 200, 429] {
        assert_eq!(server.put("users/ada/update_password", same.clone()).await.status, expected);
    }
}
