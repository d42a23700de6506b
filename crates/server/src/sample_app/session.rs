//! The app's own sessions: a random cookie in the browser, the data in memory.
//!
//! Guarantees that the cookie's value is opaque and cannot be guessed, that scripts and other sites' forms cannot use
//! it, and that memory stays bounded.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use gantry_crypto::{Random, token};
use quick_cache::sync::Cache;

/// Maximum number of sessions; beyond it the cache evicts old ones.
const MOST: usize = 10_000;
const COOKIE: &str = "sample_app";

/// A login to this app.
#[derive(Clone)]
pub(super) struct Session {
    /// Login token, with which the server verifies the session.
    pub(super) token: String,
    pub(super) user_id: String,
}

/// The logins to this app.
pub(super) struct Sessions {
    by_cookie: Cache<String, Session>,
    random: Random,
    /// The app is served over https, so the cookie gets the attribute `Secure`.
    secure: bool,
}

impl Sessions {
    pub(super) fn new(random: Random, secure: bool) -> Self {
        Self { by_cookie: Cache::new(MOST), random, secure }
    }

    /// Returns the session of this browser.
    pub(super) fn find(&self, jar: &CookieJar) -> Option<Session> {
        self.by_cookie.get(jar.get(COOKIE)?.value())
    }

    /// Begins a session, always with a fresh cookie value, which prevents session fixation.
    pub(super) fn begin(&self, jar: CookieJar, session: Session) -> CookieJar {
        let jar = self.end(jar);
        let value = token::generate(None, &self.random);
        self.by_cookie.insert(value.clone(), session);
        jar.add(self.cookie(value))
    }

    /// Ends this browser's session, if there is one.
    pub(super) fn end(&self, jar: CookieJar) -> CookieJar {
        if let Some(cookie) = jar.get(COOKIE) {
            self.by_cookie.remove(cookie.value());
        }
        jar.remove(self.cookie(String::new()))
    }

    fn cookie(&self, value: String) -> Cookie<'static> {
        Cookie::build((COOKIE, value)).path("/").http_only(true).same_site(SameSite::Lax).secure(self.secure).build()
    }
}
