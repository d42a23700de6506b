//! `/v1/sessions`: the check of every login.

use rstest::rstest;
use serde_json::json;

use crate::support::{Engine, START_MS, TestServer};

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
