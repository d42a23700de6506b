//! The order in which the API is told.

use super::shape::Resource;
use super::{credentials, events, login_policies, memberships, orgs, realms, sessions, users};

/// Every resource of the API, in the order of the reference.
pub fn resources() -> Vec<Resource> {
    vec![
        realms::resource(),
        users::resource(),
        credentials::resource(),
        orgs::resource(),
        memberships::resource(),
        sessions::resource(),
        login_policies::resource(),
        events::resource(),
    ]
}
