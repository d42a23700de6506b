//! Check 4: what names a login on its way, an identity that waits, or a token of a mail or an invitation has at least 128
//! random bits, comes from the server, and counts neither edited nor anywhere else than where it was given out.

use std::collections::{BTreeMap, HashSet};

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::api::two_factor;
use crate::loginrocket::signup_challenge;
use crate::loginrocket::visit::{PASSWORD, hidden, location, log_in, set_login_rocket};
use crate::social::visit::{Visit, path, query};
use crate::support::{Browser, Engine, Person, TestServer};

/// Values of each kind that are compared.
const SAMPLES: usize = 8;
const LEAST_BITS: f64 = 128.0;

async fn visit(engine: Engine) -> Visit {
    let settings = [("tries.signups_per_address", "1000"), ("tries.per_user", "1000"), ("tries.per_address", "1000")];
    let visit = Visit::with(engine, &settings).await;
    visit.add("google").await;
    visit
}

/// What a login at Google leaves in the address and in the browser: ada has an account that nobody has proven.
async fn of_social_login(visit: &Visit, found: &mut BTreeMap<&'static str, Vec<String>>) {
    let mut keep = |kind, value: &str| found.entry(kind).or_default().push(value.to_owned());
    let browser = visit.server.browser();
    let there = path(&browser.get("/auth/google").await);
    let asked = query(&there);
    for name in ["state", "nonce", "code_challenge"] {
        keep(name, &asked[name]);
    }
    assert_eq!(path(&browser.get(&visit.agree(&there).await).await), "/auth/link");
    for name in ["gantry_social", "gantry_identity"] {
        keep(name, &browser.cookies()[name]);
    }
}

/// What the forms and a password give.
async fn of_login(server: &TestServer, found: &mut BTreeMap<&'static str, Vec<String>>) {
    let mut keep = |kind, value: &str| found.entry(kind).or_default().push(value.to_owned());
    let browser = server.browser();
    log_in(&browser, "/login", "ada", PASSWORD).await;
    for name in ["gantry_csrf", "gantry_session"] {
        keep(name, &browser.cookies()[name]);
    }
    keep("gantry_browser", browser.cookies()["gantry_browser"].split('-').next().expect("a name"));
    let call = async |path: &str| server.post(path, json!({})).await.json(200)["token"].clone();
    keep("kpw", call("users/ada/generate_password_token").await.as_str().expect("a token"));
    keep("kev", call("users/ada/request_email_verification").await.as_str().expect("a token"));
    let signup = json!({"user_token": {"username": "new", "email": "new@example.com", "password": PASSWORD}});
    keep("utk", server.post("user_tokens", signup).await.json(201)["id"].as_str().expect("a token"));
}

