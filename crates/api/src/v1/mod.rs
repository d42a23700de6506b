//! The resources of v1: how each looks on the wire, and its calls.

pub mod events;
pub mod login_policies;
pub mod memberships;
pub mod orgs;
pub mod realms;
pub mod sessions;
pub mod users;
pub mod wire;
