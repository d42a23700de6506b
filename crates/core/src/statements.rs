//! All SQL statements of the server, for checks.

use gantry_db::Statement;

use crate::{
    accounts, api_keys, app_hooks, auth_providers, challenges, connected_apps, credentials, events, exports,
    failed_attempts, form_submissions, imports, installation, jwt_keys, known_browsers, memberships, notifications,
    one_time_tokens, orgs, outbox, realms, recovery_codes, sessions, signup_tokens, social_logins, users,
};

/// Returns all statements; a test compares the list with the files that contain SQL.
pub fn all() -> Vec<Statement> {
    [
        accounts::statements(),
        api_keys::statements(),
        app_hooks::statements(),
        auth_providers::statements(),
        challenges::statements(),
        connected_apps::statements(),
        credentials::statements(),
        events::statements(),
        exports::statements(),
        failed_attempts::statements(),
        form_submissions::statements(),
        imports::statements(),
        installation::statements(),
        jwt_keys::statements(),
        known_browsers::statements(),
        memberships::statements(),
        notifications::statements(),
        one_time_tokens::statements(),
        orgs::statements(),
        outbox::statements(),
        realms::statements(),
        recovery_codes::statements(),
        sessions::statements(),
        signup_tokens::statements(),
        social_logins::statements(),
        users::statements(),
    ]
    .concat()
}
