//! Passwords, login tokens, sealed secrets, ids: every piece of cryptography of Gantry, and no I/O.
//!
//! Guarantees: primitives come from well-kept libraries, only their use is ours; no secret type has a `Debug` that
//! shows it; secrets are compared in one place ([`token::same`]); time and randomness are handed in by the caller, save
//! for password salts and RSA keys, which always take the system's. The only threads are the workers of
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
