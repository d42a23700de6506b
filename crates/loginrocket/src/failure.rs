//! The errors of the product as words for the person.
//!
//! Guarantee: of what nobody may know of, the page is the same as of what is not there.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use gantry_core::Error;

use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state::{Message, PageState, Phrase};
use crate::reader::Reader;
use crate::site::Site;

/// There is nothing here, or nobody may know of it: the page of no site.
fn missing(loginrocket: &LoginRocket, reader: &Reader) -> Shown {
    page::nameless(loginrocket, reader, StatusCode::NOT_FOUND, ("missing-title", "missing"))
}

/// What is no site is told so before a handler sees it, and where the browser keeps a message for the page, the page
/// shows that.
impl FromRequestParts<LoginRocket> for Site {
    type Rejection = Shown;

    async fn from_request_parts(parts: &mut Parts, loginrocket: &LoginRocket) -> Result<Self, Shown> {
        let mut site = Self::of(loginrocket, parts).await.map_err(|error| {
            let reader = Reader::of(loginrocket, &parts.method, &parts.uri, &parts.headers);
            failed(loginrocket, &reader, error)
        })?;
        if matches!(parts.method, Method::GET | Method::HEAD) {
            let mut state = PageState::of(loginrocket, &site).unwrap_or_default();
            if let Some(message) = state.message.take() {
                return Err(page::message(loginrocket, &site, &message));
            }
            site.state = state;
        }
        Ok(site)
    }
}

impl Site {
    /// There is nothing at this address, or nobody may know of it.
    pub fn missing(&self, loginrocket: &LoginRocket) -> Shown {
        page::message(loginrocket, self, &Message::new(404, "missing-title", Phrase::plain("missing")))
    }

    /// What a failure looks like to the person: a page of the site with a way back, but for what nobody may know of.
    pub fn failed(&self, loginrocket: &LoginRocket, error: Error) -> Shown {
        match failure_message(error) {
            Some(message) => page::message(loginrocket, self, &message),
            None => self.missing(loginrocket),
        }
    }
}

/// The failure as a message of a site; `None` for what stays hidden, as things of other realms do.
pub fn failure_message(error: Error) -> Option<Message> {
    let failure = Failure::of(error)?;
    let (status, title) = (failure.status.as_u16(), failure.words.0);
    Some(Message { retry_after: failure.retry_after, ..Message::new(status, title, failure.text()) })
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
    fn text(&self) -> Phrase {
        match (self.words.1, self.retry_after.map(minutes_to_wait)) {
            ("limited", Some(1)) => Phrase::plain("limited-minute"),
            ("limited", Some(minutes)) => Phrase::with("limited-minutes", "minutes", &minutes.to_string()),
            (text, _) => Phrase::plain(text),
        }
    }

    fn waiting(&self, shown: Shown) -> Shown {
        match self.retry_after {
            Some(seconds) => shown.retrying_after(seconds),
            None => shown,
        }
    }
}
