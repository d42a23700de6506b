//! The realm's limit of sessions, met through the login page.

use rstest::rstest;

use super::visit::{PASSWORD, log_in, token};
use crate::support::{Engine, TestServer};

/// Ten live sessions by default; the oldest ends. The one that just began never does, even where many began in the same
/// millisecond, as all of these do.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn beyond_the_limit_an_older_session_ends_and_never_the_new_one(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let mut tokens = Vec::new();
    for _ in 0..25 {
        let fresh = token(&log_in(&server.browser(), "/login", "ada", PASSWORD).await);
        assert_eq!(server.get(&format!("sessions/{fresh}")).await.status, 200);
        tokens.push(fresh);
    }
    let mut live = 0;
    for token in &tokens {
        live += usize::from(server.get(&format!("sessions/{token}")).await.status == 200);
    }
    assert_eq!(live, 10);
}
