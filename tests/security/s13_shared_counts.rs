//! Checks 13 and 16 across nodes, restarts and floods: wrong passwords and codes are counted in the database.
//!
//! A second server on the same database is both: another node, and this one after a restart, since it remembers nothing.

use futures_util::future::join_all;
use gantry_db::{Query, Sql, row};
use gantry_jobs::upkeep;
use reqwest::Method;
use rstest::rstest;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::api::two_factor::{STEP_MS, code, enrolled, first_step, second_step};
use crate::loginrocket::visit::{PASSWORD, csrf, events, log_in};
use crate::support::{Answer, Browser, Engine, TestServer};

const WRONG: &str = "wrong-but-long-enough";
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

row! {
    struct Total { total: i64 }
}

const ALL: &str = "SELECT COUNT(*) AS total FROM failed_attempts";

/// How many users and browsers have failures.
async fn counts(server: &TestServer) -> i64 {
    let sql: Sql<Total> = Sql::constant("ALL", ALL, ALL);
    server.app.core.db.row(&sql, &[]).await.expect("a row").expect("a row").total
}

async fn authenticate(server: &TestServer, password: &str) -> Answer {
    server.post("users/ada/authenticate", json!({"password": password})).await
}

async fn statuses(tries: impl Iterator<Item = (&TestServer, &str)>) -> Vec<u16> {
    let tries = tries.map(|(server, password)| async move { authenticate(server, password).await.status });
    join_all(tries).await
}

fn how_many(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|other| **other == status).count()
}

