//! Templates are read and rendered beside the requests: on threads that may be busy, few at a time.
//!
//! What a template can do is bounded by [`syntax`](super::syntax) and by fuel. These bounds are for a machine that is
//! slower than was thought, so that it never shows in the time that other requests take.

use std::time::Duration;

use gantry_core::app_hooks::Renderer;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::{Merge, Rendered, fill};

/// Templates that are read or rendered at one time, in the whole process.
const MAX_RENDERINGS: usize = 2;
/// How long one may take. It is hundreds of times what the largest template takes.
const DEADLINE: Duration = Duration::from_secs(10);

static PERMITS: Semaphore = Semaphore::const_new(MAX_RENDERINGS);

/// A mail that is to be rendered.
#[derive(Debug)]
pub struct MailDraft {
    /// How the body is read.
    pub renderer: Renderer,
    /// The template of the subject.
    pub subject: String,
    /// The template of the body.
    pub body: String,
    /// What both may use.
    pub merge: Merge,
}

/// Says what is wrong with a template, as the end of a sentence that begins with the field's name.
pub async fn check(text: String) -> Result<(), String> {
    run("cannot be read in time", move || fill::check(&text)).await
}

/// Renders a mail. Why it cannot be is a sentence without any of the values.
pub async fn render(draft: MailDraft) -> Result<Rendered, String> {
    let work = move || super::render::render(draft.renderer, &draft.subject, &draft.body, &draft.merge);
    run("Email template cannot be rendered in time", work).await
}

async fn run<T: Send + 'static>(
    late: &str,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    // The semaphore is never closed. The permit goes with the work, which goes on when nobody waits for it any more.
    let permit = PERMITS.acquire().await.ok();
    let task = spawn_blocking(move || {
        let done = work();
        drop(permit);
        done
    });
    match timeout(DEADLINE, task).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) | Err(_) => Err(late.to_owned()),
    }
}
