//! Every form is answered by a redirect, and the page behind it is the same after Back, a reload and in a restored tab: it
//! is a GET, and what it shows is kept by the browser. No address and no cookie gives away what was typed.

use rstest::rstest;
use serde_json::json;

use super::visit::{PASSWORD, csrf, hidden, log_in, set_login_rocket, token};
use crate::api::two_factor::{code, enrolled};
use crate::support::{Answer, Browser, Engine, TestServer};

/// A page, where its form is sent, what is typed, what the answer says.
type Mistake<'a> = (&'a Answer, &'a str, Vec<(&'a str, &'a str)>, &'a str);

/// Where a form is sent, what is typed, the answer's status and words.
type Sending<'a> = (&'a str, &'a [(&'a str, &'a str)], u16, &'a str);

/// Sends the form of a page: where its redirect leads, and the page there.
async fn send(browser: &Browser, page: &Answer, path: &str, fields: &[(&str, &str)]) -> (String, Answer) {
    let token = csrf(page);
    let own = [("csrf", token.as_str())];
    let sent = browser.post(path, &[&own[..], fields].concat()).await;
    assert_eq!(sent.status, 302, "{path}: {}", sent.text);
    let to = sent.header("location").to_owned();
    assert!(to.starts_with(path) && to.contains("form="), "{path} leads to {to}");
    (to.clone(), browser.get(&to).await)
}

