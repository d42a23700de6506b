//! Logins at social providers, from the redirect to the session.
//!
//! `begin` stores what the callback must present. The caller exchanges the code for an [`Identity`], and [`log_in`]
//! returns the result: a session, a required code, a required password, or a form. An identity that awaits a password
//! or a form is stored as a waiting identity, which only the user's browser can name.
//!
//! Guarantees: a provider's account leads to one user, and only by its id at the provider; an address links the two
//! only if both the provider and we have verified it; otherwise the account's password is required.

mod arrival;
mod begun;
mod identity;
mod matching;
mod signup;
mod store;
mod waiting;

pub use arrival::{Arrival, Arrived};
pub use begun::{Begun, Bound, Pending, Way, begin, find, give_up, record_refusal, refused, remove_expired};
pub use identity::Identity;
pub use matching::log_in;
pub use signup::sign_up;
pub(crate) use store::delete_of_realm;
pub use store::statements;
pub(crate) use waiting::attach;
pub use waiting::{Waiting, link, link_with_code, waiting};
