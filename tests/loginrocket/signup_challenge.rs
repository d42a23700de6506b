//! `signup_challenge` of the `login_rocket` provider: work that a signup costs the browser (an extension).

use aws_lc_rs::digest::{SHA256, digest};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::{PASSWORD, hidden, location, param};
use crate::support::{Answer, Browser, Engine, TestServer};

const HOUR_MS: i64 = 60 * 60_000;

/// The work as the reference tells it, done here: for each piece a number whose SHA-256 with the seed begins with zeros.
pub fn solve(challenge: &str) -> String {
    let parts: Vec<&str> = challenge.split('.').collect();
    let [_, bits, pieces, _, seed] = parts[..] else { panic!("{challenge}") };
    let (bits, pieces): (u32, u32) = (bits.parse().expect("bits"), pieces.parse().expect("pieces"));
    let is_done = |piece: u32, number: u64| {
        let hash = digest(&SHA256, format!("{seed}.{piece}.{number}").as_bytes());
        let first: [u8; 4] = hash.as_ref()[..4].try_into().expect("four bytes");
        u32::from_be_bytes(first).leading_zeros() >= bits
    };
    let numbers =
        (0..pieces).map(|piece| (0..u64::MAX).find(|number| is_done(piece, *number)).expect("a number").to_string());
    numbers.collect::<Vec<_>>().join(".")
}

async fn server(engine: Engine) -> TestServer {
    let settings = [("tries.signups_per_address", "1000")];
    let server = TestServer::with(engine, &settings).await;
    let wanted = json!({"auth_provider": {"signup_challenge": "proof_of_work"}});
    let set = server.put("auth_providers/login_rocket", wanted).await.json(200);
    assert_eq!(set["signup_challenge"], "proof_of_work");
    server
}

async fn challenge(browser: &Browser) -> (Answer, String) {
    let page = browser.get("/signup").await;
    let challenge = hidden(&page, "challenge");
    (page, challenge)
}

/// Sends the form of the page.
async fn sign_up(browser: &Browser, page: &Answer, name: &str, challenge: &str, solution: &str) -> Answer {
    let email = format!("{name}@example.com");
    let fields = [
        ("username", name),
        ("email", &email),
        ("password", PASSWORD),
        ("challenge", challenge),
        ("challenge_solution", solution),
    ];
    browser.submit_from(page, "/signup", &fields).await
}

