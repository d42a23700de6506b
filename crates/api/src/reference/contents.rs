//! Order of the resources in the reference.

use super::shape::Resource;
use super::{
    app_hooks, auth_providers, credentials, events, jwt_keys, login_policies, memberships, orgs, realms, sessions,
    user_tokens, users,
};

/// Returns every resource of the API, in the order of the reference.
pub fn resources() -> Vec<Resource> {
    vec![
        realms::resource(),
        users::resource(),
        credentials::resource(),
        user_tokens::resource(),
        orgs::resource(),
        memberships::resource(),
        sessions::resource(),
        auth_providers::resource(),
        jwt_keys::resource(),
        login_policies::resource(),
        app_hooks::resource(),
        events::resource(),
    ]
}
