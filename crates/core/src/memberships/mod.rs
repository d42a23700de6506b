//! Memberships: a user's permissions, in an org or without one.
//!
//! Expired memberships are never returned, even before [`remove_expired`] removes them.

mod expiry;
mod fields;
mod import;
mod rules;
mod store;

pub use expiry::remove_expired;
pub(crate) use fields::is_permission;
pub(crate) use import::{imported, insert_imported, update_imported};
pub use rules::{Embedded, OFFER, Of, create, delete, find, list, of_org, of_user, update};
pub(crate) use rules::{claims, delete_of_org, delete_of_user, grant};
pub use store::{MemberOrg, Membership, statements};
