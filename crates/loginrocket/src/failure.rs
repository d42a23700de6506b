//! Localized error pages.
//!
//! Guarantee: the page for a forbidden resource is identical to the one for a missing resource.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use gantry_core::Error;

use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state::{Message, PageState, Phrase};
use crate::reader::Reader;
use crate::site::Site;

/// "Not found" page without a site, for missing and forbidden resources alike.
fn missing(loginrocket: &LoginRocket, reader: &Reader) -> Shown {
    page::nameless(loginrocket, reader, StatusCode::NOT_FOUND, ("missing-title", "missing"))
}

/// Rejects unknown hosts before a handler runs. If the browser keeps a message for the page, the page shows it instead.
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
    /// Returns the "not found" page of the site, for missing and forbidden resources alike.
    pub fn missing(&self, loginrocket: &LoginRocket) -> Shown {
        page::message(loginrocket, self, &Message::new(404, "missing-title", Phrase::plain("missing")))
    }

    /// Returns the error page of the site, with a way back; hidden resources get the "not found" page.
    pub fn failed(&self, loginrocket: &LoginRocket, error: Error) -> Shown {
        match failure_message(error) {
            Some(message) => page::message(loginrocket, self, &message),
            None => self.missing(loginrocket),
        }
    }
}

/// Returns the error as a message of a site; `None` for missing and hidden resources, such as those of other realms.
pub fn failure_message(error: Error) -> Option<Message> {
    let failure = Failure::of(error)?;
    let (status, title) = (failure.status.as_u16(), failure.words.0);
    Some(Message { retry_after: failure.retry_after, ..Message::new(status, title, failure.text()) })
}

/// Returns the error page for a request without a site.
pub fn failed(loginrocket: &LoginRocket, reader: &Reader, error: Error) -> Shown {
    match Failure::of(error) {
        Some(failure) => failure.waiting(page::nameless(loginrocket, reader, failure.status, failure.words)),
        None => missing(loginrocket, reader),
    }
}

/// Converts seconds to minutes for display, at least one.
pub fn minutes_to_wait(seconds: u64) -> u64 {
    seconds.div_ceil(60).max(1)
}

/// Status and texts of an error page.
struct Failure {
    status: StatusCode,
    /// Keys of title and text.
    words: (&'static str, &'static str),
    retry_after: Option<u64>,
}

impl Failure {
    /// Returns `None` for missing resources. Logs the error, once.
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

    /// Returns the text of a page that has a site. After too many attempts it says how long to wait.
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
