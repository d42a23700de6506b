//! Webhooks under fire: the real binary is killed a hundred times while twenty thousand events go to a receiver that
//! refuses 30 % of its calls and is sometimes slow. Nothing is lost, repetitions say that they are, and each user's
//! events arrive in their order.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::support::{Engine, Installation};

const KILLS: usize = 100;
const EVENTS: usize = 20_000;
const WRITERS: usize = 8;
const USERS_OF_WRITER: usize = 40;
/// Longest time for what is left when the last event was written; generous, since it only delays a failure.
const PATIENCE: Duration = Duration::from_mins(10);

/// Retries that a test can wait for. What a killed server had begun is taken up again after eleven seconds.
const SETTINGS: [(&str, &str); 5] = [
    ("GANTRY_DELIVERY_FIRST_RETRY_MS", "20"),
    ("GANTRY_DELIVERY_TIMEOUT_SECONDS", "1"),
    ("GANTRY_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8"),
    ("GANTRY_RATES_CALLS_PER_MINUTE", "0"),
    // Each start would make a pair.
    ("GANTRY_RS256_KEYS_AHEAD", "0"),
];

/// What the receiver saw.
#[derive(Default)]
struct Seen {
    calls: usize,
    repeated: usize,
    /// Of each event that was taken: its user.
    taken: HashMap<String, String>,
    /// Of each event that was not taken yet: how often it was refused.
    refused: HashMap<String, u32>,
    /// The last event taken of each user.
    last: HashMap<String, String>,
    faults: Vec<String>,
}

