//! Who is logged in to this app: a random cookie in the browser, the rest here.
//!
//! Guarantees that the cookie's value says nothing and cannot be guessed, that scripts and other sites' forms cannot
//! use it, and that memory stays bounded.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use gantry_crypto::{Random, token};
use quick_cache::sync::Cache;

/// Least recently used ones give way.
const MOST: usize = 10_000;
const COOKIE: &str = "sample_app";

/// A login to this app.
#[derive(Clone)]
pub(super) struct Session {
    /// The login token, to ask the server whether the session still lives.
    pub(super) token: String,
    pub(super) user_id: String,
}

/// The logins to this app.
pub(super) struct Sessions {
    by_cookie: Cache<String, Session>,
    random: Random,
    /// Whether the app is on https, so that the cookie stays there.
    secure: bool,
}

impl Sessions {
    pub(super) fn new(random: Random, secure: bool) -> Self {
        Self { by_cookie: Cache::new(MOST), random, secure }
    }

    /// The session of this browser.
    pub(super) fn find(&self, jar: &CookieJar) -> Option<Session> {
        self.by_cookie.get(jar.get(COOKIE)?.value())
    }

    /// Begins a session, always under a fresh value, so that nobody can plant one beforehand.
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
