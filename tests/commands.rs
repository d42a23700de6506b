//! The command line: what it leaves alone, and what it prints.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::{Engine, command, fresh_database};

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

#[test]
fn a_second_start_says_what_to_do_instead() {
    let folder = made();
    let words = ["quickstart", "--app-url", "http://localhost:3000", "--email", "dev@example.com"];
    let output = gantry(folder.path(), &words);
    assert!(!output.status.success() && told(&output).contains("gantry keys create"), "{}", told(&output));
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
