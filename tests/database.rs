//! What the storage layer promises, asked of it directly on both engines: transactions that leave nothing behind, group
//! commit, migrations, TLS, the master key, and checks that really see a bad statement.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gantry::app::{App, install_crypto};
use gantry::config::{self, Sources};
use gantry_core::clock::Clock;
use gantry_core::migrations;
use gantry_crypto::Random;
use gantry_db::migrate::Migration;
use gantry_db::{Db, Error, Query, Settings, Tx, check, params, row, statements};
use rstest::rstest;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::support::{Engine, START_MS, fresh_database};

static THINGS: [Migration; 1] = [Migration { number: 9001, name: "9001_things.sql", sql: THINGS_SQL }];
static CHANGED: [Migration; 1] =
    [Migration { number: 9001, name: "9001_things.sql", sql: "CREATE TABLE others (id TEXT NOT NULL PRIMARY KEY);\n" }];
const THINGS_SQL: &str = "CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, amount BIGINT NOT NULL, note TEXT);\n";

row! {
    /// One row of the tests' own table.
    #[derive(Debug, PartialEq, Eq)]
    struct Thing {
        id: String,
        amount: i64,
    }
}

row! {
    /// Reads as many columns as the right one, under a wrong name and kind, and without room for NULL.
    struct Liar {
        identity: String,
        amount: String,
        note: String,
    }
}

statements! {
    ALL: Thing = "SELECT ", Thing::COLUMNS, " FROM things ORDER BY id";
    INSERT: () = "INSERT INTO things (id, amount) VALUES ($1, $2)";
    ADD: () = "UPDATE things SET amount = amount + $2 WHERE id = $1";
    NOTE: () = "INSERT INTO things (id, amount, note) VALUES ($1, 0, $2)";
    ONE: Thing = "SELECT ", Thing::COLUMNS, " FROM things WHERE id = $1";
}

/// Statements as they must never be.
mod bad {
    use super::Liar;

    gantry_db::statements! {
        LYING: Liar = "SELECT id, amount, note FROM things WHERE id = $1";
        SHORT: Liar = "SELECT id FROM things WHERE id = $1";
        BROKEN: () = "UPDATE nothing SET amount = $1";
        SCANNING: super::Thing = "SELECT id, amount FROM things WHERE amount = $1";
    }

    /// Names the columns that its statements leave out of the macro's list.
    pub const FIELDS: &str = Liar::COLUMNS;
}

async fn open(engine: Engine, folder: &TempDir) -> Db {
    let url = fresh_database(engine, folder.path()).await;
    let db = reopen(&url).await;
    db.migrate(migrations::ALL, 0).await.expect("the product's tables");
    db.migrate(&THINGS, 0).await.expect("the tests' table");
    db
}

async fn reopen(url: &str) -> Db {
    let settings = Settings { url: url.to_owned(), sqlite_readers: 2, postgres_connections: 5 };
    Db::open(&settings).await.expect("opens")
}

async fn insert(tx: &mut Tx, id: &str, amount: i64) {
    tx.execute(&INSERT, params![id, amount]).await.expect("inserted");
}