/// The bits of the places at which the values differ, for base62, or for hexadecimal digits where all are. What all have
/// in common, such as a prefix, counts for nothing.
fn bits(values: &[String]) -> f64 {
    let random: Vec<Vec<char>> = values.iter().map(|value| value.chars().collect()).collect();
    let is_hex = random.iter().flatten().all(char::is_ascii_hexdigit);
    let varies = |at: &usize| random.iter().map(|value| value[*at]).collect::<HashSet<_>>().len() > 1;
    let length = random.iter().map(Vec::len).min().unwrap_or(0);
    let places = u32::try_from((0..length).filter(varies).count()).expect("few");
    f64::from(places) * if is_hex { 4.0 } else { 62_f64.log2() }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_has_128_random_bits_and_is_given_out_once(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let server = &visit.server;
    server.user("ada").await;
    let mut found = BTreeMap::new();
    for _ in 0..SAMPLES {
        of_social_login(&visit, &mut found).await;
        of_login(server, &mut found).await;
    }
    set_login_rocket(server, &json!({"email_verification": "require"}), "active").await;
    for _ in 0..SAMPLES {
        let page = log_in(&server.browser(), "/login", "ada", PASSWORD).await;
        found.entry("krs").or_default().push(hidden(&page, "token"));
    }
    set_login_rocket(server, &json!({"signup_challenge": "proof_of_work"}), "active").await;
    for _ in 0..SAMPLES {
        let challenge = hidden(&server.browser().get("/signup").await, "challenge");
        found.entry("challenge").or_default().push(challenge.rsplit('.').nth(1).expect("a random part").to_owned());
    }
    server.delete("users/ada").await;
    two_factor::enrolled(server).await;
    for _ in 0..SAMPLES {
        found.entry("kli").or_default().push(two_factor::first_step(server).await);
    }
    assert!(bits(&found["utk"][..1]) < 1.0, "the rule sees what does not vary");
    assert_eq!(found.len(), 14, "{:?}", found.keys());
    for (kind, values) in &found {
        assert_eq!(values.iter().collect::<HashSet<_>>().len(), SAMPLES, "{kind}: {values:?}");
        assert!(bits(values) >= LEAST_BITS, "{kind}: {values:?}");
    }
}

/// Wrong spellings of a value: a character changed at either end and in the middle, cut, longer, in other letters.
fn edited(value: &str) -> Vec<String> {
    let with = |at: usize| {
        let mut letters: Vec<char> = value.chars().collect();
        letters[at] = if letters[at] == 'a' { 'b' } else { 'a' };
        letters.into_iter().collect::<String>()
    };
    let flip = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let mut all = vec![with(0), with(value.len() / 2), with(value.len() - 1), value[1..].to_owned()];
    all.extend([value[..value.len() - 1].to_owned(), format!("{value}a"), value.chars().rev().collect()]);
    all.extend([value.chars().map(flip).collect(), String::new(), "0".repeat(value.len())]);
    all.retain(|one| one != value);
    all
}

/// A page as a browser with this cookie gets it.
async fn with_cookie(browser: &Browser, path: &str, cookie: &str) -> u16 {
    browser.send(Method::GET, path, &[], &[("cookie", cookie)]).await.status
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_edited_or_foreign_identity_is_nobodys(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let server = &visit.server;
    server.user("ada").await;
    let browser = server.browser();
    assert_eq!(path(&visit.come(&browser, "/auth/google").await), "/auth/link");
    let identity = browser.cookies()["gantry_identity"].clone();
    for wrong in edited(&identity) {
        let status = with_cookie(&server.browser(), "/auth/link", &format!("gantry_identity={wrong}")).await;
        assert_eq!(status, 422, "{wrong}");
    }
    // Another kind of page, another kind of cookie, and another realm's host.
    let own = format!("gantry_identity={identity}");
    assert_eq!(with_cookie(&server.browser(), "/auth/signup", &own).await, 422);
    for other in ["gantry_social", "gantry_session", "gantry_csrf"] {
        let status = with_cookie(&server.browser(), "/auth/link", &format!("{other}={identity}")).await;
        assert_eq!(status, 422, "{other}");
    }
    let social = browser.cookies()["gantry_social"].clone();
    assert_eq!(with_cookie(&server.browser(), "/auth/link", &format!("gantry_identity={social}")).await, 422);
    let realm = server.post("realms", json!({"realm": {"name": "Other"}})).await.json(201);
    let realm = realm["id"].as_str();
    let call = async |path: &str, body| server.call_as(&server.key, realm, Method::POST, path, Some(body)).await;
    let app = json!({"login_policy": {"name": "Other", "login_handler": "https://o.example/", "subdomain": "other"}});
    call("login_policies", app).await.json(201);
    call("auth_providers", json!({"auth_provider": {"provider_type": "login_rocket"}})).await.json(201);
    let google = json!({"auth_provider": {"provider_type": "google", "client_id": "a", "client_secret": "b"}});
    call("auth_providers", google).await.json(201);
    let other = Browser::new(server.client.clone(), &server.address, &format!("other.localhost:{}", server.port));
    assert_eq!(with_cookie(&other, "/auth/link", &own).await, 422, "another realm's host");
    assert_eq!(with_cookie(&server.browser(), "/auth/link", &own).await, 200, "else all that proves nothing");
}

/// The way back counts in the browser that began, by the very value that it was given.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_edited_or_chosen_browser_ends_no_login(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let browser = visit.server.browser();
    let back = visit.agree(&path(&browser.get("/auth/google").await)).await;
    let bound = browser.cookies()["gantry_social"].clone();
    for wrong in edited(&bound) {
        let status = with_cookie(&visit.server.browser(), &back, &format!("gantry_social={wrong}")).await;
        assert_eq!(status, 422, "{wrong}");
    }
    location(&browser.get(&back).await);
}

/// An invitation to become a user (a Signup Token) and a challenge, edited.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_edited_signup_token_or_challenge_is_none(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let server = &visit.server;
    let signup = json!({"user_token": {"username": "ada", "email": "ada@example.com", "password": PASSWORD}});
    let token = server.post("user_tokens", signup).await.json(201)["id"].as_str().expect("a token").to_owned();
    for wrong in edited(&token) {
        if !wrong.is_empty() {
            server.get(&format!("user_tokens/{wrong}")).await.json(404);
        }
        server.post("users", json!({"user": {"token": wrong}})).await.json(422);
    }
    server.post("users", json!({"user": {"token": token}})).await.json(201);

    set_login_rocket(server, &json!({"signup_challenge": "proof_of_work"}), "active").await;
    let browser = server.browser();
    let page = browser.get("/signup").await;
    let challenge = hidden(&page, "challenge");
    let solution = signup_challenge::solve(&challenge);
    let sent = async |challenge: &str| {
        let fields = [("username", "bob"), ("email", "bob@example.com"), ("password", PASSWORD)];
        let work = [("challenge", challenge), ("challenge_solution", &*solution)];
        browser.submit_from(&page, "/signup", &[&fields[..], &work].concat()).await.status
    };
    for wrong in edited(&challenge) {
        assert_eq!(sent(&wrong).await, 422, "{wrong}");
    }
    assert_eq!(sent(&challenge).await, 302);
}

/// What an attacker chose is not taken on: the server gives out its own.
#[tokio::test]
async fn nobody_chooses_a_state() {
    let visit = visit(Engine::Sqlite).await;
    visit.providers.is(Person::new("1001", Some("ada@example.com"), Some(true)));
    let chosen = "A".repeat(43);
    let asked = format!("state={chosen}&nonce={chosen}&code_challenge={chosen}&code_verifier={chosen}");
    let browser = visit.server.browser();
    let there = path(&browser.get(&format!("/auth/google?{asked}")).await);
    assert!(!there.contains(&chosen), "{there}");
    let started = format!("auth_providers/google/authorize?redirect_uri=https://app.example.com/&{asked}");
    let url = visit.server.get(&started).await.json(200)["url"].clone();
    let own = query(url.as_str().expect("an address"));
    assert!(["state", "code_challenge"].iter().all(|name| own[*name] != chosen), "{url}");
}
