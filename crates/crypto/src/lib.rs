//! Passwords, login tokens, sealed secrets, ids: all cryptography of Gantry, without I/O.
//!
//! Guarantees: primitives come from well-maintained libraries; no secret type has a `Debug` that shows its content;
//! secrets are compared in one place ([`token::same`]); the caller passes in time and randomness, except for password
//! salts and RSA keys, which always use the system's generator. The only threads are the workers of
//! [`password::Passwords`].

#![warn(missing_docs)]

mod base62;
pub mod hex;
pub mod id;
pub mod jwt;
pub mod password;
pub mod pkce;
mod provider;
mod random;
pub mod seal;
pub mod standard_webhooks;
pub mod token;
pub mod totp;

pub use provider::install_provider;
pub use random::Random;
