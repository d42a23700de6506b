//! Speaks to social providers: OAuth 2 and OpenID Connect from the client's side.
//!
//! [`Social`] is what surfaces use: it begins a login with [`Social::start`] and ends it with [`Social::finish`], or with
//! [`Social::vouched`] where an app has a token already. What a provider is like is told in one file each, under
//! `providers/`; the rest is one engine. Whose an identity is, and what it may do here, core decides.
//!
//! Guarantees: every request goes through [`gantry_outbound`]'s guard; an ID token is believed only with a signature of
//! the issuer's keys, for our client, in its time and with our nonce; an access token that an app brings is believed only
//! where the provider tells that it was issued to our client.

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
