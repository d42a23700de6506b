//! The URL's parts reach the driver and the server: several hosts, and options of the session.

use gantry_db::{Db, Query, Settings, Sql, params, row};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::support::{Engine, fresh_database};

row! {
    /// A setting of the session.
    struct Setting {
        value: String,
    }
}

const SEARCH_PATH: Sql<Setting> =
    Sql::constant("SEARCH_PATH", "SELECT current_setting('search_path') AS value", "SELECT '' AS value");
const STATEMENT_TIMEOUT: Sql<Setting> =
    Sql::constant("STATEMENT_TIMEOUT", "SELECT current_setting('statement_timeout') AS value", "SELECT '' AS value");

async fn open(url: String) -> Db {
    Db::open(&Settings { url, sqlite_readers: 1, postgres_connections: 1 }).await.expect("opens")
}

async fn setting(db: &Db, sql: &Sql<Setting>) -> String {
    db.row(sql, params![]).await.expect("read").expect("a row").value
}

#[tokio::test]
async fn the_next_host_is_tried() {
    let folder = TempDir::new().expect("a folder");
    let url = fresh_database(Engine::Postgres, folder.path()).await;
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let (credentials, place) = url.split_once('@').expect("credentials");
    let (host, database) = place.split_once('/').expect("a path");
    open(format!("{credentials}@127.0.0.1:{port},{host}/{database}")).await;
    let (name, right) = host.split_once(':').expect("a port");
    open(format!("{credentials}@/{database}?host=127.0.0.1,{name}&port={port},{right}")).await;
}

#[tokio::test]
async fn options_reach_the_server_and_outrank_our_limits() {
    let folder = TempDir::new().expect("a folder");
    let url = fresh_database(Engine::Postgres, folder.path()).await;
    let options = "-c%20search_path%3Da%2Cb%20-c%20statement_timeout%3D7000";
    let db = open(format!("{url}?options={options}&application_name=a%2Bb")).await;
    assert_eq!(setting(&db, &SEARCH_PATH).await, "a,b");
    assert_eq!(setting(&db, &STATEMENT_TIMEOUT).await, "7s");
    let db = open(url).await;
    assert_eq!(setting(&db, &STATEMENT_TIMEOUT).await, "4500ms");
}
