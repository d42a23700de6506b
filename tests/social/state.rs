//! The state of a login on its way: random, for one browser, used once, for half an hour (checks 4 and 36).

use rstest::rstest;

use super::visit::{Visit, path, query};
use crate::loginrocket::visit::location;
use crate::support::{Answer, Engine};

async fn visit(engine: Engine) -> Visit {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    visit
}

#[track_caller]
fn assert_expired(answer: &Answer) {
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(answer.text.contains("This login has expired"), "{}", answer.text);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_state_works_once(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let browser = visit.server.browser();
    let there = path(&browser.get("/auth/google").await);
    let back = visit.agree(&there).await;
    location(&browser.get(&back).await);
    assert_expired(&browser.get(&back).await);
    // Nor with another code for the same state.
    let again = visit.agree(&there).await;
    assert_expired(&browser.get(&again).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_state_is_for_the_browser_that_began(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let (eve, ada) = (visit.server.browser(), visit.server.browser());
    let back = visit.agree(&path(&eve.get("/auth/google").await)).await;
    // Login CSRF: eve has ada open her own way back.
    assert_expired(&ada.get(&back).await);
    ada.get("/auth/google").await;
    assert_expired(&ada.get(&back).await);
    assert!(!ada.cookies().keys().any(|name| name.contains("session")), "ada is not logged in as eve");
    location(&eve.get(&back).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_edited_or_missing_state_is_refused(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let browser = visit.server.browser();
    let there = path(&browser.get("/auth/google").await);
    let state = query(&there)["state"].clone();
    let back = visit.agree(&there).await;
    let last = if state.ends_with('a') { "b" } else { "a" };
    let edited = format!("{}{last}", &state[..state.len() - 1]);
    for wrong in [edited.as_str(), "", &state[1..], &format!("{state}a"), &state.to_lowercase(), "..%2F"] {
        assert_expired(&browser.get(&back.replace(&state, wrong)).await);
    }
    assert_expired(&browser.get("/auth/callback?code=code-1").await);
    assert_expired(&browser.get("/auth/callback").await);
    location(&browser.get(&back).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_state_lasts_half_an_hour(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let browser = visit.server.browser();
    let back = visit.agree(&path(&browser.get("/auth/google").await)).await;
    visit.advance(30 * 60 * 1000 - 1);
    location(&browser.get(&back).await);
    let back = visit.agree(&path(&browser.get("/auth/google").await)).await;
    visit.advance(30 * 60 * 1000);
    assert_expired(&browser.get(&back).await);
}

#[tokio::test]
async fn several_logins_may_be_on_their_way_in_one_browser() {
    let visit = visit(Engine::Sqlite).await;
    let browser = visit.server.browser();
    let first = visit.agree(&path(&browser.get("/auth/google?redir=/one").await)).await;
    let second = visit.agree(&path(&browser.get("/auth/google?redir=/two").await)).await;
    assert!(location(&browser.get(&first).await).query().unwrap_or_default().contains("redir=%2Fone"));
    assert!(location(&browser.get(&second).await).query().unwrap_or_default().contains("redir=%2Ftwo"));
}

/// The address that a browser comes back to says nothing of where the login goes on.
#[tokio::test]
async fn the_way_on_is_the_one_that_was_begun_with() {
    let visit = visit(Engine::Sqlite).await;
    let browser = visit.server.browser();
    let back = visit.agree(&path(&browser.get("/auth/google").await)).await;
    let answer = browser.get(&format!("{back}&redirect_uri=https://evil.test/&redir=/evil")).await;
    let url = location(&answer);
    assert!(url.as_str().starts_with("https://app.example.com/login?") && !url.as_str().contains("evil"), "{url}");
}

#[tokio::test]
async fn whoever_does_not_agree_is_told_so_and_can_begin_again() {
    let visit = visit(Engine::Sqlite).await;
    let browser = visit.server.browser();
    let state = query(&path(&browser.get("/auth/google?redir=/inbox").await))["state"].clone();
    let back = format!("/auth/callback?error=access_denied&error_description=%3Cb%3Eno%3C%2Fb%3E&state={state}");
    let answer = browser.get(&back).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.text.contains("You are not logged in") && !answer.text.contains("<b>no"), "{}", answer.text);
    assert!(answer.text.contains("redir=%2Finbox") || answer.text.contains("redir&#x3d;%2Finbox"), "{}", answer.text);
    assert_expired(&browser.get(&back).await);
}

#[tokio::test]
async fn the_way_there_takes_no_cookies_along_and_the_way_back_is_told_to_nobody() {
    let visit = visit(Engine::Sqlite).await;
    let browser = visit.server.browser();
    let there = browser.get("/auth/google").await;
    let cookie = there.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(!there.header("location").contains(cookie.split(['=', ';']).nth(1).expect("a value")));
    let back = visit.agree(there.header("location")).await;
    let done = browser.get(&back).await;
    assert_eq!(done.header("referrer-policy"), "strict-origin");
    assert_eq!(done.header("cache-control"), "no-store");
}

#[tokio::test]
async fn one_address_cannot_begin_logins_without_end() {
    let visit = visit(Engine::Sqlite).await;
    let browser = visit.server.browser();
    let mut begun = 0;
    while browser.get("/auth/google").await.status == 302 {
        begun += 1;
        assert!(begun <= 60);
    }
    assert_eq!(begun, 60);
    assert_eq!(browser.get("/auth/google").await.status, 429);
}

#[tokio::test]
async fn what_is_no_active_provider_is_not_there() {
    let visit = visit(Engine::Sqlite).await;
    let browser = visit.server.browser();
    for name in ["github", "password", "totp", "login_rocket", "ap_0000000000000000000000", "x", "%00"] {
        assert_eq!(browser.get(&format!("/auth/{name}")).await.status, 404, "{name}");
    }
    let fields = serde_json::json!({"auth_provider": {"state": "inactive"}});
    visit.server.put("auth_providers/google", fields).await.json(200);
    assert_eq!(browser.get("/auth/google").await.status, 404);
}
