//! The product without HTTP: one folder per resource; each change is one transaction that includes its event.
//!
//! In each folder, `mod.rs` has the enums and the exports, `rules.rs` the operations, `fields.rs` the validation of
//! sent fields, and `store.rs` only the SQL. Every operation takes the [`Core`], the [`realms::Realm`] that it works on
//! (holding one proves that the caller may see it) and the calling [`actor::Actor`].

#![warn(missing_docs)]

pub mod accounts;
pub mod actor;
pub mod api_keys;
pub mod app_hooks;
pub mod auth_providers;
pub mod browser_seal;
pub mod challenges;
pub mod clock;
pub mod configuration;
pub mod connected_apps;
mod core;
pub mod credentials;
pub mod error;
pub mod events;
pub mod exports;
pub mod failed_attempts;
pub mod fields;
pub mod form_submissions;
pub mod imports;
pub mod installation;
pub mod json;
pub mod jwt_keys;
pub mod known_browsers;
pub mod logins;
pub mod memberships;
pub mod metrics;
pub mod migrations;
pub mod notifications;
pub mod one_time_tokens;
pub mod orgs;
pub mod outbox;
pub mod page;
pub mod realms;
pub mod recovery_codes;
pub mod sessions;
pub mod signup_tokens;
pub mod social_logins;
pub mod statements;
pub mod text;
pub mod tries;
pub mod users;
pub mod web_origin;
pub mod words;

pub use core::{Core, Parts};
pub use error::{Error, FieldError, Result};
