//! The browser's cookie that remembers a login on this host.

use axum::http::HeaderValue;
use gantry_core::logins::LoggedIn;
use gantry_core::sessions::{self, Remembered};
use gantry_web::cookies;
use secrecy::{ExposeSecret, SecretString};

use crate::routes::LoginRocket;
use crate::site::Site;

const COOKIE: &str = "gantry_session";

/// What the browser sent.
pub fn sent(loginrocket: &LoginRocket, site: &Site) -> Option<SecretString> {
    cookies::read(&site.headers, loginrocket.secure, COOKIE).map(SecretString::from)
}

/// The login that the browser remembers, while its session lives.
pub async fn login(loginrocket: &LoginRocket, site: &Site) -> Result<Option<Remembered>, gantry_core::Error> {
    match sent(loginrocket, site) {
        Some(value) => sessions::remembered(&loginrocket.core, &site.realm, &value).await,
        None => Ok(None),
    }
}

/// Remembers a finished login for as long as its session may last.
pub fn set(loginrocket: &LoginRocket, done: &LoggedIn) -> Vec<HeaderValue> {
    let (Some(value), Some(until)) = (&done.cookie, done.opened.expires_at) else { return Vec::new() };
    let seconds = (until - done.opened.created_at) / 1000;
    vec![cookies::set(loginrocket.secure, COOKIE, value.expose_secret(), Some(seconds))]
}

/// Forgets it.
pub fn clear(loginrocket: &LoginRocket) -> HeaderValue {
    cookies::set(loginrocket.secure, COOKIE, "", Some(0))
}
