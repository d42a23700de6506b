//! Check 31 for whatever was begun while somebody was active: once they are inactive, or their realm is, none of it leads to
//! a session, a login token or a new password. Nor does their key, their device, their provider or their browser.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::two_factor::{STEP_MS, code, enrolled, first_step, pending_token};
use crate::loginrocket::v1::calls::{self, from_server};
use crate::loginrocket::visit::{PASSWORD, csrf, events, forget, hidden, log_in, set_login_rocket};
use crate::social::visit::{Visit, path, query};
use crate::support::{Answer, Browser, Engine, Person};

const NEW: &str = "another-fine-day-99";
const START: &str = "auth_providers/google/authorize?redirect_uri=https://app.example.com/back";

/// What bob and ada hold: bob has a password and comes by Google, ada has a device and nobody has proven her address.
struct Held {
    /// Bob's, logged in.
    bob: Browser,
    login_token: String,
    /// On the way back from Google, as bob.
    back: String,
    /// The same for an app's server.
    of_api: Value,
    native: String,
    /// Ada's, with her identity at Google waiting for a password.
    link: (Browser, Answer),
    /// The same, waiting for a code.
    link_code: (Browser, Answer),
    /// Her login on the pages, waiting for a code.
    pending: (Browser, Answer),
    kli: String,
    recovery: String,
    secret: String,
    kpw: String,
    kev: String,
    krs: String,
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

async fn begin(visit: &Visit) -> Held {
    let server = &visit.server;
    visit.add("google").await;
    let device = enrolled(server).await;
    server.user("bob").await;
    visit.verify("bob").await;
    visit.providers.state().now = server.clock.now_ms() / 1000;
    visit.providers.is(Person::new("2002", Some("bob@example.com"), Some(true)));
    let bob = server.browser();
    visit.come(&bob, "/auth/google").await;
    let login_token = crate::loginrocket::visit::token(&log_in(&bob, "/login", "bob", PASSWORD).await);
    let back = visit.agree(&path(&bob.get("/auth/google").await)).await;
    let started = text(&server.get(START).await.json(200), "url");
    let sent = query(&format!("http://x{}", visit.agree(&started).await));
    let of_api = json!({"code": sent["code"], "state": sent["state"]});
    let native = visit.providers.native_token(crate::social::visit::CLIENT);
    visit.providers.is(Person::new("1001", Some("ada@example.com"), Some(true)));
    let (link, link_code, pending) = (server.browser(), server.browser(), server.browser());
    for browser in [&link, &link_code] {
        assert_eq!(path(&visit.come(browser, "/auth/google").await), "/auth/link");
    }
    let (asked_link, asked_code) =
        (link.get("/auth/link").await, link_code.submit("/auth/link", &[("password", PASSWORD)]).await);
    let asked = log_in(&pending, "/login", "ada", PASSWORD).await;
    let call = async |path: &str| server.post(&format!("users/{path}"), json!({})).await.json(200);
    let made = call("ada/recovery_codes").await;
    let recovery = made["recovery_codes"][0].as_str().expect("a code").to_owned();
    set_login_rocket(server, &json!({"email_verification": "require"}), "active").await;
    server.user("carol").await;
    let krs = hidden(&log_in(&server.browser(), "/login", "carol", PASSWORD).await, "token");
    set_login_rocket(server, &json!({}), "active").await;
    Held {
        bob,
        login_token,
        back,
        of_api,
        native,
        link: (link, asked_link),
        link_code: (link_code, asked_code),
        pending: (pending, asked),
        kli: first_step(server).await,
        recovery,
        secret: device.secret,
        kpw: text(&call("bob/generate_password_token").await, "token"),
        kev: text(&call("carol/request_email_verification").await, "token"),
        krs,
    }
}

/// Neither a login, nor a cookie of one, nor the way on to it.
#[track_caller]
fn nothing(answer: &Answer, about: &str) {
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|line| format!("{line:?}")).collect();
    let sets = |name: &str| cookies.iter().any(|line| line.contains(name) && !line.contains("Max-Age=0"));
    assert!(!sets("gantry_session=") && !sets("gantry_browser="), "{about}: {cookies:?}");
    assert!(!answer.header("location").contains("token="), "{about}: {}", answer.header("location"));
    assert!(!answer.text.contains("\"token\":\"") && !answer.text.contains("kss_"), "{about}: {}", answer.text);
}

/// Sends the form of a page that was open before.
async fn submit((browser, page): &(Browser, Answer), path: &str, fields: &[(&str, &str)]) -> Answer {
    browser.submit_from(page, path, fields).await
}

