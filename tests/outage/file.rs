//! SQLite's file can grow no further: the system refuses every write, as on a full disk.

use std::process::{Command, Stdio};

use reqwest::Method;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{Engine, Installation, command};

/// The same program with the signal ignored that a process gets which writes beyond its limit.
fn ignoring_the_limit(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(command.get_program()).args(command.get_args());
    shell.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

#[tokio::test]
async fn writes_are_unavailable_until_there_is_room_again() {
    let folder = TempDir::new().expect("a folder");
    let made = Installation::make(Engine::Sqlite, folder.path()).await;
    let running = made.serve_as(ignoring_the_limit(command(&made.data, &made.database, made.port).arg("serve"))).await;
    let org = || Some(json!({"org": {"name": "Acme"}}));
    made.json(Method::POST, "orgs", org(), 201).await;
    let process = Pid::from_raw(running.id().try_into().expect("a process id")).expect("a process id");
    let limit = |bytes| {
        prlimit(Some(process), Resource::Fsize, Rlimit { current: bytes, maximum: None }).expect("set");
    };
    let ready = async || {
        let request = made.client.get(format!("http://127.0.0.1:{}/readyz", made.port));
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(ready().await, 200);
    limit(Some(1));
    for _ in 0..2 {
        let request = made.client.post(format!("http://127.0.0.1:{}/v1/orgs", made.port)).json(&org());
        let request = request.header("X-Authrocket-Api-Key", &made.key).header("X-Authrocket-Realm", &made.realm);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"), "{answer:?}");
        assert_eq!(ready().await, 503);
        made.json(Method::GET, "orgs", None, 200).await;
    }
    limit(None);
    assert_eq!(ready().await, 200, "it finds out by itself");
    made.json(Method::POST, "orgs", org(), 201).await;
    let listed = made.json(Method::GET, "orgs", None, 200).await;
    assert_eq!(listed["collection"].as_array().map(Vec::len), Some(2), "what was acknowledged is there");
}
