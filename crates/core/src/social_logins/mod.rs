//! Logins at social providers: from the way there to the session that follows.
//!
//! `begin` keeps what the way back has to show. Whoever speaks to the provider turns the code into an [`Identity`];
//! [`log_in`] says what that comes to: a session, a code to show, a password to show once, a form to fill in. Whom the
//! password or the form is awaited from is kept as a waiting identity, which only their browser can name.
//!
//! Guarantees: a provider's account leads to one user, and only by its id there; an address connects the two only where
//! both the provider and we have verified it; else a right password of the account has to.

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
