//! Check 16: every route that takes something guessable counts wrong guesses in one count per user. The routes come from
//! the routers: one that is new has to be put into its list here, and to keep the count if it takes a guess.

use std::collections::BTreeSet;

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::api::two_factor::{self, Device};
use crate::loginrocket::v1::calls::by_get;
use crate::loginrocket::visit::{PASSWORD, log_in};
use crate::social::visit::{Visit, path};
use crate::support::{Answer, Browser, Engine};

const WRONG: &str = "wrong-but-long-enough";

/// Take a password.
const PASSWORDS: [(&str, &str); 8] = [
    ("POST", "/v1/users/{key}/authenticate"),
    ("PUT", "/v1/users/{key}/update_password"),
    ("POST", "/login"),
    ("POST", "/auth/link"),
    ("GET", "L/v1/login"),
    ("POST", "L/v1/login"),
    ("GET", "L/v1/password/update"),
    ("POST", "L/v1/password/update"),
];

/// Take a device's code. `login` is here too: it takes both.
const CODES: [(&str, &str); 8] = [
    ("POST", "/v1/users/{key}/authenticate_code"),
    ("POST", "/v1/credentials/{id}/verify"),
    ("POST", "/login/code"),
    ("POST", "/auth/link/code"),
    ("GET", "L/v1/login"),
    ("POST", "L/v1/login"),
    ("GET", "L/v1/login/code"),
    ("POST", "L/v1/login/code"),
];

/// Take a secret that nobody guesses: 128 random bits or more, or a signature.
const RANDOM: [(&str, &str); 20] = [
    ("POST", "/v1/auth_providers/authorize"),
    ("POST", "/v1/auth_providers/{id}/authorize"),
    ("GET", "/auth/callback"),
    ("POST", "/v1/users/authenticate_key"),
    ("POST", "/v1/users/{key}/reset_password_with_token"),
    ("POST", "/v1/users/{key}/verify_email"),
    ("GET", "/v1/user_tokens/{id}"),
    ("POST", "/v1/sessions/verify"),
    ("POST", "/password/reset"),
    ("POST", "/email/verify"),
    ("POST", "/email/request"),
    ("POST", "/logout"),
    ("GET", "L/v1/password/reset"),
    ("POST", "L/v1/password/reset"),
    ("GET", "L/v1/email/verify"),
    ("POST", "L/v1/email/verify"),
    ("GET", "L/v1/email/request"),
    ("POST", "L/v1/email/request"),
    ("GET", "L/v1/session"),
    ("POST", "L/v1/session"),
];

/// Take nothing that proves who an end user is, by path.
const NOTHING: &[&str] = &[
    "/v1/realms",
    "/v1/realms/{id}",
    "/v1/realms/{id}/reset",
    "/v1/users",
    "/v1/users/{key}",
    "/v1/users/{key}/generate_password_token",
    "/v1/users/{key}/request_email_verification",
    "/v1/users/{key}/recovery_codes",
    "/v1/users/{key}/known_browsers",
    "/v1/users/{key}/unlock",
    "/v1/user_tokens",
    "/v1/credentials",
    "/v1/credentials/{id}",
    "/v1/orgs",
    "/v1/orgs/{id}",
    "/v1/memberships",
    "/v1/memberships/{id}",
    "/v1/auth_providers",
    "/v1/auth_providers/{id}",
    "/v1/app_hooks",
    "/v1/app_hooks/{id}",
    "/v1/app_hooks/{id}/ping",
    "/v1/app_hooks/{id}/preview",
    "/v1/app_hooks/{id}/rotate_secret",
    "/v1/app_hooks/{id}/replay",
    "/v1/jwt_keys",
    "/v1/jwt_keys/{id}",
    "/v1/jwt_keys/{id}/rotate",
    "/v1/sessions",
    "/v1/sessions/{id}",
    "/v1/login_policies",
    "/v1/login_policies/{id}",
    "/v1/events",
    "/v1/events/{id}",
    // Pages that are shown; forms by which somebody new signs up, or asks for a mail.
    "/",
    "/assets/{version}/{file}",
    "/.well-known/change-password",
    "/.well-known/jwks.json",
    "/connect/jwks",
    "/browser/forget",
    "/signup",
    "/auth/{provider}",
    "/auth/signup",
    "/password/forgot",
    // Tells how strong a new password would be.
    "/password/strength",
    "L/v1/signup",
    "L/v1/password/forgot",
    "L/v1/logout",
    "L/v1/auth_providers",
];

/// Pages that show a form which then is sent to the same path, and calls that tell where to get what it then takes.
const SHOWN: [&str; 10] = [
    "/login",
    "/login/code",
    "/logout",
    "/password/reset",
    "/email/verify",
    "/email/request",
    "/auth/link",
    "/auth/link/code",
    "/v1/auth_providers/authorize",
    "/v1/auth_providers/{id}/authorize",
];

/// All routes; those of the LoginRocket API begin with `L`, since the core API has some of their names.
fn listed() -> BTreeSet<(String, String)> {
    let api = gantry_api::listed().into_iter().map(|(method, path)| (method.to_owned(), path.to_owned()));
    let loginrocket = gantry_loginrocket::listed().into_iter().map(|(method, path)| {
        let mark = if path.starts_with("/v1/") { "L" } else { "" };
        (method.to_owned(), format!("{mark}{path}"))
    });
    api.chain(loginrocket).collect()
}

