//! Check 37 at the real binary: a thousand logins at once, each with a password of a megabyte. None of them comes to a hash
//! or a count, memory stays small, and whoever else comes is served meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use rstest::rstest;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::loginrocket::visit::PASSWORD;
use crate::support::{Engine, Installation};

const LOGINS: usize = 1000;
const MEGABYTE: usize = 1_000_000;
/// How much memory they may cost together. All passwords take 976,563 KiB.
const MOST_KIB: u64 = 200 * 1024;
/// Far longer than an honest request waits beside them, and far shorter than it would behind them.
const MOST_WAIT: Duration = Duration::from_secs(5);
/// Generous: it only delays a failure.
const PATIENCE: Duration = Duration::from_mins(1);

/// One login, as bytes: by form or by JSON.
fn request(at: &Installation, form: &str, by_form: bool) -> Vec<u8> {
    let password = "x".repeat(MEGABYTE);
    let (path, kind, body) = if by_form {
        let token = csrf_of(form);
        ("/login", "application/x-www-form-urlencoded", format!("csrf={token}&username=ada&password={password}"))
    } else {
        ("/v1/login", "application/json", json!({"username": "ada", "password": password}).to_string())
    };
    let (host, cookie) = (&at.login_host, form.split('\n').next().unwrap_or_default());
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body.into_bytes()].concat()
}

/// The login page's cookie, and below it the page.
async fn form(at: &Installation) -> String {
    let page = at.client.get(format!("http://127.0.0.1:{}/login", at.port)).header("host", &at.login_host);
    let page = page.send().await.expect("an answer");
    assert_eq!(page.status(), 200);
    let cookie = page.headers()["set-cookie"].to_str().expect("text").split(';').next().map(str::to_owned);
    format!("{}\n{}", cookie.expect("a cookie"), page.text().await.expect("a page"))
}

fn csrf_of(form: &str) -> String {
    let rest = form.split_once("name=\"csrf\" value=\"").expect("a token").1;
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Sends all but the last byte, waits for the others to have done so, sends that; the status, if there is one: a
/// connection that is closed on a body too large is an answer as well.
async fn send(port: u16, request: Arc<Vec<u8>>, all: Arc<Barrier>, measured: Arc<Barrier>) -> Option<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    let (last, most) = request.split_last().expect("a request");
    let sent = stream.write_all(most).await.is_ok();
    all.wait().await;
    measured.wait().await;
    if sent {
        // It may be closed by now.
        let _ = stream.write_all(&[*last]).await;
    }
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.ok()?;
    std::str::from_utf8(&head[9..]).ok()?.parse().ok()
}

/// What somebody else asks meanwhile: a page, whether a session lives, and a login. How long the slowest took.
async fn somebody_else(at: &Installation, session: &str) -> Duration {
    let mut slowest = Duration::ZERO;
    for nth in 0..60 {
        let begun = Instant::now();
        match nth % 3 {
            0 => drop(form(at).await),
            1 => drop(at.json(Method::GET, &format!("sessions/{session}"), None, 200).await),
            _ => {
                let login = json!({"password": PASSWORD});
                at.json(Method::POST, "users/bob/authenticate", Some(login), 200).await;
            }
        }
        slowest = slowest.max(begun.elapsed());
    }
    slowest
}

/// Each of the thousand is a socket here and one there.
fn allow_sockets() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).expect("more sockets");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_huge_passwords_cost_little(#[case] engine: Engine) {
    allow_sockets();
    let folder = tempfile::tempdir().expect("a folder");
    let at = Installation::make(engine, folder.path()).await;
    let server = at.serve().await;
    // Bob's logins end his older sessions, so the session is Ada's.
    at.user("bob").await;
    let session = at.session(&at.user("ada").await).await;
    somebody_else(&at, &session).await;
    let before = server.memory("VmRSS");

    let form = form(&at).await;
    let requests = [true, false].map(|by_form| Arc::new(request(&at, &form, by_form)));
    let (all, measured) = (Arc::new(Barrier::new(LOGINS + 1)), Arc::new(Barrier::new(LOGINS + 1)));
    let mut logins = JoinSet::new();
    for nth in 0..LOGINS {
        logins.spawn(send(at.port, Arc::clone(&requests[nth % 2]), Arc::clone(&all), Arc::clone(&measured)));
    }
    let slowest = somebody_else(&at, &session).await;
    timeout(PATIENCE, all.wait()).await.expect("all were sent, or refused before");
    let with_all = server.memory("VmRSS");
    timeout(PATIENCE, measured.wait()).await.expect("all are here");
    let statuses = timeout(PATIENCE, logins.join_all()).await.expect("all are answered");

    assert!(slowest < MOST_WAIT, "somebody else waited {slowest:?}");
    let answered: Vec<u16> = statuses.into_iter().flatten().collect();
    assert!(answered.iter().all(|status| [400, 413].contains(status)), "{answered:?}");
    let most = server.memory("VmHWM");
    assert!(with_all.saturating_sub(before) < MOST_KIB, "{before} KiB became {with_all} KiB");
    assert!(most.saturating_sub(before) < MOST_KIB, "{before} KiB were {most} KiB at most");
    // Nobody came to a try: neither a hash nor a count was spent on them.
    let failed = at.json(Method::GET, "events?event_type=user.login.failed", None, 200).await;
    assert_eq!(failed["collection"], json!([]));
    at.json(Method::POST, "users/ada/authenticate", Some(json!({"password": PASSWORD})), 200).await;
}