/// Each row as `id=amount`.
async fn things(db: &Db) -> Vec<String> {
    let rows = db.rows(&ALL, params![]).await.expect("read");
    rows.iter().map(|thing| format!("{}={}", thing.id, thing.amount)).collect()
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_dropped_transaction_leaves_nothing(#[case] engine: Engine) {
    let folder = folder();
    let db = open(engine, &folder).await;
    let mut tx = db.begin().await.expect("begins");
    insert(&mut tx, "dropped", 1).await;
    assert_eq!(tx.rows(&ALL, params![]).await.expect("read").len(), 1, "it sees its own change");
    assert_eq!(things(&db).await, Vec::<String>::new(), "others do not");
    drop(tx);
    assert_eq!(things(&db).await, Vec::<String>::new());

    // A failure inside, then a drop: the next one is not disturbed.
    let mut tx = db.begin().await.expect("begins");
    insert(&mut tx, "twice", 1).await;
    let refused = tx.execute(&INSERT, params!["twice", 2_i64]).await.expect_err("a second of this key");
    assert!(matches!(refused, Error::Unique(_)), "{refused:?}");
    drop(tx);
    let mut tx = db.begin().await.expect("begins");
    insert(&mut tx, "kept", 7).await;
    tx.commit().await.expect("commits");
    assert_eq!(things(&db).await, ["kept=7"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_one_leaves_nothing(#[case] engine: Engine) {
    let folder = folder();
    let db = open(engine, &folder).await;
    for round in 0..20 {
        let (reached, half_way) = oneshot::channel();
        let task = tokio::spawn({
            let db = db.clone();
            async move {
                let mut tx = db.begin().await.expect("begins");
                insert(&mut tx, &format!("cancelled{round}"), 1).await;
                reached.send(()).expect("the test waits");
                std::future::pending::<()>().await;
                tx.commit().await.expect("never");
            }
        });
        half_way.await.expect("in the middle");
        task.abort();
        assert!(task.await.expect_err("cancelled").is_cancelled());
        // Whatever the point it stopped at, the next transaction works at once.
        let mut tx = db.begin().await.expect("begins");
        insert(&mut tx, &format!("kept{round:02}"), round).await;
        tx.commit().await.expect("commits");
    }
    let expected: Vec<String> = (0..20).map(|round| format!("kept{round:02}={round}")).collect();
    assert_eq!(things(&db).await, expected);
}

/// Polled a few times and dropped, wherever that is: in BEGIN, between statements, before COMMIT.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_dropped_at_any_await_is_whole_or_nothing(#[case] engine: Engine) {
    let folder = folder();
    let db = open(engine, &folder).await;
    for polls in 0..40 {
        let work = async {
            let mut tx = db.begin().await.expect("begins");
            insert(&mut tx, &format!("a{polls:02}"), 1).await;
            insert(&mut tx, &format!("b{polls:02}"), 1).await;
            tx.commit().await.expect("commits");
        };
        let mut left = polls;
        let limit = std::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            left -= 1;
            if left < 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        });
        tokio::select! {
            biased;
            () = work => {}
            () = limit => {}
        }
    }
    db.execute(&INSERT, params!["last", 1_i64]).await.expect("the connections are in order");
    let rows = things(&db).await;
    for polls in 0..40 {
        let (a, b) = (format!("a{polls:02}=1"), format!("b{polls:02}=1"));
        assert_eq!(rows.contains(&a), rows.contains(&b), "half of {polls}: {rows:?}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_at_once_are_all_durable_and_failures_disturb_nobody(#[case] engine: Engine) {
    let folder = folder();
    let url = fresh_database(engine, folder.path()).await;
    let db = reopen(&url).await;
    db.migrate(&THINGS, 0).await.expect("the tests' table");
    db.execute(&INSERT, params!["sum", 0_i64]).await.expect("inserted");
    let mut running = JoinSet::new();
    for at in 0..200_i64 {
        let db = db.clone();
        running.spawn(async move {
            let mut tx = db.begin().await.expect("begins");
            insert(&mut tx, &format!("t{at:03}"), at).await;
            tx.execute(&ADD, params!["sum", 1_i64]).await.expect("added");
            match at % 10 {
                3 => drop(tx),
                7 => {
                    let twice = tx.execute(&INSERT, params!["sum", 0_i64]).await.expect_err("is there");
                    assert!(matches!(twice, Error::Unique(_)), "{twice:?}");
                }
                _ => tx.commit().await.expect("commits"),
            }
        });
    }
    running.join_all().await;
    // Read by others after it was acknowledged, and again after the database was opened anew.
    let kept = (0..200).filter(|at| !matches!(at % 10, 3 | 7));
    let mut expected: Vec<String> = kept.map(|at| format!("t{at:03}={at}")).collect();
    expected.insert(0, "sum=160".to_owned());
    assert_eq!(things(&db).await, expected);
    db.close().await;
    drop(db);
    assert_eq!(things(&reopen(&url).await).await, expected);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn migrations_run_once_and_refuse_another_text(#[case] engine: Engine) {
    let folder = folder();
    let db = open(engine, &folder).await;
    assert_eq!(db.migrate(migrations::ALL, 1).await.expect("again"), Vec::<&str>::new());
    assert_eq!(db.migrate(&THINGS, 1).await.expect("again"), Vec::<&str>::new());
    db.execute(&INSERT, params!["kept", 1_i64]).await.expect("inserted");
    let refused = db.migrate(&CHANGED, 1).await.expect_err("another text under the same number");
    assert!(matches!(&refused, Error::Configuration(why) if why.contains("9001_things.sql")), "{refused:?}");
    assert_eq!(things(&db).await, ["kept=1"]);
    // Two nodes that start at once: one does the work, the other waits for it.
    let folder = self::folder();
    let url = fresh_database(engine, folder.path()).await;
    let (one, other) = (reopen(&url).await, reopen(&url).await);
    let (a, b) = tokio::join!(one.migrate(&THINGS, 0), other.migrate(&THINGS, 0));
    assert_eq!(a.expect("migrates").len() + b.expect("migrates").len(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_checks_see_bad_statements(#[case] engine: Engine) {
    let folder = folder();
    let db = open(engine, &folder).await;
    let good = check::shapes(&db, &statements()).await.expect("checked");
    assert_eq!(good, Vec::<String>::new());
    let faults = check::shapes(&db, &bad::statements()).await.expect("checked");
    let told = |name: &str, word: &str| faults.iter().any(|fault| fault.contains(name) && fault.contains(word));
    assert_eq!(bad::FIELDS, "identity, amount, note");
    assert!(told("LYING", "identity"), "a wrong name: {faults:?}");
    assert!(told("LYING", "BIGINT"), "a wrong kind: {faults:?}");
    assert!(told("LYING", "NULL"), "no room for NULL: {faults:?}");
    assert!(told("SHORT", "1 columns"), "too few columns: {faults:?}");
    assert!(told("BROKEN", "does not prepare"), "no such table: {faults:?}");
    assert!(!faults.iter().any(|fault| fault.contains("SCANNING")), "{faults:?}");

    let listed = bad::statements();
    let scanning: Vec<_> = listed.into_iter().filter(|one| ["SCANNING", "LYING"].contains(&one.place.1)).collect();
    let faults = check::scans(&db, &scanning, &["things"]).await.expect("explained");
    assert_eq!(faults.len(), 1, "only the one without an index: {faults:?}");
    assert!(faults[0].contains("SCANNING"), "{faults:?}");
    assert_eq!(check::scans(&db, &scanning, &["others"]).await.expect("explained"), Vec::<String>::new());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_wrong_master_key_stops_the_start(#[case] engine: Engine) {
    install_crypto();
    let folder = folder();
    let url = fresh_database(engine, folder.path()).await;
    start(folder.path(), &url, 1).await.expect("the first start decides");
    start(folder.path(), &url, 1).await.expect("the same key");
    let other = self::folder();
    let elsewhere = fresh_database(engine, other.path()).await;
    start(other.path(), &elsewhere, 2).await.expect("another installation has another key");
    let refused = start(other.path(), &url, 2).await.expect_err("another key");
    let told = format!("{refused:#}");
    assert!(told.contains("master key") && told.contains("GANTRY_MASTER_KEY"), "{told}");
    start(folder.path(), &url, 1).await.expect("nothing was harmed");
}

/// A server whose master key is in this folder, started and closed.
async fn start(folder: &Path, url: &str, seed: u64) -> anyhow::Result<()> {
    let flags = vec![
        ("data", folder.display().to_string()),
        ("database_url", url.to_owned()),
        ("password.memory_kib", "64".to_owned()),
        ("postgres.connections", "2".to_owned()),
    ];
    let config = config::load(&Sources { flags, ..Sources::default() }).unwrap_or_else(|e| panic!("{e}")).config;
    let app = App::build(&config, Clock::set_to(START_MS), Random::seeded(seed)).await?;
    app.core.db.close().await;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "how the test runner tells where its cluster is")]
fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by `cargo xtask test`"))
}

#[tokio::test]
async fn tls_is_spoken_with_the_right_authority_only() {
    install_crypto();
    let mut url = url::Url::parse(&environment("GANTRY_TEST_POSTGRES")).expect("a URL");
    let mut connect = async |host: &str, mode: &str, authority: &str| {
        url.set_host(Some(host)).expect("a host");
        url.set_query(None);
        url.query_pairs_mut().append_pair("sslmode", mode).append_pair("sslrootcert", authority);
        Db::open(&Settings { url: url.to_string(), sqlite_readers: 1, postgres_connections: 1 }).await
    };
    let (right, other) = (environment("GANTRY_TEST_POSTGRES_CA"), environment("GANTRY_TEST_POSTGRES_OTHER_CA"));
    for mode in ["verify-full", "require"] {
        let db = connect("localhost", mode, &right).await.expect("the right authority");
        db.migrate(&[], 0).await.expect("it works");
        let refused = connect("localhost", mode, &other).await.err().expect("another authority");
        assert!(format!("{refused:?}").contains("InvalidCertificate"), "{refused:?}");
        // The certificate is for the name, not for the address.
        let refused = connect("127.0.0.1", mode, &right).await.err().expect("another name");
        assert!(format!("{refused:?}").contains("NotValidForName"), "{refused:?}");
    }
    let refused = connect("localhost", "prefer", &right).await.err().expect("no half measures");
    assert!(matches!(&refused, Error::Configuration(why) if why.contains("prefer")), "{refused:?}");
    let refused = connect("localhost", "verify-full", "/nowhere/ca.pem").await.err().expect("no such file");
    assert!(matches!(&refused, Error::Configuration(why) if why.contains("/nowhere/ca.pem")), "{refused:?}");
}

/// A start after a crash reads the whole write-ahead log. It stays short however much is written and read without a
/// pause, and closing empties it.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn the_log_stays_short_under_writes_without_pause() {
    const MOST: u64 = 64 << 20;
    let folder = folder();
    let url = fresh_database(Engine::Sqlite, folder.path()).await;
    let log = format!("{}-wal", url.strip_prefix("sqlite:").expect("a path"));
    let db = reopen(&url).await;
    db.migrate(&THINGS, 0).await.expect("the table");
    let (stop, reader) = (Arc::new(AtomicBool::new(false)), db.clone());
    let stopped = Arc::clone(&stop);
    let reads = tokio::spawn(async move {
        while !stopped.load(Ordering::Relaxed) {
            reader.rows(&ONE, params!["0"]).await.expect("read");
            tokio::task::yield_now().await;
        }
    });
    let (note, mut longest) = ("n".repeat(64 << 10), 0);
    for number in 0..100 {
        let mut tx = db.begin().await.expect("a transaction");
        for part in 0..50 {
            tx.execute(&NOTE, params![format!("{number}-{part}").as_str(), note.as_str()]).await.expect("written");
        }
        tx.commit().await.expect("committed");
        longest = longest.max(std::fs::metadata(&log).expect("the log").len());
    }
    assert!(longest < MOST, "the log grew to {} MiB", longest >> 20);
    stop.store(true, Ordering::Relaxed);
    reads.await.expect("the reads");
    db.close().await;
    assert!(!Path::new(&log).exists(), "closing left the log behind");
}
