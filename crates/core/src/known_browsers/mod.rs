//! Trusted browsers: a user has logged in with them before, so an attacker's wrong passwords do not lock the user out
//! there.
//!
//! A cookie proves it and nothing is stored per browser: for each of the last users it holds a random name of that
//! login, its expiry, and a MAC over both with realm and user, under a key derived from the master key. It names no
//! user, grants no access, and gives a thief only a few attempts of their own. A changed password invalidates all
//! trusted-browser cookies of the user: otherwise an attacker who knew the old one could have created many, and guess
//! with each.

mod rules;
mod store;

pub use rules::{KnownBrowser, LIFETIME_S, forget};
pub(crate) use rules::{forget_all, name, remember};
pub use store::statements;