impl Seen {
    /// Whether the call is taken: 30 % are not, but none more than four times, since each wait is longer than the last.
    fn take(&mut self, headers: &HeaderMap, body: &str) -> bool {
        self.calls += 1;
        let event: Value = serde_json::from_str(body).expect("JSON");
        let (id, user) = (text(&event["id"]), text(&event["user_id"]));
        if headers.get("webhook-id").and_then(|id| id.to_str().ok()) != Some(id.as_str()) {
            self.faults.push(format!("webhook-id is not {id}"));
        }
        if let Some(before) = self.taken.get(&id) {
            self.repeated += 1;
            if *before != user {
                self.faults.push(format!("{id} was repeated with another body"));
            }
        } else if self.last.get(&user).is_some_and(|last| *last > id) {
            self.faults.push(format!("{id} of {user} came behind a later one"));
        }
        if self.calls % 10 < 3 && self.refused.get(&id).is_none_or(|times| *times < 4) {
            *self.refused.entry(id).or_default() += 1;
            return false;
        }
        self.refused.remove(&id);
        if self.taken.insert(id.clone(), user.clone()).is_none() {
            self.last.insert(user, id);
        }
        true
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A receiver; every 100th call is slow, every 1000th slower than the server waits.
#[expect(clippy::disallowed_methods, reason = "a receiver's slowness is what is tested")]
async fn receiver() -> (u16, Arc<Mutex<Seen>>) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let noted = Arc::clone(&seen);
    let router = Router::new().fallback(move |headers: HeaderMap, body: String| {
        let noted = Arc::clone(&noted);
        async move {
            let (taken, calls) = {
                let mut seen = noted.lock().expect("no panic under the lock");
                (seen.take(&headers, &body), seen.calls)
            };
            if calls.is_multiple_of(1000) {
                tokio::time::sleep(Duration::from_millis(1500)).await;
            } else if calls.is_multiple_of(100) {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            if taken { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR }
        }
    });
    tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
    (port, seen)
}

/// Changes its users in turn until there are enough events. What fails because the server is gone, it does again later.
async fn write(at: Arc<Installation>, users: Vec<String>, written: Arc<AtomicUsize>, mut up: watch::Receiver<usize>) {
    for number in 0.. {
        if written.load(Ordering::Acquire) >= EVENTS {
            return;
        }
        let path = format!("users/{}", users[number % users.len()]);
        let body = json!({"user": {"first_name": format!("Number {number}")}});
        match at.call(Method::PUT, &path, Some(body)).await {
            Ok((200, _)) => {
                written.fetch_add(1, Ordering::AcqRel);
            }
            // It may be back already.
            Ok((503, _)) | Err(_) => drop(tokio::time::timeout(Duration::from_millis(100), up.changed()).await),
            Ok((status, text)) => panic!("{status}: {text}"),
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_the_server_is_killed_again_and_again(#[case] engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = Arc::new(Installation::make(engine, folder.path()).await);
    let (port, seen) = receiver().await;
    let mut server = at.serve_with(&SETTINGS).await;
    let mut users = Vec::new();
    for number in 0..WRITERS * USERS_OF_WRITER {
        users.push(text(&at.user(&format!("user{number}")).await["id"]));
    }
    let hook = json!({"app_hook": {"hook_type": "webhook", "event_type": ["user.updated"],
        "destination": format!("http://127.0.0.1:{port}/")}, "realm_id": at.realm});
    at.json(Method::POST, "app_hooks", Some(hook), 201).await;

    let written = Arc::new(AtomicUsize::new(0));
    let (came_up, up) = watch::channel(0);
    let mut writers = JoinSet::new();
    for users in users.chunks(USERS_OF_WRITER) {
        writers.spawn(write(Arc::clone(&at), users.to_vec(), Arc::clone(&written), up.clone()));
    }
    let mut kills = 0;
    let mut pulse = tokio::time::interval(Duration::from_millis(2));
    while kills < KILLS {
        pulse.tick().await;
        // Spread over the events, so that the last one comes with the last of them.
        if written.load(Ordering::Acquire) * KILLS >= (kills + 1) * EVENTS - EVENTS / 2 {
            server.kill();
            kills += 1;
            server = at.serve_with(&SETTINGS).await;
            came_up.send_replace(kills);
        }
    }
    writers.join_all().await;
    let behind = EVENTS.saturating_sub(seen.lock().expect("no panic under the lock").taken.len());
    let events = all_events(&at).await;
    assert!(events.len() >= EVENTS, "{} events for {EVENTS} acknowledged changes", events.len());
    everything_arrives(&at, &seen, &events).await;
    let seen = seen.lock().expect("no panic under the lock");
    assert_eq!(seen.faults, Vec::<String>::new());
    assert!(seen.calls > EVENTS * 13 / 10 && seen.repeated > 0, "{} calls, {} repeated", seen.calls, seen.repeated);
    println!(
        "{engine:?}: {kills} kills, {behind} left at the last, {} events, {} calls, {} repeated",
        events.len(),
        seen.calls,
        seen.repeated
    );
}

async fn all_events(at: &Installation) -> HashSet<String> {
    let (mut events, mut after) = (HashSet::new(), String::new());
    loop {
        let path = format!("events?event_type=user.updated&max_results=1000&direction=asc&after={after}");
        let page = at.json(Method::GET, &path, None, 200).await;
        let items = page["collection"].as_array().expect("a collection");
        events.extend(items.iter().map(|event| text(&event["id"])));
        if page["more_results"] != true {
            return events;
        }
        after = items.last().map(|event| text(&event["id"])).unwrap_or_default();
    }
}

/// At the receiver, and in the books.
async fn everything_arrives(at: &Installation, seen: &Mutex<Seen>, events: &HashSet<String>) {
    let missing = || {
        let seen = seen.lock().expect("no panic under the lock");
        events.iter().filter(|event| !seen.taken.contains_key(*event)).count()
    };
    let arrived = async {
        let mut pulse = tokio::time::interval(Duration::from_millis(100));
        while missing() > 0 {
            pulse.tick().await;
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, arrived).await;
    assert!(in_time.is_ok(), "{} of {} events never arrived", missing(), events.len());
    let path = "events?event_type=user.updated&max_results=1000&expand=notifications";
    let finished = async {
        let mut pulse = tokio::time::interval(Duration::from_millis(500));
        loop {
            pulse.tick().await;
            let page = at.json(Method::GET, path, None, 200).await;
            let all = page["collection"].as_array().expect("a collection");
            if all.iter().all(|event| event["notifications"][0]["state"] == "completed") {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, finished).await.expect("every notification is completed");
}
