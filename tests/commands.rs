//! The command line: what it leaves alone, and what it prints.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Output, Stdio};

use tempfile::TempDir;

use crate::support::command;

/// Runs a command on an installation of SQLite in this folder.
fn gantry(data: &Path, words: &[&str]) -> Output {
    let database = format!("sqlite:{}", data.join("gantry.db").display());
    command(data, &database, 0).args(words).output().expect("it runs")
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
    let database = format!("sqlite:{}", folder.path().join("gantry.db").display());
    let mut show = command(folder.path(), &database, 0);
    let mut running =
        show.args(["config", "show"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    drop(running.stdout.take());
    let status = running.wait().expect("it ends");
    let mut complaint = String::new();
    running.stderr.take().expect("its errors").read_to_string(&mut complaint).expect("text");
    assert!(status.success() && complaint.is_empty(), "{status}: {complaint}");
}
