//! A fresh database for each test, on either engine. A missing PostgreSQL fails the test; nothing is skipped.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::OnceCell;
use tokio_postgres::NoTls;

/// The engines that everything is tested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// The URL of an empty, migrated database that nobody else uses.
pub async fn fresh_database(engine: Engine, folder: &Path) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite:{}", folder.join("gantry.db").display()),
        Engine::Postgres => {
            let template = TEMPLATE.get_or_init(template).await;
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = format!("gantry_{}_{number}", std::process::id());
            execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
            with_name(&postgres_url(), &name)
        }
    }
}

/// The superuser's URL of the cluster under test.
#[expect(clippy::disallowed_methods, reason = "how the test runner tells where its cluster is")]
fn postgres_url() -> String {
    std::env::var("GANTRY_TEST_POSTGRES").expect("GANTRY_TEST_POSTGRES is set by `cargo xtask test`")
}

/// A migrated database that others are copied from.
async fn template() -> String {
    let name = format!("gantry_{}_template", std::process::id());
    execute(&format!("CREATE DATABASE {name}")).await;
    let settings =
        gantry_db::Settings { url: with_name(&postgres_url(), &name), sqlite_readers: 1, postgres_connections: 1 };
    let db = gantry_db::Db::open(&settings).await.expect("the template opens");
    db.migrate(gantry_core::migrations::ALL, 0).await.expect("the template migrates");
    db.close().await;
    drop(db);
    // A copy is refused while anybody is connected to the original.
    let gone = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    execute(&gone).await;
    name
}

/// Runs SQL as the cluster's superuser.
pub async fn execute(sql: &str) {
    let (client, connection) = tokio_postgres::connect(&postgres_url(), NoTls).await.expect("PostgreSQL answers");
    let driving = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    drop(client);
    let _ = driving.await;
}

fn with_name(url: &str, name: &str) -> String {
    let mut url = url::Url::parse(url).expect("a URL");
    url.set_path(name);
    url.into()
}
