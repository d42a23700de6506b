//! The v1 API, one file per resource, from the tables of its documentation.

mod api_users;
mod authenticate;
mod concurrency;
mod credentials;
mod email_verification;
mod events;
mod keys;
mod login_policies;
mod memberships;
mod orgs;
mod passwords;
mod rates;
mod raw;
mod realm_of_call;
mod realms;
mod reference;
mod rights;
mod session_kinds;
mod sessions;
mod transport;
mod two_factor;
mod user_changes;
mod user_lists;
mod user_tokens;
mod users;