/// The brute force that one address may do without reaching its own limit, from as many addresses as it takes.
pub fn flood(server: &TestServer) {
    let (tries, now) = (&server.app.core.tries, server.clock.now_ms());
    let apart = (0..131_072_u32).map(|nth| format!("2001:{:x}:{:x}::1", nth >> 16, nth & 0xffff));
    let of_site = (0..65_536_u32).map(|nth| format!("2001:db8:1:{nth:x}::1"));
    for address in apart.chain(of_site) {
        let address = Some(address.as_str());
        for call in [
            tries.signup(now, address, None),
            tries.social(now, address),
            tries.typed(now, address),
            tries.mail_from(now, address),
        ] {
            // Some are refused, since they share a /48.
            let _ = call;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_give_no_more_tries_than_one() {
    let one = TestServer::start(Engine::Postgres).await;
    one.user("ada").await;
    let two = one.beside().await;
    let both = || [&one, &two].into_iter().cycle();
    let told = statuses(both().take(40).map(|server| (server, WRONG))).await;
    assert_eq!((how_many(&told, 401), how_many(&told, 429)), (10, 30), "{told:?}");
    assert_eq!(statuses(both().take(2).map(|server| (server, PASSWORD))).await, [429, 429]);
    // One comes back each minute, for both together.
    one.clock.advance(MINUTE_MS);
    let told = statuses(both().take(20).map(|server| (server, WRONG))).await;
    assert_eq!((how_many(&told, 401), how_many(&told, 429)), (1, 19), "{told:?}");
    one.clock.advance(MINUTE_MS);
    assert_eq!(authenticate(&two, PASSWORD).await.status, 200);
    assert_eq!(counts(&one).await, 0, "a success forgets them, for both");
    assert_eq!(how_many(&statuses(both().take(20).map(|server| (server, WRONG))).await, 401), 10);
}

/// Whoever guesses on both at once learns of a right guess only while there are tries.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_guess_beyond_the_limit_is_told_as_any_other() {
    let one = TestServer::start(Engine::Postgres).await;
    one.user("ada").await;
    let two = one.beside().await;
    for nth in 0..10 {
        assert_eq!(authenticate(&one, WRONG).await.status, 401, "{nth}");
    }
    // The other node does not know yet, looks at the password, and must not say that it is right.
    let (right, wrong) = (authenticate(&two, PASSWORD).await, authenticate(&two, WRONG).await);
    assert_eq!((right.status, wrong.status), (429, 429));
    assert_eq!(right.header("retry-after"), wrong.header("retry-after"));
    assert_eq!(events(&one, "user.login.succeeded").await, 0);
    assert_eq!(events(&one, "user.login.failed").await, 10);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_restart_gives_no_tries_back(#[case] engine: Engine) {
    let before = TestServer::start(engine).await;
    before.user("ada").await;
    for _ in 0..7 {
        assert_eq!(authenticate(&before, WRONG).await.status, 401);
    }
    let after = before.beside().await;
    drop(before);
    let told: Vec<u16> =
        join_all((0..20).map(|_| authenticate(&after, WRONG))).await.iter().map(|a| a.status).collect();
    assert_eq!((how_many(&told, 401), how_many(&told, 429)), (3, 17), "{told:?}");
    let again = after.beside().await;
    assert_eq!(authenticate(&again, PASSWORD).await.status, 429);
    assert_eq!(authenticate(&again, PASSWORD).await.status, 429);
    again.clock.advance(MINUTE_MS);
    assert_eq!(authenticate(&again, PASSWORD).await.status, 200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn codes_stay_counted_over_restarts_and_fresh_tokens(#[case] engine: Engine) {
    let before = TestServer::start(engine).await;
    let device = enrolled(&before).await;
    for _ in 0..4 {
        let token = first_step(&before).await;
        assert_eq!(second_step(&before, "ada", &token, "0000-0000-0000").await.status, 401);
    }
    let after = before.beside().await;
    let mut told = Vec::new();
    for nth in 0..12 {
        let server = if nth % 2 == 0 { &before } else { &after };
        let token = first_step(server).await;
        told.push(second_step(server, "ada", &token, "wrong1").await.status);
    }
    assert_eq!((how_many(&told, 401), how_many(&told, 429)), (6, 6), "{told:?}");
    let token = first_step(&after).await;
    let right = code(&device.secret, after.clock.now_ms());
    assert_eq!(second_step(&after, "ada", &token, &right).await.status, 429);
    after.clock.advance(MINUTE_MS);
    let right = code(&device.secret, after.clock.now_ms());
    let token = first_step(&after).await;
    assert_eq!(second_step(&after, "ada", &token, &right).await.status, 200);
    assert_eq!(counts(&after).await, 0);
}

/// Of all parallel codes no more than ten are looked at, whether one of them is right or not.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_codes_are_looked_at_one_after_the_other(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    server.clock.advance(STEP_MS);
    let right = code(&device.secret, server.clock.now_ms());
    let mut tokens = Vec::new();
    for _ in 0..40 {
        tokens.push(first_step(&server).await);
    }
    let tries = tokens.iter().enumerate().map(|(nth, token)| {
        let digits = if nth == 35 { &*right } else { "wrong1" };
        async { second_step(&server, "ada", token, digits).await.status }
    });
    let told = join_all(tries).await;
    let (wrong, right, limited) = (how_many(&told, 401), how_many(&told, 200), how_many(&told, 429));
    assert_eq!(wrong + right + limited, 40, "{told:?}");
    assert!(wrong <= 20 && (right == 1 || wrong == 10), "{told:?}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_known_browser_keeps_its_own_count_over_a_restart(#[case] engine: Engine) {
    let before = TestServer::start(engine).await;
    before.user("ada").await;
    let own = before.browser();
    assert_eq!(log_in(&own, "/login", "ada", PASSWORD).await.status, 302);
    let cookie = own.cookies()["gantry_browser"].clone();
    let try_there = async |server: &TestServer, password: &str| {
        let browser = server.browser();
        let form = csrf(&browser.get("/login").await);
        let line = format!("gantry_csrf={}; gantry_browser={cookie}", browser.cookies()["gantry_csrf"]);
        let fields = [("csrf", form.as_str()), ("username", "ada"), ("password", password)];
        browser.send(Method::POST, "/login", &fields, &[("cookie", &line)]).await.status
    };
    for _ in 0..10 {
        assert_eq!(try_there(&before, WRONG).await, 422);
    }
    let after = before.beside().await;
    assert_eq!(try_there(&after, PASSWORD).await, 429);
    assert_eq!(log_in(&after.browser(), "/login", "ada", PASSWORD).await.status, 302, "others are not concerned");
    assert_eq!(try_there(&after, PASSWORD).await, 429, "nor does their success matter to it");
}

/// A name that is nobody's is answered as a user's on every node, before and after a restart.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_is_told_alike_on_another_node(#[case] engine: Engine) {
    let one = TestServer::start(engine).await;
    one.user("known1").await;
    let two = one.beside().await;
    let mut told = Vec::new();
    for username in ["known1", "nobody"] {
        let mut answers = Vec::new();
        for server in [&one, &two, &one, &two] {
            for _ in 0..4 {
                let answer = log_in(&server.browser(), "/login", username, WRONG).await;
                answers.push((answer.status, answer.header("retry-after").to_owned()));
            }
        }
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].iter().filter(|(status, _)| *status == 422).count(), 10);
}

/// The clock of a machine that was a day ahead and is set right.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_clock_that_was_ahead_locks_nobody_out(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.clock.advance(DAY_MS);
    for _ in 0..10 {
        assert_eq!(authenticate(&server, WRONG).await.status, 401);
    }
    server.clock.advance(-DAY_MS);
    let limited = authenticate(&server, PASSWORD).await;
    assert_eq!(limited.status, 429);
    assert!(limited.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds <= 60), "{limited:?}");
    upkeep::expired(&server.app.core, &CancellationToken::new()).await;
    server.clock.advance(MINUTE_MS);
    assert_eq!(authenticate(&server, PASSWORD).await.status, 200);
}

/// Who has failures has a row, and nobody else; it goes when they are forgiven.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_failures_are_stored_and_no_longer_than_they_count(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    for _ in 0..5 {
        assert_eq!(log_in(&server.browser(), "/login", "ada", PASSWORD).await.status, 302);
        assert_eq!(authenticate(&server, PASSWORD).await.status, 200);
    }
    assert_eq!(counts(&server).await, 0);
    for name in ["ada", "nobody", "nobody"] {
        log_in(&server.browser(), "/login", name, WRONG).await;
    }
    assert_eq!(counts(&server).await, 2);
    server.clock.advance(MINUTE_MS + 1);
    upkeep::expired(&server.app.core, &CancellationToken::new()).await;
    assert_eq!(counts(&server).await, 1, "of nobody there were two");
    server.clock.advance(MINUTE_MS);
    upkeep::expired(&server.app.core, &CancellationToken::new()).await;
    assert_eq!(counts(&server).await, 0);
}

/// The cheap calls of 131,072 networks, and of 65,536 in one /48, give no try back: passwords, codes, known browsers.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_flood_of_cheap_calls_gives_no_tries_back(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    let tokens = [first_step(&server).await, first_step(&server).await, first_step(&server).await];
    for nth in 0..10 {
        assert_eq!(second_step(&server, "ada", &tokens[nth / 4], "wrong1").await.status, 401);
        assert_eq!(authenticate(&server, WRONG).await.status, 401);
    }
    flood(&server);
    let browser: Browser = server.browser();
    assert_eq!(log_in(&browser, "/login", "ada", PASSWORD).await.status, 429);
    assert_eq!(authenticate(&server, PASSWORD).await.status, 429);
    let right = code(&device.secret, server.clock.now_ms());
    assert_eq!(second_step(&server, "ada", &tokens[2], &right).await.status, 429);
}
