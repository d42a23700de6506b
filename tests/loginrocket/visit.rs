//! What the tests of the hosted pages share: logging in by form, reading where one is sent, changing settings.

use gantry_db::{Query, Sql, params};
use serde_json::{Value, json};
use url::Url;

use crate::support::{Answer, Browser, TestServer};

/// Every test user's password.
pub const PASSWORD: &str = "tr0mbone-under-glass";

const SET_LOGIN_ROCKET: Sql<()> = Sql::constant(
    "SET_LOGIN_ROCKET",
    "UPDATE auth_providers SET settings = $2, state = $3 WHERE realm_id = $1 AND provider_type = 'login_rocket'",
    "UPDATE auth_providers SET settings = ?2, state = ?3 WHERE realm_id = ?1 AND provider_type = 'login_rocket'",
);

/// The event of a reset mail.
pub const RESET: &str = "user.password_token.created";
/// The event of a verification mail.
pub const VERIFICATION: &str = "user.email.verification_requested";

/// Sends the login page's form.
pub async fn log_in(browser: &Browser, path: &str, username: &str, password: &str) -> Answer {
    browser.submit(path, &[("username", username), ("password", password)]).await
}

/// Where a redirect leads.
#[track_caller]
pub fn location(answer: &Answer) -> Url {
    assert_eq!(answer.status, 302, "{}", answer.text);
    Url::parse(answer.header("location")).expect("a whole address")
}

/// A parameter of the address, which must not have it twice.
#[track_caller]
pub fn param(url: &Url, name: &str) -> Option<String> {
    let found: Vec<_> = url.query_pairs().filter(|(known, _)| known == name).collect();
    assert!(found.len() < 2, "{name} twice in {url}");
    found.first().map(|(_, value)| value.clone().into_owned())
}

/// The login token that a redirect carries.
#[track_caller]
pub fn token(answer: &Answer) -> String {
    param(&location(answer), "token").expect("a token")
}

/// Changes LoginRocket's settings; those left out have their defaults.
pub async fn set_login_rocket(server: &TestServer, settings: &Value, state: &str) {
    set_login_rocket_elsewhere(server, settings, state).await;
    server.app.core.configuration.changed();
}

/// The same by another process.
pub async fn set_login_rocket_elsewhere(server: &TestServer, settings: &Value, state: &str) {
    let mut tx = server.app.core.db.begin().await.expect("a transaction");
    let settings = settings.to_string();
    tx.execute(&SET_LOGIN_ROCKET, params![server.realm(), &settings, state]).await.expect("set");
    tx.commit().await.expect("committed");
}

/// Changes the Connected App.
pub async fn set_app(server: &TestServer, fields: Value) {
    let path = format!("login_policies/{}", server.made.app.id);
    server.put(&path, json!({ "login_policy": fields })).await.json(200);
}

/// Switches the realm's passwords on or off.
pub async fn set_passwords(server: &TestServer, state: &str) {
    set_password_provider(server, &json!({ "state": state })).await;
}

/// Changes the realm's rules of passwords.
pub async fn set_password_provider(server: &TestServer, fields: &Value) {
    let list = server.get("auth_providers").await.json(200);
    let all = list["collection"].as_array().expect("a list");
    let id = all.iter().find(|one| one["provider_type"] == "password").expect("passwords")["id"].clone();
    let path = format!("auth_providers/{}", id.as_str().expect("an id"));
    server.put(&path, json!({ "auth_provider": fields })).await.json(200);
}

/// Asks for a reset mail.
pub async fn forget(browser: &Browser, path: &str, name: &str) -> Answer {
    browser.submit(path, &[("username", name)]).await
}

/// How many events of this type the realm has.
pub async fn events(server: &TestServer, event_type: &str) -> usize {
    let list = server.get(&format!("events?event_type={event_type}&max_results=100")).await.json(200);
    list["collection"].as_array().expect("a list").len()
}

/// The hidden token of the page's form.
#[track_caller]
pub fn csrf(page: &Answer) -> String {
    let rest = page.text.split_once("name=\"csrf\" value=\"").expect("a form with a token").1;
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Whether the page says anything of ada. Letters alone prove nothing: random tokens have them too.
pub fn tells_of_ada(page: &Answer) -> bool {
    [" ada", ">ada", "Lovelace", "@example.com"].iter().any(|told| read(&page.text).contains(told))
}

/// A hidden field of the page's form.
#[track_caller]
pub fn hidden(page: &Answer, name: &str) -> String {
    let rest = page.text.split_once(&format!("type=\"hidden\" name=\"{name}\" value=\"")).expect("the field").1;
    read(rest.split('"').next().unwrap_or_default())
}

/// The page with the character references read that stand in its attributes.
pub fn read(html: &str) -> String {
    html.replace("&#x2f;", "/").replace("&#x3d;", "=").replace("&quot;", "\"").replace("&amp;", "&")
}