#[track_caller]
fn refused(answer: &Answer, about: &str) {
    assert_eq!(answer.status, 422, "{about}: {}", answer.text);
    assert!(answer.text.contains("not a robot"), "{about}: {}", answer.text);
    assert!(!answer.header("set-cookie").contains("gantry_session"), "{about}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn without_the_setting_nothing_is_asked(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let told = server.get("auth_providers/login_rocket").await.json(200);
    assert_eq!(told["signup_challenge"], "none");
    let page = server.browser().get("/signup").await;
    assert!(!page.text.contains("challenge") && !page.text.contains("proof_of_work"), "{}", page.text);
    let odd = json!({"auth_provider": {"signup_challenge": "captcha"}});
    let refused = server.put("auth_providers/login_rocket", odd).await;
    assert!(refused.refusals("signup_challenge")[0].contains("proof_of_work"), "{}", refused.text);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_signup_costs_work_once(#[case] engine: Engine) {
    let server = server(engine).await;
    let browser = server.browser();
    let (page, asked) = challenge(&browser).await;
    assert!(page.text.contains("<noscript>") && page.text.contains("needs JavaScript"), "{}", page.text);
    let nonce = page.header("content-security-policy").split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    let script = page.text.lines().find(|line| line.contains("proof_of_work.js")).expect("a script");
    assert!(script.contains(nonce.expect("a nonce")), "{script}");

    let bare = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];
    refused(&browser.submit_from(&page, "/signup", &bare).await, "no answer");
    refused(&sign_up(&browser, &page, "grace", &asked, "").await, "an empty answer");
    let solution = solve(&asked);
    let done = sign_up(&browser, &page, "grace", &asked, &solution).await;
    assert_eq!(param(&location(&done), "signup").as_deref(), Some("true"));
    let page = server.browser().get("/signup").await;
    let other = server.browser();
    let first = other.get("/signup").await;
    refused(&sign_up(&other, &first, "heidi", &asked, &solution).await, "twice");
    assert_ne!(hidden(&page, "challenge"), asked);
    server.get("users/heidi").await.json(404);
}

/// Whatever else is wrong with the form: else one answer would pay for any number of tries.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_form_that_is_refused_spends_its_answer(#[case] engine: Engine) {
    let server = server(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let (page, asked) = challenge(&browser).await;
    let solution = solve(&asked);
    let taken = sign_up(&browser, &page, "ada", &asked, &solution).await;
    assert_eq!(taken.status, 422);
    assert!(!taken.text.contains("not a robot"), "{}", taken.text);
    refused(&sign_up(&browser, &page, "grace", &asked, &solution).await, "spent");
    // The refused page has another one.
    let next = hidden(&taken, "challenge");
    assert_eq!(sign_up(&browser, &taken, "grace", &next, &solve(&next)).await.status, 302);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_an_own_fresh_and_solved_challenge_counts(#[case] engine: Engine) {
    let server = server(engine).await;
    let browser = server.browser();
    let (page, asked) = challenge(&browser).await;
    let solution = solve(&asked);
    let parts: Vec<&str> = asked.split('.').collect();
    let with = |at: usize, text: &str| {
        let mut parts: Vec<&str> = parts.clone();
        parts[at] = text;
        parts.join(".")
    };
    let later = (parts[0].parse::<i64>().expect("a time") + 1).to_string();
    for (about, asked, solution) in [
        ("a later end", with(0, &later), solution.clone()),
        ("less work", with(1, "1"), solution.clone()),
        ("fewer pieces", with(2, "1"), solution.split('.').next().expect("one").to_owned()),
        ("another name", with(3, "x"), solution.clone()),
        (
            "another seed",
            with(4, "0123456789abcdef0123456789abcdef"),
            solve(&with(4, "0123456789abcdef0123456789abcdef")),
        ),
        ("no challenge", "x".to_owned(), solution.clone()),
        ("dots", "....".to_owned(), solution.clone()),
        ("zeros", asked.clone(), "0.0.0.0.0.0.0.0".to_owned()),
        ("one piece short", asked.clone(), solution.rsplit_once('.').expect("pieces").0.to_owned()),
    ] {
        refused(&sign_up(&browser, &page, "grace", &asked, &solution).await, about);
    }
    // Another app's host, of the same realm.
    let app =
        json!({"login_policy": {"name": "Second", "login_handler": "https://second.example/", "subdomain": "second"}});
    server.call(Method::POST, "login_policies", Some(app)).await.json(201);
    let second = Browser::new(server.client.clone(), &server.address, &format!("second.localhost:{}", server.port));
    let there = second.get("/signup").await;
    refused(&sign_up(&second, &there, "grace", &asked, &solution).await, "another host");
    // An hour, to the millisecond.
    server.clock.advance(HOUR_MS - 1);
    assert_eq!(sign_up(&browser, &page, "grace", &asked, &solution).await.status, 302);
    let (page, asked) = challenge(&browser).await;
    server.clock.advance(HOUR_MS);
    refused(&sign_up(&browser, &page, "heidi", &asked, &solve(&asked)).await, "too late");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_signups_with_one_answer_one_passes(#[case] engine: Engine) {
    let server = server(engine).await;
    let browser = server.browser();
    let (page, asked) = challenge(&browser).await;
    let solution = solve(&asked);
    let names: Vec<String> = (0..20).map(|nth| format!("user{nth}")).collect();
    let signups = names.iter().map(|name| sign_up(&browser, &page, name, &asked, &solution));
    let answers = futures_util::future::join_all(signups).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 302).count(), 1);
    assert_eq!(server.get("users").await.json(200)["collection"].as_array().map(Vec::len), Some(1));
}

/// The app's own server makes users as before.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_api_is_asked_nothing(#[case] engine: Engine) {
    let server = server(engine).await;
    server.user("ada").await;
    server.authenticate("ada").await;
}
