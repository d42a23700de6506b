//! The command line: what it leaves alone, and what it prints.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use gantry_core::migrations;
use gantry_db::{Db, Query as _, Settings, Sql};
use tempfile::TempDir;

use crate::support::{Engine, command, fresh_database};

/// Makes the database one migration older, as far as anything can tell.
const UNDO: Sql<()> = Sql::constant(
    "UNDO",
    "DELETE FROM schema_migrations WHERE number = (SELECT MAX(number) FROM schema_migrations)",
    "DELETE FROM schema_migrations WHERE number = (SELECT MAX(number) FROM schema_migrations)",
);

/// A command on an installation of SQLite in this folder.
fn prepared(data: &Path, words: &[&str]) -> Command {
    let database = format!("sqlite:{}", data.join("gantry.db").display());
    let mut command = command(data, &database, 0);
    command.args(words);
    command
}

fn gantry(data: &Path, words: &[&str]) -> Output {
    prepared(data, words).output().expect("it runs")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[&*output.stdout, &*output.stderr].concat()).into_owned()
}

fn made() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let words = ["quickstart", "--app-url", "http://localhost:3000/shop", "--email", "dev@example.com"];
    let output = gantry(folder.path(), &words);
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("Finished logins go to http://localhost:3000/shop/login"), "{}", told(&output));
    folder
}

#[test]
fn a_mistyped_folder_gets_no_installation() {
    let folder = TempDir::new().expect("a folder");
    let realm = "rl_0YTIbM4Da9ezu1JaQzZbpK";
    let out = folder.path().join("out.jsonl").display().to_string();
    for words in [
        &["outbox"][..],
        &["keys", "list"],
        &["users", "list"],
        &["users", "show", "ada"],
        &["users", "create", "ada", "--link"],
        &["users", "unlock", "ada"],
        &["users", "reset-password", "ada"],
        &["sessions", "list"],
        &["sessions", "end", "--user", "ada"],
        &["keys", "create", "--name", "app", "--access", "read"],
        &["export", "--realm", realm, "--out", &out],
        &["import", "--realm", realm, &out],
    ] {
        let output = gantry(folder.path(), words);
        assert!(!output.status.success() && told(&output).contains("there is no installation here"), "{words:?}");
    }
    let doctor = gantry(folder.path(), &["doctor"]);
    assert!(doctor.status.success() && told(&doctor).contains("not there yet"), "{}", told(&doctor));
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

/// The database of a server that has not started yet, and of one that is older.
#[tokio::test]
async fn looking_changes_nothing() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let folder = TempDir::new().expect("a folder");
        let database = fresh_database(engine, folder.path()).await;
        let settings = Settings { url: database.clone(), sqlite_readers: 1, postgres_connections: 1 };
        let db = Db::open(&settings).await.expect("opens");
        for (state, says) in
            [("empty", "there is no installation in this database yet"), ("old", "behind this version")]
        {
            if engine == Engine::Sqlite && state == "old" {
                db.migrate(&migrations::ALL[..3], 0).await.expect("migrates");
            } else if state == "old" {
                db.execute(&UNDO, &[]).await.expect("undone");
            }
            let before = db.pending(migrations::ALL).await.expect("read");
            for words in [&["keys", "list"][..], &["users", "list"], &["sessions", "list"], &["outbox"], &["doctor"]] {
                let output = command(folder.path(), &database, 0).args(words).output().expect("it runs");
                assert!(told(&output).contains(says), "{engine:?} {words:?}: {}", told(&output));
                assert_eq!(output.status.success(), words == ["doctor"], "{words:?}");
            }
            assert_eq!(db.pending(migrations::ALL).await.expect("read"), before, "{engine:?} {state}");
            assert!(!folder.path().join("master.key").exists(), "{engine:?} {state}");
        }
        db.close().await;
    }
}

/// A fresh one would seal nothing that is there, and hide that the right one is gone.
#[test]
fn a_lost_master_key_is_said_and_none_is_made() {
    let folder = made();
    fs::remove_file(folder.path().join("master.key")).expect("removed");
    for words in [&["keys", "list"][..], &["users", "list"], &["serve"]] {
        let output = gantry(folder.path(), words);
        assert!(!output.status.success() && told(&output).contains("master.key is missing"), "{}", told(&output));
    }
    assert!(!folder.path().join("master.key").exists());
}

#[test]
fn what_is_listed_or_shown_is_json_where_asked() {
    let folder = made();
    for (words, kind) in [
        (&["keys", "list"][..], "["),
        (&["config", "show"], "["),
        (&["outbox"], "["),
        (&["doctor"], "["),
        (&["version"], "{"),
        (&["users", "list"], "["),
        (&["sessions", "list"], "["),
    ] {
        let output = prepared(folder.path(), words).arg("--json").output().expect("it runs");
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success() && text.starts_with(kind), "{words:?}: {text}");
        serde_json::from_str::<serde_json::Value>(&text).unwrap_or_else(|error| panic!("{words:?}: {error}: {text}"));
    }
}

#[test]
fn a_demo_does_not_settle_in_an_installation() {
    let folder = made();
    let output = gantry(folder.path(), &["demo", "--app-listen", "127.0.0.1:0"]);
    assert!(!output.status.success() && told(&output).contains("is no demo"), "{}", told(&output));
}

