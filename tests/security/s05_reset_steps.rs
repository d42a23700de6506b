//! Check 5: every later step of a reset without the mailed token, in every order, on a fresh and on a parked flow. Only
//! the token sets a password, once.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::two_factor;
use crate::loginrocket::v1::calls::{done, error, from_page, from_server};
use crate::loginrocket::visit::{
    PASSWORD, RESET, VERIFICATION, csrf, events, forget, hidden, log_in, set_login_rocket, token,
};
use crate::support::{Browser, Engine, TestServer};

const NEW: &str = "another-fine-day-99";

/// The later steps, with what each takes besides a token.
const STEPS: [(&str, &[(&str, &str)]); 4] = [
    ("/password/reset", &[("password", NEW), ("password_confirmation", NEW)]),
    ("/email/verify", &[]),
    ("/email/request", &[]),
    ("/login/code", &[("code", "000000")]),
];

/// Whose the attacker says it is.
const NAMES: [&[(&str, &str)]; 4] = [
    &[],
    &[("username", "ada")],
    &[("username", "ada@example.com"), ("email", "ada@example.com")],
    &[("username", "ada"), ("keep_sessions", "true"), ("state", "active"), ("step", "done"), ("verified", "true")],
];

/// Ada with a device, and everything that is handed out in her name but the token of a reset mail.
async fn other_tokens(server: &TestServer, browser: &Browser) -> Vec<String> {
    let device = two_factor::enrolled(server).await;
    let kli = two_factor::first_step(server).await;
    set_login_rocket(server, &json!({"email_verification": "require"}), "active").await;
    let krs = hidden(&log_in(browser, "/login", "ada", PASSWORD).await, "token");
    set_login_rocket(server, &json!({}), "active").await;
    let kev = server.post("users/ada/request_email_verification", json!({})).await.json(200);
    let ada = server.get("users/ada").await.json(200);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let mut tokens = vec![kli, krs, text(&kev["token"]), text(&ada["id"]), device.secret];
    tokens
        .extend(["", " ", "ada", "null", "kpw_", "kpw_0000000000000000000000000000000000000000000"].map(str::to_owned));
    tokens.extend([csrf(&browser.get("/login").await), server.key.clone()]);
    tokens.extend(browser.cookies().into_values());
    tokens
}

