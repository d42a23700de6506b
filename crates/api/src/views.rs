//! Objects as the API answers them, for what else shows them: the command line speaks of the same things.

use gantry_core::sessions::Session;
use gantry_core::users::User;
use serde::Serialize;

use crate::v1::{sessions, users};

pub use crate::v1::users::view as user;

/// A user as an item of a list, with custom attributes.
pub fn user_item(user: &User, now_ms: i64) -> impl Serialize + '_ {
    users::item(user, true, now_ms)
}

/// A session as an item of a list, with its user.
pub fn session_of<'a>(session: &'a Session, user: &'a User, now_ms: i64) -> impl Serialize + 'a {
    sessions::of_user(session, user, now_ms)
}
