//! Client for social providers: OAuth 2 and OpenID Connect.
//!
//! [`Social`] is the entry point: [`Social::start`] begins a login, and [`Social::finish`] ends it, or
//! [`Social::vouched`] if an app already has an access token. Each provider is described in one file under
//! `providers/`; one engine serves all of them. Which user an identity belongs to, and whether it may log in, is
//! decided in core.
//!
//! Guarantees: every request goes through [`gantry_outbound`]'s guard; an ID token is accepted only if it is signed
//! with one of the issuer's keys, issued for our client, current, and contains our nonce; an access token from an app
//! is accepted only if the provider confirms that it was issued to our client.

#![warn(missing_docs)]

mod authorize;
mod description;
mod discovery;
mod engine;
mod error;
mod http;
mod id_token;
mod keys;
mod profile;
mod providers;
mod social;
mod tokens;
mod whereabouts;

pub use error::Error;
pub use social::{Failed, Returned, Social, Started};
pub use whereabouts::Whereabouts;
