//! The connections that there are fall silent, as when the server's machine dies or a firewall forgets them; new ones
//! work at once.

use std::time::{Duration, Instant};

use gantry_db::{Db, Error, Query, Settings, Sql, params};
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::server::{Behind, is_unavailable};
use crate::jobs::hooks::webhook;
use crate::support::{Answer, Engine, Proxy, Receiver, fresh_database};

const READ: Sql<()> = Sql::constant("READ", "SELECT 1", "SELECT 1");
const SECOND: Duration = Duration::from_secs(1);

/// As after a peak.
async fn fill_pool(behind: &Behind, connections: usize) {
    let db = &behind.server.app.core.db;
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(db.begin().await.expect("a transaction"));
    }
    for tx in open {
        tx.commit().await.expect("committed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_pool_serves_again_within_ten_seconds() {
    let behind = Behind::start("", "5").await;
    fill_pool(&behind, 5).await;
    behind.proxy.silence();
    let began = Instant::now();
    let (mut every, mut calls) = (tokio::time::interval(SECOND), JoinSet::new());
    for _ in 0..12 {
        every.tick().await;
        let (client, at) = (behind.server.client.clone(), began.elapsed());
        let request = client.get(format!("{}/v1/users", behind.server.address));
        let request = request.header("X-Authrocket-Api-Key", &behind.server.key);
        let request = request.header("X-Authrocket-Realm", behind.server.realm());
        calls.spawn(async move { (at, Answer::read(request.send().await.expect("an answer")).await) });
    }
    for (at, answer) in calls.join_all().await {
        if answer.status == 200 {
            continue;
        }
        is_unavailable(&answer);
        assert!(at < Duration::from_secs(8), "a call after {at:?} failed: {answer:?}");
    }
    assert_eq!(behind.ready().await.status, 200);
    behind.write("after").await.json(201);
}

#[tokio::test]
async fn at_most_one_call_in_a_row_fails() {
    let behind = Behind::start("", "5").await;
    fill_pool(&behind, 5).await;
    behind.proxy.silence();
    let first = behind.write("first").await;
    if first.status != 201 {
        is_unavailable(&first);
    }
    for name in ["second", "third", "fourth"] {
        behind.write(name).await.json(201);
    }
}

#[tokio::test]
async fn deliveries_and_metrics_go_on() {
    let behind = Behind::start("", "5").await;
    let receiver = Receiver::start(|_| 200).await;
    webhook(&behind.server, &receiver.address, json!(["org.created"])).await;
    behind.write("before").await.json(201);
    assert_eq!(receiver.next().await.event_type(), "org.created");
    fill_pool(&behind, 5).await;
    behind.proxy.silence();
    let metrics = gantry_core::metrics::text(&behind.server.app.core);
    let metrics = timeout(Duration::from_secs(12), metrics).await.expect("it has a deadline").expect("text");
    assert!(metrics.contains("gantry_database_up 0"), "{metrics}");
    if behind.write("meanwhile").await.status != 201 {
        behind.write("meanwhile").await.json(201);
    }
    assert_eq!(receiver.next().await.event_type(), "org.created");
    let metrics = gantry_core::metrics::text(&behind.server.app.core).await.expect("text");
    assert!(metrics.contains("gantry_database_up 1"), "{metrics}");
}

async fn database(connections: usize) -> (Db, Proxy) {
    let folder = TempDir::new().expect("a folder");
    let url = fresh_database(Engine::Postgres, folder.path()).await;
    let (proxy, url) = Proxy::before(&url).await;
    let settings = Settings { url, sqlite_readers: 1, postgres_connections: connections };
    (Db::open(&settings).await.expect("opens"), proxy)
}

/// A caller that goes away does not put the connection back before it has answered.
#[tokio::test]
async fn a_call_that_is_dropped_does_not_return_its_connection() {
    let (db, proxy) = database(2).await;
    db.rows(&READ, params![]).await.expect("read");
    proxy.silence();
    let moment = Duration::from_millis(100);
    assert!(timeout(moment, db.rows(&READ, params![])).await.is_err(), "nothing arrives");
    let anew = timeout(SECOND, db.rows(&READ, params![])).await;
    anew.expect("another connection").expect("read");
    // The same in the midst of BEGIN.
    proxy.silence();
    assert!(timeout(moment, db.begin()).await.is_err(), "nothing arrives");
    drop(timeout(Duration::from_secs(6), db.begin()).await.expect("within the deadline"));
    db.rows(&READ, params![]).await.expect("read");
}

/// Nothing is heard of a COMMIT: the caller learns that much, and its connection is not used again.
#[tokio::test]
async fn a_commit_without_an_answer_is_unavailable() {
    let (db, proxy) = database(1).await;
    let tx = db.begin().await.expect("begins");
    proxy.silence();
    let committed = tx.commit().await.expect_err("nothing arrives");
    let told = committed.to_string();
    assert!(matches!(committed, Error::Unavailable { .. }) && told.contains("outcome is unknown"), "{told}");
    db.begin().await.expect("a new connection").commit().await.expect("committed");
}
