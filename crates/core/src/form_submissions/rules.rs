//! Spending a form submission, and storing and finding its response.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gantry_crypto::{hex, token};
use gantry_db::Tx;
use zeroize::Zeroizing;

use super::store;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::page::BATCH;
use crate::realms::Realm;

/// Milliseconds for which a repeated submission gets the first one's response.
const LIFETIME_MS: i64 = 5 * 60 * 1000;

/// One submission of a form. Clones share its state.
#[derive(Clone)]
pub struct FormSubmission(Arc<Inner>);

struct Inner {
    hash: [u8; 32],
    is_spent: AtomicBool,
}

impl FormSubmission {
    /// Creates a submission, identified by all that the browser sent: two with the same `content` are one. `content`
    /// must include a secret that only the browser has.
    pub fn new(content: &str) -> Self {
        Self(Arc::new(Inner { hash: token::hash(content), is_spent: AtomicBool::new(false) }))
    }

    /// Returns the hash that identifies it.
    pub fn hash(&self) -> [u8; 32] {
        self.0.hash
    }

    /// Returns whether a change of this instance, not of a repeated submission, is committed.
    pub fn is_spent(&self) -> bool {
        self.0.is_spent.load(Ordering::Acquire)
    }
}

impl fmt::Debug for FormSubmission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormSubmission(…)")
    }
}

impl PartialEq for FormSubmission {
    fn eq(&self, other: &Self) -> bool {
        token::same(&self.0.hash, &other.0.hash)
    }
}

impl Eq for FormSubmission {}

/// Progress of the first submission of a form.
pub enum Progress {
    /// It has committed no change.
    Unspent,
    /// It has committed a change, and its response is not stored yet.
    Spent,
    /// Its response is stored.
    Answered(Zeroizing<Vec<u8>>),
}

/// Records, in the transaction of a change, that the actor's form submission made it.
///
/// # Errors
/// [`Error::AlreadySubmitted`] if an earlier submission of the form did: this one must change nothing.
pub(crate) async fn spend(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor) -> Result<()> {
    let Some(submission) = &actor.origin.submission else { return Ok(()) };
    if submission.is_spent() || !tx.is_first("form submission") {
        return Ok(());
    }
    let now = core.clock.now_ms();
    if !store::insert(tx, &realm.id, &submission.hash(), now + LIFETIME_MS, now).await? {
        return Err(Error::AlreadySubmitted);
    }
    let submission = submission.clone();
    tx.afterwards(move || submission.0.is_spent.store(true, Ordering::Release));
    Ok(())
}

/// Stores the response of a spent submission, sealed.
pub async fn keep_answer(core: &Core, realm: &Realm, submission: &FormSubmission, answer: &[u8]) -> Result<()> {
    let hash = submission.hash();
    let sealed = core.master.seal(&place(realm, &hash), answer, &core.random);
    store::set_answer(&core.db, &realm.id, &hash, &sealed).await
}

/// Returns the progress of the first submission of this form.
pub async fn progress(core: &Core, realm: &Realm, submission: &FormSubmission) -> Result<Progress> {
    let hash = submission.hash();
    let Some(found) = store::find(&core.db, &realm.id, &hash, core.clock.now_ms()).await? else {
        return Ok(Progress::Unspent);
    };
    let Some(sealed) = found.answer else { return Ok(Progress::Spent) };
    core.master.open(&place(realm, &hash), &sealed).map(Progress::Answered).map_err(Error::internal)
}

fn place(realm: &Realm, hash: &[u8]) -> String {
    format!("form_submissions/{}/{}/answer", realm.id, hex::encode(hash))
}

/// Removes up to a batch of expired submissions. Returns whether there may be more.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let removed = store::delete_expired(&mut tx, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(removed == BATCH)
}
