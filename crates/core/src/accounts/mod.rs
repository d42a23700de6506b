//! Accounts: who owns realms and API keys. An account is an org of the system realm, its people are the users of that
//! realm, and their rights are permissions of their memberships.

mod rules;
mod store;

pub use rules::{Furnished, NewAccount, all, find, found, only};
pub use store::{Account, statements};
