//! The named social providers, and an OpenID issuer, at one local server: each speaks as its public documentation says.

mod dialects;
mod keys;
mod server;

pub use server::{Person, Providers};
