//! Checks and renders templates on blocking threads, a few at a time, so that requests are not delayed.
//!
//! The work of a template is bounded by [`syntax`](super::syntax) and by fuel. The bounds here protect the latency of
//! other requests on a machine that is slower than expected.

use std::time::Duration;

use gantry_core::app_hooks::Renderer;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::{Merge, Rendered, fill};

/// Maximum number of concurrent checks and renderings in the process.
const MAX_RENDERINGS: usize = 2;
/// Deadline of one template, hundreds of times what the largest one needs.
const DEADLINE: Duration = Duration::from_secs(10);

static PERMITS: Semaphore = Semaphore::const_new(MAX_RENDERINGS);

/// Mail to be rendered.
#[derive(Debug)]
pub struct MailDraft {
    /// Renderer of the body.
    pub renderer: Renderer,
    /// Template of the subject.
    pub subject: String,
    /// Template of the body.
    pub body: String,
    /// Merge fields for both templates.
    pub merge: Merge,
}

/// Checks a template. The error is the end of a sentence that begins with the field's name.
pub async fn check(text: String) -> Result<(), String> {
    run("cannot be read in time", move || fill::check(&text)).await
}

/// Renders a mail. The error is a sentence that contains no values.
pub async fn render(draft: MailDraft) -> Result<Rendered, String> {
    let work = move || super::render::render(draft.renderer, &draft.subject, &draft.body, &draft.merge);
    run("Email template cannot be rendered in time", work).await
}

async fn run<T: Send + 'static>(
    late: &str,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    // The semaphore is never closed. The permit moves into the task, which continues after its deadline has passed.
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
