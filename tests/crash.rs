//! Check 20: what was acknowledged survives `kill -9`. The real binary is loaded with writes, killed in the middle,
//! and started again on the same database: every acknowledged user is there, and a session that was ended stays so.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Method;
use rstest::rstest;
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::support::{Engine, Installation, command, person};

const WRITERS: usize = 8;
const ENOUGH: usize = 150;

/// Makes users until the server is gone; returns those that were acknowledged.
async fn write(at: Arc<Installation>, writer: usize, count: Arc<AtomicUsize>, enough: Arc<Notify>) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let name = format!("w{writer}-{number}");
        let Ok((status, text)) = at.call(Method::POST, "users", Some(person(&name))).await else { break };
        assert_eq!(status, 201, "{text}");
        acknowledged.push(name);
        if count.fetch_add(1, Ordering::AcqRel) + 1 == ENOUGH {
            enough.notify_one();
        }
    }
    acknowledged
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill(#[case] engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = Arc::new(Installation::make(engine, folder.path()).await);
    let mut server = at.serve().await;
    let user = at.user("ada").await;
    let (ended, kept) = (at.session(&user).await, at.session(&user).await);

    let (count, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(Arc::clone(&at), writer, Arc::clone(&count), Arc::clone(&enough)));
    }
    enough.notified().await;
    // The last thing before the cut, under load.
    at.json(Method::DELETE, &format!("sessions/{ended}"), None, 204).await;
    server.kill();
    let acknowledged: Vec<String> = writers.join_all().await.into_iter().flatten().collect();
    assert!(acknowledged.len() >= ENOUGH, "only {} were acknowledged", acknowledged.len());

    let _server = at.serve().await;
    for name in &acknowledged {
        let found = at.json(Method::GET, &format!("users/{name}"), None, 200).await;
        assert_eq!(found["email"], format!("{name}@example.com"));
        assert_eq!(found["credentials"].as_array().map(Vec::len), Some(1), "whole: {found}");
    }
    at.json(Method::GET, &format!("sessions/{ended}"), None, 404).await;
    at.json(Method::GET, &format!("sessions/{kept}"), None, 200).await;
    let login = json!({"password": "tr0mbone-under-glass"});
    let path = format!("users/{}/authenticate", acknowledged[acknowledged.len() - 1]);
    at.json(Method::POST, &path, Some(login), 200).await;
}

/// An import that is killed again and again goes on where it was, and takes each line once.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_killed_import_goes_on(#[case] engine: Engine) {
    const LINES: usize = 8_000;
    let folder = tempfile::tempdir().expect("a folder");
    let installation = Installation::make(engine, folder.path()).await;
    let command = || {
        let mut command = command(folder.path(), &installation.database, installation.port);
        command.env("GANTRY_RS256_KEYS_AHEAD", "0");
        command
    };
    let lines = (0..LINES).map(|n| {
        json!({"object": "user", "username": format!("user{n}"), "email": format!("user{n}@example.com")}).to_string()
    });
    let file = folder.path().join("users.jsonl");
    std::fs::write(&file, lines.collect::<Vec<_>>().join("\n")).expect("written");
    let (mut kills, mut resumed) = (0, 0);
    loop {
        let mut import = tokio::process::Command::from(command());
        import.arg("import").arg(&file).args(["--realm", &installation.realm]);
        let mut child = import.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs");
        // Each run is given a little longer, so that the last one comes to the end.
        let patience = Duration::from_millis(300 + 100 * kills);
        if tokio::time::timeout(patience, child.wait()).await.is_err() {
            child.kill().await.expect("killed");
            kills += 1;
        }
        let output = child.wait_with_output().await.expect("it has ended");
        resumed += usize::from(String::from_utf8_lossy(&output.stderr).contains("goes on behind line"));
        if output.status.success() {
            break;
        }
        assert!(kills < 200, "it never ends: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(kills > 0 && resumed > 0, "{kills} kills, {resumed} resumed: the file is too short for this machine");
    let out = folder.path().join("out.csv");
    let mut export = command();
    export.arg("export").args(["--realm", &installation.realm, "--kind", "user", "--out"]).arg(&out);
    assert!(export.status().expect("it runs").success());
    let text = std::fs::read_to_string(out).expect("a file");
    let users = text.lines().filter(|line| line.starts_with("user") && !line.starts_with("username")).count();
    assert_eq!(users, LINES);
}
