//! Objects as the API returns them, for other output that shows the same objects, such as the command line.

use gantry_core::sessions::Session;
use gantry_core::users::User;
use serde::Serialize;

use crate::v1::{sessions, users};

pub use crate::v1::users::view as user;

/// Returns a user as an item of a list, with custom attributes.
pub fn user_item(user: &User, now_ms: i64) -> impl Serialize + '_ {
    users::item(user, true, now_ms)
}

/// Returns a session as an item of a list, with its user.
pub fn session_of<'a>(session: &'a Session, user: &'a User, now_ms: i64) -> impl Serialize + 'a {
    sessions::of_user(session, user, now_ms)
}
