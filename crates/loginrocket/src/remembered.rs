//! The browser's cookies: one remembers a login on this host, the other that the user has logged in with this browser
//! before.

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

/// What the browser sent to show that it is known.
pub fn known_browser(headers: &HeaderMap, secure: bool) -> Option<KnownBrowser> {
    cookies::read(headers, secure, BROWSER).and_then(KnownBrowser::new)
}

/// Whether the browser sent anything that may be a login.
pub fn is_sent(headers: &HeaderMap, secure: bool) -> bool {
    cookies::read(headers, secure, COOKIE).is_some()
}

/// What the browser sent.
pub fn sent(loginrocket: &LoginRocket, headers: &HeaderMap) -> Option<SecretString> {
    cookies::read(headers, loginrocket.secure, COOKIE).map(SecretString::from)
}

/// The login that the browser remembers, while its session lives.
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

/// Remembers a finished login for as long as its session may last, and the browser for longer.
pub fn set(loginrocket: &LoginRocket, done: &LoggedIn) -> Vec<HeaderValue> {
    let session = done.cookie.as_ref().zip(done.opened.expires_at).map(|(value, until)| {
        let seconds = (until - done.opened.created_at) / 1000;
        cookies::set(loginrocket.secure, COOKIE, value.expose_secret(), Some(seconds))
    });
    session.into_iter().chain(done.browser.as_ref().map(|value| set_browser(loginrocket, value))).collect()
}

/// Remembers the browser.
pub fn set_browser(loginrocket: &LoginRocket, value: &SecretString) -> HeaderValue {
    cookies::set(loginrocket.secure, BROWSER, value.expose_secret(), Some(known_browsers::LIFETIME_S))
}

/// Makes the browser a stranger.
pub fn clear_browser(loginrocket: &LoginRocket) -> HeaderValue {
    cookies::set(loginrocket.secure, BROWSER, "", Some(0))
}

/// Forgets it.
pub fn clear(loginrocket: &LoginRocket) -> HeaderValue {
    cookies::set(loginrocket.secure, COOKIE, "", Some(0))
}
