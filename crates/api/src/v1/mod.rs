//! The resources of v1, one file each; logins, passwords and email verification of users have files of their own.

pub mod app_hooks;
pub mod auth_providers;
pub mod authenticate;
pub mod credentials;
pub mod email_verification;
pub mod events;
pub mod hook_trials;
pub mod jwt_keys;
pub mod login_policies;
pub mod memberships;
pub mod orgs;
pub mod passwords;
pub mod realms;
pub mod recovery_codes;
pub mod sessions;
pub mod social;
pub mod user_tokens;
pub mod users;
mod wire;
