//! Accounts: the owners of realms and API keys. An account is an org of the system realm. Its people are users of the
//! system realm, and their rights are permissions of their memberships.

mod rules;
mod store;

pub use rules::{Furnished, NewAccount, all, find, found, only};
pub use store::{Account, statements};
