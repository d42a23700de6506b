//! The errors of the product as words for the person.
//!
//! Guarantee: of what nobody may know of, the page is the same as of what is not there.

use std::borrow::Cow;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use gantry_core::Error;
use gantry_web::languages::Language;

use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::reader::Reader;
use crate::site::Site;

/// There is nothing here, or nobody may know of it.
pub fn missing(loginrocket: &LoginRocket, reader: &Reader) -> Shown {
    page::nameless(loginrocket, reader, StatusCode::NOT_FOUND, ("missing-title", "missing"))
}

/// What is no site is told so before a handler sees it.
impl FromRequestParts<LoginRocket> for Site {
    type Rejection = Shown;

    async fn from_request_parts(parts: &mut Parts, loginrocket: &LoginRocket) -> Result<Self, Shown> {
        Self::of(loginrocket, parts).await.map_err(|error| {
            let reader = Reader::of(loginrocket, &parts.method, &parts.uri, &parts.headers);
            failed(loginrocket, &reader, error)
        })
    }
}

impl Site {
    /// What a failure looks like to the person: a page of the site with a way back, but for what nobody may know of.
    pub fn failed(&self, loginrocket: &LoginRocket, error: Error) -> Shown {
        let Some(failure) = Failure::of(error) else { return missing(loginrocket, &self.reader) };
        let title = failure.words.0;
        let (url, label) = self.way_on();
        let told = (&*self.say(title), &*failure.text(&self.reader.language));
        failure.waiting(page::leading_on(loginrocket, self, failure.status, told, (&url, &label)))
    }
}

/// The same where there is no site.
pub fn failed(loginrocket: &LoginRocket, reader: &Reader, error: Error) -> Shown {
    match Failure::of(error) {
        Some(failure) => failure.waiting(page::nameless(loginrocket, reader, failure.status, failure.words)),
        None => missing(loginrocket, reader),
    }
}

/// Minutes to tell of these seconds, at least one.
pub fn minutes_to_wait(seconds: u64) -> u64 {
    seconds.div_ceil(60).max(1)
}

/// How a failure is told.
struct Failure {
    status: StatusCode,
    /// The keys of a title and of a text.
    words: (&'static str, &'static str),
    retry_after: Option<u64>,
}

impl Failure {
    /// None for what is not there. Logged here, once.
    fn of(error: Error) -> Option<Self> {
        let (status, words, retry_after) = match error {
            Error::Limited { retry_after } => {
                (StatusCode::TOO_MANY_REQUESTS, ("limited-title", "limited"), Some(retry_after))
            }
            Error::Unavailable { retry_after } => {
                (StatusCode::SERVICE_UNAVAILABLE, ("busy-title", "busy"), Some(retry_after))
            }
            Error::NotFound(_) => return None,
            Error::Internal(source, place) => {
                tracing::error!(%source, %place, "a page failed");
                (StatusCode::INTERNAL_SERVER_ERROR, ("fault-title", "fault"), None)
            }
            error => {
                tracing::warn!(%error, "a page could not be shown");
                (StatusCode::BAD_REQUEST, ("failed-title", "failed-again"), None)
            }
        };
        Some(Self { status, words, retry_after })
    }

    /// The text of a page that has a site. After too many tries it tells how long to wait.
    fn text<'a>(&self, language: &'a Language) -> Cow<'a, str> {
        match (self.words.1, self.retry_after.map(minutes_to_wait)) {
            ("limited", Some(1)) => language.say("limited-minute"),
            ("limited", Some(minutes)) => {
                let minutes = minutes.to_string();
                Cow::Owned(language.say_with("limited-minutes", &[("minutes", &minutes)]).into_owned())
            }
            (text, _) => language.say(text),
        }
    }

    fn waiting(&self, shown: Shown) -> Shown {
        match self.retry_after {
            Some(seconds) => shown.retrying_after(seconds),
            None => shown,
        }
    }
}
