//! Log in, sign up, log out.

use rstest::rstest;

use crate::support::{Engine, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_login_ends_at_the_app_with_a_token(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let wrong = browser.submit("/login", &[("username", "ada"), ("password", "wrong")]).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.header("x-frame-options"), "DENY");

    let done = browser.submit("/login", &[("username", "ada"), ("password", "tr0mbone-under-glass")]).await;
    assert_eq!(done.status, 302);
    let token = done.header("location").strip_prefix("https://app.example.com/login?token=").expect("the handler");
    assert_eq!(server.get(&format!("sessions/{token}")).await.status, 200);
    assert!(browser.cookies().contains_key("gantry_session"));

    assert_eq!(browser.submit("/logout", &[]).await.status, 302);
    assert_eq!(server.get(&format!("sessions/{token}")).await.status, 404);
    assert!(!browser.cookies().contains_key("gantry_session"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_users_cannot_share_a_name(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let again = serde_json::json!({"user": {"user_type": "human", "username": "ADA", "email": "x@example.com",
        "password": "tr0mbone-under-glass"}});
    let refused = server.post("users", again).await;
    assert_eq!(refused.refusals("username"), ["Username has already been taken"]);
    let renamed = serde_json::json!({"user": {"first_name": "Augusta"}});
    assert_eq!(server.put("users/ada", renamed).await.json(200)["name"], "Augusta Lovelace");
    assert_eq!(server.delete("users/ada").await.status, 204);
    assert_eq!(server.get("users/ada").await.status, 404);
}
