//! Forms of the hosted pages, each of which counts once, however often it is sent.
//!
//! Guarantees: a form is spent in the transaction of the change that it makes, and by the first event of it, so that no
//! rule can forget. Of two sendings at the same time, also on two nodes, one makes the change; the other changes nothing
//! and gets the first one's answer, which is sealed. What identifies a sending holds a secret of its browser, so nothing
//! of a form can be guessed from the database.

mod rules;
mod store;

pub(crate) use rules::spend;
pub use rules::{FormSubmission, Progress, keep_answer, progress, remove_expired};
pub use store::statements;
