//! Deduplication of forms: a duplicate submission gets the response to the first one.
//!
//! Guarantees: a submission is processed to its end even if the browser disconnects, since one that sends a form twice
//! no longer waits for the first response. Of two at once on this node only one is processed; of two on different
//! nodes, the database lets only one change anything (`core::form_submissions`). A shared response is always a redirect
//! with cookies.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use gantry_core::Error;
use gantry_core::form_submissions::{self, FormSubmission, Progress};
use gantry_core::realms::Realm;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state;

/// Poll interval for another node's response.
const ASKING: Duration = Duration::from_millis(50);
/// Maximum number of polls.
const MOST_QUESTIONS: u32 = 100;

/// Submissions being processed, by hash.
#[derive(Default)]
pub struct Submissions(std::sync::Mutex<HashMap<[u8; 32], Weak<Seat>>>);

/// One submission: the holder of the lock processes it, and leaves the response for those that wait.
type Seat = Mutex<Option<RedirectAnswer>>;

/// Response to a form.
#[derive(Clone, Serialize, Deserialize)]
struct RedirectAnswer {
    location: String,
    cookies: Vec<String>,
}

impl Submissions {
    fn seat(&self, hash: [u8; 32]) -> Arc<Seat> {
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seat) = seats.get(&hash).and_then(Weak::upgrade) {
            return seat;
        }
        let seat = Arc::new(Mutex::new(None));
        seats.insert(hash, Arc::downgrade(&seat));
        seat
    }

    /// Removes a submission that no request is using any more.
    fn leave(&self, hash: [u8; 32], seat: Arc<Seat>) {
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(seat);
        if seats.get(&hash).is_some_and(|seat| seat.strong_count() == 0) {
            seats.remove(&hash);
        }
    }
}

impl RedirectAnswer {
    /// Returns `None` for a page, which means that nothing was changed.
    fn of(shown: &Shown) -> Option<Self> {
        let location = shown.location()?.to_owned();
        let cookies = shown.cookies().filter_map(|cookie| cookie.to_str().ok().map(str::to_owned));
        Some(Self { location, cookies: cookies.collect() })
    }

    fn show(&self, loginrocket: &LoginRocket) -> Shown {
        let cookies = self.cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok());
        page::redirect_with(loginrocket, &self.location, cookies.collect())
    }
}

/// Wraps a form handler so that each submission is processed once.
pub fn once<F, Fut>(handler: F) -> impl Fn(State<LoginRocket>, Form) -> Answering + Copy + Send + Sync + 'static
where
    F: Fn(LoginRocket, Form) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Shown> + Send + 'static,
{
    move |State(loginrocket): State<LoginRocket>, form: Form| -> Answering {
        Box::pin(async move {
            let (nowhere, reader) = (loginrocket.clone(), form.site.reader.clone());
            let work = tokio::spawn(async move { answer(loginrocket, form, handler).await });
            work.await.unwrap_or_else(|_| {
                page::nameless(&nowhere, &reader, StatusCode::INTERNAL_SERVER_ERROR, ("fault-title", "fault"))
            })
        })
    }
}

/// Future of a form's response.
pub type Answering = Pin<Box<dyn Future<Output = Shown> + Send>>;

async fn answer<F, Fut>(loginrocket: LoginRocket, form: Form, handler: F) -> Shown
where
    F: Fn(LoginRocket, Form) -> Fut,
    Fut: Future<Output = Shown>,
{
    let hash = form.submission.hash();
    let seat = loginrocket.submissions.seat(hash);
    let mut answered = seat.lock().await;
    let shown = if let Some(answered) = &*answered {
        answered.show(&loginrocket)
    } else {
        let shown = first_or_same(&loginrocket, form, handler).await;
        *answered = RedirectAnswer::of(&shown);
        shown
    };
    drop(answered);
    loginrocket.submissions.leave(hash, seat);
    shown
}

/// Processes a form that has changed nothing yet; otherwise returns its earlier response.
async fn first_or_same<F, Fut>(loginrocket: &LoginRocket, form: Form, handler: F) -> Shown
where
    F: Fn(LoginRocket, Form) -> Fut,
    Fut: Future<Output = Shown>,
{
    let (realm, submission) = (form.site.realm.clone(), form.submission.clone());
    let stale = form.site.kept.at(&form.site.path);
    let clears = page_state::clear(loginrocket, &form.site);
    match found(loginrocket, &realm, &submission).await {
        Ok(Found::Answer(answer)) => return answer.show(loginrocket),
        Ok(Found::Nothing) => {}
        Ok(Found::Lost) => return page::redirect_with(loginrocket, &stale, Vec::new()),
        Err(error) => return form.site.failed(loginrocket, error),
    }
    let mut shown = handler(loginrocket.clone(), form).await;
    if let Some(clears) = clears
        && shown.location().is_some()
        && !shown.sets_same(&clears)
    {
        shown = shown.with_cookie(clears);
    }
    if submission.is_spent() {
        if let Some(answer) = RedirectAnswer::of(&shown) {
            // The browser need not wait for this.
            tokio::spawn(keep(loginrocket.clone(), realm, submission, answer));
        }
        return shown;
    }
    // Nothing was changed here. Another node may have processed the form meanwhile.
    match found(loginrocket, &realm, &submission).await {
        Ok(Found::Answer(answer)) => answer.show(loginrocket),
        Ok(Found::Lost) => page::redirect_with(loginrocket, &stale, Vec::new()),
        Ok(Found::Nothing) | Err(_) => shown,
    }
}

/// What is known about a form that may be a duplicate.
enum Found {
    Nothing,
    Answer(RedirectAnswer),
    /// The form changed something, but its response was not stored in time; the node may have crashed.
    Lost,
}

async fn found(loginrocket: &LoginRocket, realm: &Realm, submission: &FormSubmission) -> Result<Found, Error> {
    let mut ticks = tokio::time::interval(ASKING);
    for _ in 0..MOST_QUESTIONS {
        match form_submissions::progress(&loginrocket.core, realm, submission).await? {
            Progress::Unspent => return Ok(Found::Nothing),
            Progress::Answered(answer) => {
                return serde_json::from_slice(&answer).map(Found::Answer).map_err(Error::internal);
            }
            Progress::Spent => ticks.tick().await,
        };
    }
    Ok(Found::Lost)
}

/// Stores the response for a later duplicate.
async fn keep(loginrocket: LoginRocket, realm: Realm, submission: FormSubmission, answer: RedirectAnswer) {
    let Ok(answer) = serde_json::to_vec(&answer) else { return };
    if let Err(error) = form_submissions::keep_answer(&loginrocket.core, &realm, &submission, &answer).await {
        tracing::warn!(%error, "the answer of a form cannot be kept");
    }
}
