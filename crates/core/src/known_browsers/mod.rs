//! Browsers in which a user has logged in before, so that strangers who try passwords do not lock the user out there.
//!
//! A cookie proves it and nothing is stored: for each of the last users it holds a random name of that login, its expiry,
//! and a code over both with realm and user, under a key derived from the master key. It names no user, opens nothing,
//! and gives whoever steals it a few tries of their own. A changed password makes all browsers of the user strangers:
//! else whoever knew the old one could have made many, and guess with each.

mod rules;
mod store;

pub use rules::{KnownBrowser, LIFETIME_S, forget};
pub(crate) use rules::{forget_all, name, remember};
pub use store::statements;
