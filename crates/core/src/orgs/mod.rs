//! Orgs: groups of users, such as the customers of an app. In the system realm they are the accounts.

mod rules;
mod store;

pub(crate) use rules::insert;
pub use store::{Org, statements};
