//! Memberships: a user's permissions, in an org or by themselves.

mod rules;
mod store;

pub use rules::of_user;
pub(crate) use rules::{claims, insert};
pub use store::{MemberOrg, Membership, statements};
