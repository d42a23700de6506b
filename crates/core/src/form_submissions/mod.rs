//! Form submissions of the hosted pages: each takes effect once, however often it is sent.
//!
//! Guarantees: a submission is spent in the transaction of its change, by the first event of that transaction, so that
//! no rule can omit it. Of two concurrent submissions of a form, even on two nodes, one makes the change; the other
//! changes nothing and gets the first one's response, which is stored sealed. The hash that identifies a submission
//! includes a secret of the browser, so the form's content cannot be guessed from the database.

mod rules;
mod store;

pub(crate) use rules::spend;
pub use rules::{FormSubmission, Progress, keep_answer, progress, remove_expired};
pub use store::statements;
