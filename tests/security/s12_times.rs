//! Check 12 by the clock: 2,000 tries each for a user who exists and one who does not, in turn, at the login and at the
//! forgotten password. The medians differ by less than a millisecond.
//!
//! A hash of the tests' usual strength takes less than that, so one that was left out would not show. Here a hash takes
//! several milliseconds, which the test proves by logins that are refused before hashing: what it looks for it could see.
//! Who is first changes with each pair, since the one behind a mail's delivery shares the machine with it.

use std::time::{Duration, Instant};

use reqwest::Method;
use rstest::rstest;

use crate::loginrocket::visit::csrf;
use crate::support::{Browser, Engine, TestServer};

const TRIES: usize = 2000;
const MOST: Duration = Duration::from_millis(1);
/// Long enough for the limits of mails to be empty again.
const HOUR_MS: i64 = 60 * 60_000;
const WRONG: &str = "wrong-but-long-enough";

/// A page's form that is sent again and again.
struct Sender {
    browser: Browser,
    form: String,
    path: &'static str,
}

impl Sender {
    async fn at(server: &TestServer, path: &'static str) -> Self {
        let browser = server.browser();
        let form = csrf(&browser.get(path).await);
        Self { browser, form, path }
    }

    /// How long the answer takes, which has this status.
    async fn timed(&self, username: &str, password: &str, status: u16) -> Duration {
        let fields = [("csrf", self.form.as_str()), ("username", username), ("password", password)];
        let begun = Instant::now();
        let answer = self.browser.send(Method::POST, self.path, &fields, &[]).await;
        let took = begun.elapsed();
        assert_eq!(answer.status, status, "{}", answer.text);
        took
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Of all pairs, one of each, the per cent in which the first is slower by more than `by` (the statistic of Mann and
/// Whitney's test): 50 where that is how far they are apart. Both are sorted.
fn slower(first: &[Duration], second: &[Duration], by: Duration) -> usize {
    let slower: usize = first.iter().map(|time| second.partition_point(|other| *other + by < *time)).sum();
    100 * slower / (first.len() * second.len())
}

/// Tries both in turn, and finds them no millisecond apart. How long the answer to somebody known takes.
async fn compare(server: &TestServer, sender: &Sender, status: u16) -> Duration {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for nth in 0..TRIES {
        server.clock.advance(HOUR_MS);
        let (first, second) = if nth % 2 == 0 { ("known1", "nobody") } else { ("nobody", "known1") };
        for username in [first, second] {
            let took = sender.timed(username, WRONG, status).await;
            if username == "known1" { known.push(took) } else { unknown.push(took) }
        }
    }
    let medians = (median(&mut known), median(&mut unknown));
    let told = format!("{}: {medians:?}, {} % slower", sender.path, slower(&known, &unknown, Duration::ZERO));
    println!("{told}");
    assert!(medians.0.abs_diff(medians.1) < MOST, "{told}");
    assert!(slower(&known, &unknown, MOST) < 50 && slower(&unknown, &known, MOST) < 50, "{told}");
    medians.0
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_apart_by_the_clock(#[case] engine: Engine) {
    let settings = [("password.memory_kib", "4096"), ("password.passes", "1")];
    let server = TestServer::with(engine, &settings).await;
    server.user("known1").await;
    let login = Sender::at(&server, "/login").await;
    let hashed = compare(&server, &login, 422).await;
    // A password too long is refused without a hash. Its form is longer, and is sent no slower for that.
    let long = "x".repeat(257);
    let mut unhashed = Vec::new();
    for _ in 0..TRIES / 10 {
        server.clock.advance(HOUR_MS);
        unhashed.push(login.timed("known1", &long, 422).await);
    }
    let unhashed = median(&mut unhashed);
    assert!(hashed > unhashed + MOST, "a hash that was left out would not show: {hashed:?} and {unhashed:?}");
    let forgot = Sender::at(&server, "/password/forgot").await;
    compare(&server, &forgot, 200).await;
}