async fn all_refused(visit: &Visit, held: &Held) {
    let server = &visit.server;
    let digits = code(&held.secret, server.clock.now_ms());
    visit.providers.is(Person::new("2002", Some("bob@example.com"), Some(true)));
    let (of_code, of_pending) = (pending_token(&held.link_code.1), pending_token(&held.pending.1));
    let device = [("token", &*of_pending), ("code", &*digits)];
    let recovery = [("token", &*of_pending), ("code", &*held.recovery)];
    let form = csrf(&held.pending.1);
    let reset = [("csrf", &*form), ("token", &held.kpw), ("password", NEW)];
    let browser = &held.pending.0;
    for (about, answer) in [
        ("the way back", held.bob.get(&held.back).await),
        ("a new start", held.bob.get("/auth/google").await),
        ("the way back of the API", server.post("auth_providers/authorize", held.of_api.clone()).await),
        (
            "a provider's token",
            server.post("auth_providers/google/authorize", json!({"access_token": held.native})).await,
        ),
        ("a waiting identity", submit(&held.link, "/auth/link", &[("password", PASSWORD)]).await),
        ("its code", submit(&held.link_code, "/auth/link/code", &[("token", &of_code), ("code", &digits)]).await),
        ("a device's code", submit(&held.pending, "/login/code", &device).await),
        ("a recovery code", submit(&held.pending, "/login/code", &recovery).await),
        ("the token of a reset", browser.send(Method::POST, "/password/reset", &reset, &[]).await),
        ("a remembered login", held.bob.get("/login").await),
        ("a known browser", log_in(&held.bob, "/login", "bob", PASSWORD).await),
        ("a call", calls::log_in(&held.bob, "bob", PASSWORD).await),
        ("a call with a code", from_server(server, "login/code", json!({"token": held.kli, "code": digits})).await),
        ("the session's token", from_server(server, "session", json!({"token": held.login_token})).await),
        ("the session's cookie", calls::from_page(&held.bob, "session", json!({})).await),
        (
            "an own new password",
            from_server(
                server,
                "password/update",
                json!({"token": held.login_token, "current_password": PASSWORD, "password": NEW}),
            )
            .await,
        ),
        ("a reset by a call", from_server(server, "password/reset", json!({"token": held.kpw, "password": NEW})).await),
        ("one more mail", from_server(server, "email/request", json!({"token": held.krs})).await),
        // It may prove the address, since apps make people active who have done so; it is no way in.
        ("an address proven", from_server(server, "email/verify", json!({"token": held.kev})).await),
        ("a forgotten password", forget(browser, "/password/forgot", "bob").await),
    ] {
        nothing(&answer, about);
    }
    assert_eq!(server.get(&format!("sessions/{}", held.login_token)).await.status, 404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite, false)]
#[case::sqlite_realm(Engine::Sqlite, true)]
#[case::postgres(Engine::Postgres, false)]
#[case::postgres_realm(Engine::Postgres, true)]
#[tokio::test]
async fn what_was_begun_before_leads_nowhere(#[case] engine: Engine, #[case] whole_realm: bool) {
    let visit = Visit::start(engine).await;
    let held = begin(&visit).await;
    let server = &visit.server;
    // Whoever is remembered would go straight on.
    set_login_rocket(server, &json!({"sso": "seamless"}), "active").await;
    let (before, mails) =
        (events(server, "user.login.succeeded").await, events(server, "user.password_token.created").await);
    let realm = format!("realms/{}", server.realm());
    let set = async |state: &str| {
        if whole_realm {
            server.put(&realm, json!({"realm": {"state": state}})).await.json(200);
        } else {
            for name in ["ada", "bob", "carol"] {
                server.put(&format!("users/{name}"), json!({"user": {"state": state}})).await.json(200);
            }
        }
    };
    set("inactive").await;
    all_refused(&visit, &held).await;
    assert_eq!(events(server, "user.login.succeeded").await, before);
    assert_eq!(events(server, "user.password_token.consumed").await, 0);
    assert_eq!(events(server, "user.password_token.created").await, mails);
    assert_eq!(visit.credentials("ada").await, ["password", "totp"]);

    // All of it was what was wrong: with the same things they get in once they are active again.
    set("active").await;
    visit.advance(10 * 60_000 + STEP_MS);
    server.authenticate("bob").await;
    visit.who(&visit.come_anew("/auth/google").await).await;
    let token = first_step(server).await;
    let digits = code(&held.secret, server.clock.now_ms());
    let body = json!({"user": {"token": token, "code": digits}});
    server.post("users/ada/authenticate_code", body).await.json(200);
}
