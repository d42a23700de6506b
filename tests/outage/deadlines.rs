//! What takes too long at the database ends by itself, and disturbs no other call.

use std::time::{Duration, Instant};

use gantry_core::migrations;
use gantry_db::migrate::Migration;
use gantry_db::{Db, Error, Query, Settings, Sql, params, row};
use rstest::rstest;
use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::support::{Engine, fresh_database};

row! {
    /// Which of the server's processes answers.
    struct Backend {
        pid: i64,
    }
}

const PID: Sql<Backend> = Sql::constant("PID", "SELECT pg_backend_pid()::bigint AS pid", "SELECT 1 AS pid");
const SLEEP: Sql<()> = Sql::constant("SLEEP", "SELECT pg_sleep(60)", "SELECT 1");
const SLEEP_A_LITTLE: Sql<()> = Sql::constant("SLEEP_A_LITTLE", "SELECT pg_sleep(6)", "SELECT 1");
const INSERT: Sql<()> = Sql::constant(
    "INSERT",
    "INSERT INTO things (id) VALUES ($1) ON CONFLICT DO NOTHING",
    "INSERT INTO things (id) VALUES (?1) ON CONFLICT DO NOTHING",
);

static THINGS: [Migration; 1] =
    [Migration { number: 9002, name: "9002_things.sql", sql: "CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY);\n" }];

async fn open(engine: Engine, folder: &TempDir, connections: usize) -> (Db, String) {
    let url = fresh_database(engine, folder.path()).await;
    let settings = Settings { url: url.clone(), sqlite_readers: 1, postgres_connections: connections };
    (Db::open(&settings).await.expect("opens"), url)
}

#[tokio::test]
async fn a_slow_statement_is_ended_at_the_server_and_its_connection_stays() {
    let folder = TempDir::new().expect("a folder");
    let (db, _) = open(Engine::Postgres, &folder, 1).await;
    let pid = async || db.row(&PID, params![]).await.expect("read").expect("a row").pid;
    let (before, began) = (pid().await, Instant::now());
    let refused = db.rows(&SLEEP, params![]).await.expect_err("too slow");
    assert!(matches!(refused, Error::Busy(_)), "{refused:?}");
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    assert_eq!(pid().await, before);
    // A change of a whole realm has more time.
    let mut tx = db.begin().await.expect("begins");
    tx.set_deadline(Duration::from_secs(20)).await.expect("set");
    tx.rows(&SLEEP_A_LITTLE, params![]).await.expect("in time");
    tx.commit().await.expect("committed");
    assert_eq!(pid().await, before);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_waits_for_another_transaction_is_busy_in_the_end(#[case] engine: Engine) {
    let folder = TempDir::new().expect("a folder");
    let (db, _) = open(engine, &folder, 2).await;
    db.migrate(&THINGS, 0).await.expect("a table");
    let mut first = db.begin().await.expect("begins");
    first.execute(&INSERT, params!["a"]).await.expect("inserted");
    let began = Instant::now();
    let second = async {
        let mut second = db.begin().await?;
        second.execute(&INSERT, params!["a"]).await
    };
    let refused = second.await.expect_err("the first holds it");
    assert!(matches!(refused, Error::Busy(_)), "{refused:?}");
    assert!(began.elapsed() < Duration::from_secs(7), "{:?}", began.elapsed());
    first.commit().await.expect("undisturbed");
    let mut third = db.begin().await.expect("begins");
    assert_eq!(third.execute(&INSERT, params!["a"]).await.expect("asked"), 0, "it is there");
}

#[tokio::test]
async fn another_nodes_migrations_are_not_waited_for_without_end() {
    let folder = TempDir::new().expect("a folder");
    let (db, url) = open(Engine::Postgres, &folder, 2).await;
    let (other, connection) = tokio_postgres::connect(&url, NoTls).await.expect("connects");
    let driving = tokio::spawn(connection);
    other.batch_execute("SELECT pg_advisory_lock(x'67616e747279'::bigint)").await.expect("held");
    let patience = Duration::from_millis(300);
    let refused = db.migrate_within(patience, migrations::ALL, 0).await.expect_err("the other node holds it");
    assert!(matches!(&refused, Error::Busy(why) if why.contains("another node")), "{refused:?}");
    other.batch_execute("SELECT pg_advisory_unlock_all()").await.expect("released");
    db.migrate(migrations::ALL, 0).await.expect("its turn");
    drop(other);
    let _ = driving.await;
}