/// The page without what differs at each showing: its nonce and its form's token.
fn bare(page: &Answer) -> (u16, String) {
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
    let text = page.text.replace(&nonce, "NONCE");
    let has_form = text.contains("name=\"csrf\"");
    (page.status, if has_form { text.replace(&csrf(page), "CSRF") } else { text })
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refused_form_is_shown_again_with_what_was_typed(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    enrolled(&server).await;
    let reset = server.post("users/ada/generate_password_token", json!({})).await.json(200);
    let reset = format!("/password/reset?token={}", reset["token"].as_str().expect("a token"));
    let browser = server.browser();
    let code = log_in(&browser, "/login", "ada", PASSWORD).await;
    let pending = hidden(&code, "token");
    let reset_page = browser.get(&reset).await;
    let reset_token = hidden(&reset_page, "token");
    let (login, signup) = (browser.get("/login").await, browser.get("/signup").await);
    let cases: [Mistake<'_>; 4] = [
        (&login, "/login", vec![("username", "greta"), ("password", "sesame-sesame")], "do not match"),
        (
            &signup,
            "/signup",
            vec![("username", "greta"), ("email", "greta@example.com"), ("password", "x1y2z")],
            "too short",
        ),
        (&code, "/login/code", vec![("token", &pending), ("code", "123123")], "not right"),
        (&reset_page, "/password/reset", vec![("token", &reset_token), ("password", "x1y2z")], "too short"),
    ];
    for (page, path, fields, says) in cases {
        let (to, shown) = send(&browser, page, path, &fields).await;
        assert_eq!(shown.status, 422, "{path}");
        assert!(shown.text.contains(says), "{path}: {}", shown.text);
        assert_eq!(bare(&browser.get(&to).await), bare(&shown), "{path} is not the same after a reload");
        let kept = browser.cookies();
        for (name, value) in &fields {
            assert!(!to.contains(value), "{path}: {to} tells {value}");
            assert!(!kept.values().any(|cookie| cookie.contains(value)), "{path}: a cookie tells {value}");
            let is_secret = matches!(*name, "password" | "code");
            assert_eq!(shown.text.contains(value), !is_secret, "{path}: {name}");
        }
        // In another language, too.
        let german = browser.get(&format!("{to}&locale=de")).await;
        assert!(german.status == 422 && german.text.contains("lang=\"de\"") && !german.text.contains(says), "{path}");
        // Elsewhere, and without the cookie, the address says nothing.
        let stranger = server.browser().get(&to).await;
        assert!(!stranger.text.contains(says) && !stranger.text.contains("greta"), "{path}: {}", stranger.text);
    }
    // It is over after half an hour.
    let (to, shown) = send(&browser, &login, "/login", &[("username", "greta"), ("password", "other-sesame")]).await;
    assert_eq!(shown.status, 422);
    server.advance(30 * 60_000);
    assert_eq!(browser.get(&to).await.status, 200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_code_page_survives_a_reload_and_two_tabs(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    server.user("eve").await;
    let browser = server.browser();
    let login = [("username", "ada"), ("password", PASSWORD)];
    let open = async || {
        let page = browser.get("/login").await;
        let token = csrf(&page);
        let sent = browser.post("/login", &[&[("csrf", token.as_str())][..], &login].concat()).await;
        sent.header("location").to_owned()
    };
    let (one, two) = (open().await, open().await);
    assert_ne!(one, two);
    let pages = [browser.get(&one).await, browser.get(&two).await, browser.get(&one).await];
    let tokens = pages.each_ref().map(|page| hidden(page, "token"));
    assert!(tokens[0] == tokens[2] && tokens[0] != tokens[1], "each tab has its own login");
    // A login in a third tab takes nothing away from the others.
    log_in(&browser, "/login", "eve", PASSWORD).await;
    let page = browser.get(&one).await;
    let digits = code(&device.secret, server.clock.now_ms());
    token(&browser.submit_from(&page, &one, &[("token", &tokens[0]), ("code", &digits)]).await);
    // Back leads to a page without a pending login, and on to the login.
    let back = browser.get(&one).await;
    assert_eq!((back.status, back.header("location").split('?').next()), (302, Some("/login")));
    assert_eq!(browser.get(&two).await.status, 200);
    // A logout takes all of it along.
    browser.submit("/logout", &[]).await;
    assert!(!browser.cookies().keys().any(|name| name.starts_with("gantry_page")), "{:?}", browser.cookies());
}

/// What is said after a form, in words that an address alone cannot make a page say.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_has_come_of_a_form_stands_at_its_address(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("eve").await;
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    let browser = server.browser();
    let signup = [("username", "greta"), ("email", "greta@example.com"), ("password", PASSWORD)];
    let cases: [Sending<'_>; 5] = [
        ("/password/forgot", &[("username", "eve")], 200, "Check your email"),
        ("/browser/forget", &[], 200, "This browser is forgotten"),
        ("/signup", &signup, 200, "We have sent an email to greta@example.com"),
        ("/email/verify", &[("token", "kev_1")], 422, "This link cannot be used"),
        ("/password/reset", &[("token", "kpw_1"), ("password", PASSWORD)], 422, "This link cannot be used"),
    ];
    for (path, fields, status, says) in cases {
        let page = browser.get("/login").await;
        let (to, shown) = send(&browser, &page, path, fields).await;
        assert_eq!(shown.status, status, "{path}: {}", shown.text);
        assert!(shown.text.contains(says), "{path}: {}", shown.text);
        assert_eq!(bare(&browser.get(&to).await), bare(&shown), "{path} is not the same after a reload");
        assert!(!server.browser().get(&to).await.text.contains(says) || status == 422, "{path} says it to everybody");
    }
    // Many tries: the same, with the time to wait.
    for nth in 0..12 {
        let shown = log_in(&browser, "/login", "eve", &format!("wrong-but-long-{nth}")).await;
        assert_eq!(shown.status, if nth < 10 { 422 } else { 429 }, "{}", shown.text);
        assert_eq!(shown.header("retry-after").is_empty(), nth < 10);
    }
}

/// Tabs share 4 KB, whatever is typed into them; the oldest are forgotten.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_a_browser_keeps_for_pages_is_bounded(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let long = "\u{30a2}".repeat(250);
    for nth in 0..6 {
        let page = browser.get("/signup").await;
        let fields = [("username", &*long), ("first_name", &*long), ("last_name", &*long), ("email", "not an address")];
        let (to, shown) = send(&browser, &page, "/signup", &fields).await;
        assert!(shown.status == 422 && shown.text.contains("not an address"), "{nth}: {}", shown.text);
        let kept: Vec<_> = browser.cookies().into_iter().filter(|(name, _)| name.starts_with("gantry_page")).collect();
        let total: usize = kept.iter().map(|(_, value)| value.len()).sum();
        assert!(!kept.is_empty() && total <= 4000, "{total} bytes in {}", kept.len());
        assert!(kept.iter().any(|(name, _)| to.contains(name.trim_start_matches("gantry_page_"))), "{to}");
        server.advance(1000);
    }
    // A cookie of somebody's making, or of another page, shows nothing.
    let (to, _) = send(&browser, &browser.get("/signup").await, "/signup", &[("email", "greta")]).await;
    let name = to.split_once("form=").expect("a name").1;
    let own = browser.cookies()[&format!("gantry_page_{name}")].clone();
    for path in ["/login", "/password/forgot", "/login/code"] {
        let other = browser.get(&format!("{path}?form={name}")).await;
        assert!(other.status != 422 && !other.text.contains("greta"), "{path}");
    }
    browser.plant("gantry_page_other1", &own);
    for planted in ["other1", "x", "..", ""] {
        assert_eq!(browser.get(&format!("/signup?form={planted}")).await.status, 200, "{planted}");
    }
}
