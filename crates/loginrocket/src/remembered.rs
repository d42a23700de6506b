//! Cookies of the browser: one remembers a login on this host, the other makes it a trusted browser of users who have
//! logged in with it.

use axum::http::{HeaderMap, HeaderValue};
use gantry_core::known_browsers::{self, KnownBrowser};
use gantry_core::logins::LoggedIn;
use gantry_core::realms::Realm;
use gantry_core::sessions::{self, Remembered};
use gantry_web::cookies;
use secrecy::{ExposeSecret, SecretString};

use crate::loginrocket::LoginRocket;

const COOKIE: &str = "gantry_session";
const BROWSER: &str = "gantry_browser";

/// Returns the trusted-browser cookie that the browser sent.
pub fn known_browser(headers: &HeaderMap, secure: bool) -> Option<KnownBrowser> {
    cookies::read(headers, secure, BROWSER).and_then(KnownBrowser::new)
}

/// Returns whether the browser sent a session cookie, valid or not.
pub fn is_sent(headers: &HeaderMap, secure: bool) -> bool {
    cookies::read(headers, secure, COOKIE).is_some()
}

/// Returns the session cookie that the browser sent.
pub fn sent(loginrocket: &LoginRocket, headers: &HeaderMap) -> Option<SecretString> {
    cookies::read(headers, loginrocket.secure, COOKIE).map(SecretString::from)
}

/// Returns the login that the browser remembers, while its session is valid.
pub async fn login(
    loginrocket: &LoginRocket,
    realm: &Realm,
    headers: &HeaderMap,
) -> Result<Option<Remembered>, gantry_core::Error> {
    match sent(loginrocket, headers) {
        Some(value) => sessions::remembered(&loginrocket.core, realm, &value).await,
        None => Ok(None),
    }
}

/// Returns the cookies of a finished login: one for the session, as long as it may last, and one for the trusted
/// browser, for longer.
pub fn set(loginrocket: &LoginRocket, done: &LoggedIn) -> Vec<HeaderValue> {
    let session = done.cookie.as_ref().zip(done.opened.expires_at).map(|(value, until)| {
        let seconds = (until - done.opened.created_at) / 1000;
        cookies::set(loginrocket.secure, COOKIE, value.expose_secret(), Some(seconds))
    });
    session.into_iter().chain(done.browser.as_ref().map(|value| set_browser(loginrocket, value))).collect()
}

/// Returns the trusted-browser cookie.
pub fn set_browser(loginrocket: &LoginRocket, value: &SecretString) -> HeaderValue {
    cookies::set(loginrocket.secure, BROWSER, value.expose_secret(), Some(known_browsers::LIFETIME_S))
}

/// Clears the trusted-browser cookie.
pub fn clear_browser(loginrocket: &LoginRocket) -> HeaderValue {
    cookies::set(loginrocket.secure, BROWSER, "", Some(0))
}

/// Clears the session cookie.
pub fn clear(loginrocket: &LoginRocket) -> HeaderValue {
    cookies::set(loginrocket.secure, COOKIE, "", Some(0))
}