#[test]
fn every_route_is_known_by_what_it_takes() {
    let takers: BTreeSet<_> = [&PASSWORDS[..], &CODES, &RANDOM].concat().into_iter().collect();
    let routes = listed();
    let is_known = |method: &str, path: &str| {
        takers.contains(&(method, path)) || NOTHING.contains(&path) || (method == "GET" && SHOWN.contains(&path))
    };
    let unknown: Vec<_> = routes.iter().filter(|(method, path)| !is_known(method, path)).collect();
    assert!(unknown.is_empty(), "say what they take, and test it: {unknown:?}");
    let gone: Vec<_> = takers.iter().filter(|(m, p)| !routes.contains(&((*m).to_owned(), (*p).to_owned()))).collect();
    assert!(gone.is_empty(), "no such routes: {gone:?}");
}

fn is_limited(answer: &Answer) -> bool {
    answer.status == 429 || answer.text.contains("Too many tries")
}

/// A server with a social provider, at which ada has the address that nobody has proven here.
async fn visit(engine: Engine) -> Visit {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    visit
}

/// A browser in which ada comes back from there, and sends a password.
async fn come_and_send(visit: &Visit, password: &str) -> (Browser, Answer) {
    let browser = visit.server.browser();
    assert_eq!(path(&visit.come(&browser, "/auth/google").await), "/auth/link");
    let answer = browser.submit("/auth/link", &[("password", password)]).await;
    (browser, answer)
}

/// Tries a password by this route.
async fn try_password(visit: &Visit, (method, path): (&str, &str), token: &str, password: &str) -> Answer {
    let server = &visit.server;
    let login = [("username", "ada"), ("password", password)];
    let update = [("token", token), ("current_password", password), ("password", PASSWORD)];
    match (method, path) {
        ("POST", "/v1/users/{key}/authenticate") => {
            server.post("users/ada/authenticate", json!({"password": password})).await
        }
        ("PUT", "/v1/users/{key}/update_password") => {
            let user = json!({"user": {"current_password": password, "password": PASSWORD}});
            server.put("users/ada/update_password", user).await
        }
        ("POST", "/auth/link") => come_and_send(visit, password).await.1,
        ("POST", "/login") => log_in(&server.browser(), "/login", "ada", password).await,
        ("GET", "L/v1/login") => by_get(&server.browser(), "login", &login, &[]).await,
        ("POST", "L/v1/login") => server.browser().send(Method::POST, "/v1/login", &login, &[]).await,
        ("GET", "L/v1/password/update") => by_get(&server.browser(), "password/update", &update, &[]).await,
        ("POST", "L/v1/password/update") => {
            server.browser().send(Method::POST, "/v1/password/update", &update, &[]).await
        }
        other => panic!("no way to try {other:?}"),
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn passwords_are_counted_in_one_place(#[case] engine: Engine) {
    let visit = visit(engine).await;
    visit.server.user("ada").await;
    let token = visit.server.authenticate("ada").await["token"].as_str().expect("a token").to_owned();
    let reference = PASSWORDS[0];
    for route in PASSWORDS {
        for (wrong, right) in [(route, reference), (reference, route)] {
            for nth in 0..10 {
                let refused = try_password(&visit, wrong, &token, WRONG).await;
                assert!(!is_limited(&refused), "{wrong:?} {nth}: {}", refused.text);
            }
            let limited = try_password(&visit, right, &token, PASSWORD).await;
            assert!(is_limited(&limited), "wrong by {wrong:?}, right by {right:?}: {}", limited.text);
            visit.advance(10 * 60_000);
        }
    }
    assert_eq!(try_password(&visit, reference, &token, PASSWORD).await.status, 200);
}

/// Tries a code by this route, with a login that waits for one.
async fn try_code(visit: &Visit, (method, path): (&str, &str), device: &Device, code: &str) -> Answer {
    let server = &visit.server;
    let token = two_factor::first_step(server).await;
    let fields = [("token", &*token), ("code", code)];
    match (method, path) {
        ("POST", "/v1/users/{key}/authenticate_code") => {
            server.post("users/ada/authenticate_code", json!({"user": {"token": token, "code": code}})).await
        }
        ("POST", "/v1/credentials/{id}/verify") => {
            let body = json!({"credential": {"code": code}});
            server.post(&format!("credentials/{}/verify", device.id), body).await
        }
        ("POST", "/auth/link/code") => {
            let (browser, asked) = come_and_send(visit, PASSWORD).await;
            let token = two_factor::pending_token(&asked);
            browser.submit_from(&asked, "/auth/link/code", &[("token", &token), ("code", code)]).await
        }
        ("POST", "/login/code") => {
            let browser = server.browser();
            let page = log_in(&browser, "/login", "ada", PASSWORD).await;
            browser.submit_from(&page, "/login/code", &fields).await
        }
        ("GET", path) => by_get(&server.browser(), &path["L/v1/".len()..], &fields, &[]).await,
        (_, path) => server.browser().send(Method::POST, &path["L".len()..], &fields, &[]).await,
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn codes_are_counted_in_one_place(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let (server, device) = (&visit.server, two_factor::enrolled(&visit.server).await);
    visit.providers.state().now = server.clock.now_ms() / 1000;
    let reference = CODES[0];
    for route in CODES {
        for (wrong, right) in [(route, reference), (reference, route)] {
            for nth in 0..10 {
                let refused = try_code(&visit, wrong, &device, "wrong1").await;
                assert!(!is_limited(&refused), "{wrong:?} {nth}: {}", refused.text);
            }
            let code = two_factor::code(&device.secret, server.clock.now_ms());
            let limited = try_code(&visit, right, &device, &code).await;
            assert!(is_limited(&limited), "wrong by {wrong:?}, right by {right:?}: {}", limited.text);
            visit.advance(10 * 60_000);
        }
    }
    let code = two_factor::code(&device.secret, server.clock.now_ms());
    assert_eq!(try_code(&visit, reference, &device, &code).await.status, 200);
}
