//! Memberships: a user's permissions, in an org or by themselves.

mod rules;
mod store;

pub(crate) use rules::{claims, insert};
pub use rules::of_user;
pub use store::{Membership, MemberOrg, statements};
