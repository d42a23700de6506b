//! Orgs: groups of users, such as the customers of an app. In the system realm they are the accounts.

mod fields;
mod import;
mod rules;
mod store;

pub(crate) use import::{Imported, imported, insert_imported, named_in_import, update_imported};
pub(crate) use rules::found;
pub use rules::{OFFER, create, delete, find, list, update};
pub(crate) use store::lock;
pub use store::{Org, statements};