/// A database on a server may be empty, which is no reason to refuse.
#[tokio::test]
async fn a_demo_settles_in_a_database_on_a_server() {
    let folder = TempDir::new().expect("a folder");
    let database = fresh_database(Engine::Postgres, folder.path()).await;
    let mut demo = command(folder.path(), &database, 0);
    let mut running = demo
        .args(["demo", "--app-listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("runs");
    let lines = BufReader::new(running.stdout.take().expect("its output")).lines();
    let greeted = lines.map_while(Result::ok).any(|line| line.starts_with("DEMO_PASSWORD="));
    running.kill().and_then(|()| running.wait()).expect("ended");
    assert!(greeted, "the demo runs");
}

#[test]
fn database_and_key_are_their_owners() {
    let folder = made();
    for entry in fs::read_dir(folder.path()).expect("the folder") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("its mode").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", entry.path().display());
    }
}

const QUICKSTART: [&str; 5] = ["quickstart", "--app-url", "http://localhost:3000", "--email", "dev@example.com"];

/// The names that a shell has after it has read this text.
fn sourced(folder: &Path, text: &[u8]) -> Vec<(String, String)> {
    fs::write(folder.join("env"), text).expect("a file");
    let mut shell = Command::new("sh");
    shell.args(["-eu", "-c", "set -a; . ./env; env"]).env_clear().env("PATH", "/usr/bin:/bin").current_dir(folder);
    let output = shell.output().expect("a shell");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", told(&output));
    let lines = String::from_utf8(output.stdout).expect("text");
    let pairs = lines.lines().filter_map(|line| line.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .filter(|(name, _)| name.starts_with("AUTH"))
        .collect()
}

#[test]
fn quickstart_prints_what_a_shell_reads() {
    let folder = TempDir::new().expect("a folder");
    let output = gantry(folder.path(), &QUICKSTART);
    assert!(output.status.success(), "{}", told(&output));
    let mut read = sourced(folder.path(), &output.stdout);
    read.sort();
    let names: Vec<&str> = read.iter().map(|(name, _)| name.as_str()).collect();
    let expected =
        ["ACCOUNT", "API_KEY", "JWT_SECRET", "LOGIN_URL", "REALM", "URL"].map(|name| format!("AUTHROCKET_{name}"));
    assert_eq!(names, expected);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), names.len(), "nothing else is printed");
    assert!(read[0].1.starts_with("org_") && read[1].1.starts_with("ko_"), "{read:?}");
    let notes = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(notes.contains("Finished logins go to http://localhost:3000/login?token="), "{notes}");
    assert!(!told(&output).contains("password"), "{}", told(&output));
    let listed = told(&gantry(folder.path(), &["keys", "list"]));
    assert!(listed.lines().count() == 2 && listed.contains("  verify  "), "{listed}");
}

#[test]
fn a_second_start_says_what_is_there() {
    let folder = TempDir::new().expect("a folder");
    let first = sourced(folder.path(), &gantry(folder.path(), &QUICKSTART).stdout);
    let of =
        |name: &str| first.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).expect("a value");
    for words in [QUICKSTART, ["quickstart", "--app-url", "http://other.example", "--email", "other@example.com"]] {
        let again = gantry(folder.path(), &words);
        assert!(!again.status.success() && again.stdout.is_empty(), "{}", told(&again));
        let (key, _) = of("AUTHROCKET_API_KEY").split_once('-').expect("an id");
        let there = [of("AUTHROCKET_ACCOUNT"), of("AUTHROCKET_REALM"), of("AUTHROCKET_LOGIN_URL"), key];
        for wanted in there.into_iter().chain(["gantry keys create"]) {
            assert!(told(&again).contains(wanted), "{wanted}: {}", told(&again));
        }
        assert!(
            !told(&again).contains(of("AUTHROCKET_API_KEY")) && !told(&again).contains(of("AUTHROCKET_JWT_SECRET"))
        );
    }
    assert_eq!(told(&gantry(folder.path(), &["keys", "list"])).lines().count(), 2);
    let words = ["quickstart", "--new-account", "--app-url", "http://other.example", "--email", "other@example.com"];
    let another = gantry(folder.path(), &words);
    assert!(another.status.success(), "{}", told(&another));
    assert_ne!(sourced(folder.path(), &another.stdout), first);
    assert_eq!(told(&gantry(folder.path(), &["keys", "list"])).lines().count(), 3);
}

#[test]
fn keys_show_until_when_they_are_good() {
    let folder = made();
    let create = |expires: &str| {
        gantry(folder.path(), &["keys", "create", "--name", "app", "--access", "verify", "--expires", expires])
    };
    assert!(create("2999-12-31").status.success());
    assert!(create("2999-12-31T18:00:00+01:00").status.success());
    let past = create("2020-01-01");
    assert!(!past.status.success() && told(&past).contains("in the past"), "{}", told(&past));
    let listed = told(&gantry(folder.path(), &["keys", "list"]));
    for end in ["until revoked", "until 2999-12-31T00:00:00Z", "until 2999-12-31T17:00:00Z"] {
        assert_eq!(listed.matches(end).count(), 1, "{end}: {listed}");
    }
}

/// As behind `head -1`.
#[test]
fn whoever_has_read_enough_is_no_failure() {
    let folder = made();
    let mut show = prepared(folder.path(), &["config", "show"]);
    let mut running = show.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    drop(running.stdout.take());
    let status = running.wait().expect("it ends");
    let mut complaint = String::new();
    running.stderr.take().expect("its errors").read_to_string(&mut complaint).expect("text");
    assert!(status.success() && complaint.is_empty(), "{status}: {complaint}");
}
