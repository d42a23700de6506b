//! What the first start makes, and what it keeps to its owner.

use std::os::unix::fs::PermissionsExt;

use rstest::rstest;

use crate::support::{Engine, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_master_key_is_its_owners_and_the_portal_has_its_own_realm(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let key = std::fs::metadata(server.folder.path().join("master.key")).expect("the key");
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    assert_ne!(server.app.system_realm.id, server.realm());
    let system = server.get(&format!("realms/{}", server.app.system_realm.id)).await;
    assert_eq!(system.status, 404);
}