/// All orders of so many steps.
fn orders(steps: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..steps {
        let longer = |order: &Vec<usize>| -> Vec<Vec<usize>> {
            let rest = (0..steps).filter(|step| !order.contains(step));
            rest.map(|step| order.iter().copied().chain([step]).collect()).collect()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

/// Whether the password is the old one, and no reset was finished.
async fn is_unchanged(server: &TestServer) -> bool {
    let right = json!({"password": PASSWORD});
    server.post("users/ada/authenticate", right).await.status == 200
        && events(server, "user.password_token.consumed").await == 0
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_order_of_steps_sets_a_password_without_the_mailed_token(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let tokens = other_tokens(&server, &browser).await;
    let form = csrf(&browser.get("/password/forgot").await);
    for is_parked in [false, true] {
        if is_parked {
            assert_eq!(forget(&browser, "/password/forgot", "ada").await.status, 200);
            assert_eq!(events(&server, RESET).await, 1);
        }
        for (nth, order) in orders(STEPS.len()).into_iter().enumerate() {
            let names = NAMES[nth % NAMES.len()];
            for step in order {
                let (path, fields) = STEPS[step];
                // Each step gets each token but those that are right in its own place.
                for token in tokens.iter().filter(|token| path == "/password/reset" || !token.starts_with('k')) {
                    let mut sent = vec![("csrf", form.as_str()), ("token", token.as_str())];
                    sent.extend(fields.iter().chain(names));
                    let refused = browser.send(Method::POST, path, &sent, &[]).await;
                    assert_eq!((refused.status, refused.header("location")), (422, ""), "{path} {token:?} {names:?}");
                }
            }
        }
        assert!(is_unchanged(&server).await, "parked: {is_parked}");
    }
    assert_eq!(events(&server, "user.email.verified").await, 0);

    // The parked flow still ends as it should, once, and only at its own place.
    let kpw = server.mailed_token(RESET).await;
    for (path, fields) in &STEPS[1..] {
        let mut sent = vec![("csrf", form.as_str()), ("token", kpw.as_str())];
        sent.extend(*fields);
        assert_eq!(browser.send(Method::POST, path, &sent, &[]).await.status, 422, "{path}");
    }
    let sent = [("csrf", form.as_str()), ("token", kpw.as_str()), ("password", NEW)];
    assert_eq!(browser.send(Method::POST, "/password/reset", &sent, &[]).await.status, 302);
    let form = csrf(&browser.get("/password/forgot").await);
    let sent = [("csrf", form.as_str()), ("token", kpw.as_str()), ("password", NEW)];
    assert_eq!(browser.send(Method::POST, "/password/reset", &sent, &[]).await.status, 422, "as another form");
    assert_eq!(events(&server, "user.password_token.consumed").await, 1);
}

/// The same steps where an app's own page takes them.
const CALLS: [&str; 3] = ["password/reset", "email/verify", "password/update"];

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nor_does_any_order_of_calls(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let tokens = other_tokens(&server, &server.browser()).await;
    for is_parked in [false, true] {
        if is_parked {
            done(&from_page(&server.browser(), "password/forgot", json!({"username": "ada"})).await);
            assert_eq!(events(&server, RESET).await, 1);
        }
        for order in orders(CALLS.len()) {
            for call in order.into_iter().map(|step| CALLS[step]) {
                for token in tokens.iter().filter(|token| call != "email/verify" || !token.starts_with("kev_")) {
                    let body = json!({"token": token, "password": NEW, "password_confirmation": NEW, "current_password":
                        NEW, "username": "ada", "email": "ada@example.com", "user": {"token": token, "password": NEW}});
                    error(&from_page(&server.browser(), call, body.clone()).await);
                    error(&from_server(&server, call, body).await);
                }
            }
        }
        assert!(is_unchanged(&server).await, "parked: {is_parked}");
    }
    assert_eq!(events(&server, "user.email.verified").await, 0);
    // The parked flow still ends as it should, once, and only at its own place.
    let kpw = json!({"token": server.mailed_token(RESET).await, "password": NEW, "current_password": PASSWORD});
    for call in &CALLS[1..] {
        error(&from_server(&server, call, kpw.clone()).await);
    }
    done(&from_server(&server, "password/reset", kpw.clone()).await);
    error(&from_server(&server, "password/reset", kpw).await);
    assert_eq!(events(&server, "user.password_token.consumed").await, 1);
}

/// A token is its realm's and its user's, and no GET spends it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_token_sets_its_own_users_password_and_by_a_form_only(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.user("eve").await;
    let browser = server.browser();
    forget(&browser, "/password/forgot", "eve").await;
    let kpw = server.mailed_token(RESET).await;
    for get in ["/password/reset", "/email/verify", "/email/request", "/login/code"] {
        let query = format!("{get}?token={kpw}&password={NEW}&username=ada&csrf=x");
        assert!([200, 302, 422].contains(&browser.get(&query).await.status));
    }
    assert!(is_unchanged(&server).await);
    let form = csrf(&browser.get("/login").await);
    let sent = [("csrf", form.as_str()), ("token", &kpw), ("password", NEW), ("username", "ada")];
    assert_eq!(browser.send(Method::POST, "/password/reset?username=ada", &sent, &[]).await.status, 302);
    token(&log_in(&server.browser(), "/login", "ada", PASSWORD).await);
    token(&log_in(&server.browser(), "/login", "eve", NEW).await);

    // Another realm's pages know nothing of it.
    let realm = server.post("realms", json!({"realm": {"name": "Other"}})).await.json(201);
    let realm = realm["id"].as_str().expect("an id");
    let call =
        async |path: &str, body: Value| server.call_as(&server.key, Some(realm), Method::POST, path, Some(body)).await;
    let app = json!({"login_policy": {"name": "Other", "login_handler": "https://o.example/", "subdomain": "other"}});
    call("login_policies", app).await.json(201);
    let provider = json!({"auth_provider": {"provider_type": "login_rocket"}});
    call("auth_providers", provider).await.json(201);
    forget(&browser, "/password/forgot", "ada").await;
    let kpw = server.mailed_token(RESET).await;
    server.post("users/ada/request_email_verification", json!({})).await.json(200);
    let kev = server.mailed_token(VERIFICATION).await;
    let other = Browser::new(server.client.clone(), &server.address, "other.localhost");
    let form = csrf(&other.get("/login").await);
    for (path, token) in [("/password/reset", &kpw), ("/email/verify", &kev)] {
        let sent = [("csrf", form.as_str()), ("token", token), ("password", NEW)];
        assert_eq!(other.send(Method::POST, path, &sent, &[]).await.status, 422, "{path}");
    }
}
