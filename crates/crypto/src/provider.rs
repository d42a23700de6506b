//! Chooses the cryptography under `jsonwebtoken`: aws-lc-rs, by hand, once per process.
//!
//! Guarantees that no feature switched on somewhere else in the build can change the choice or make the first token
//! panic, which is what that crate does when it finds no provider or two.

use jsonwebtoken::crypto::aws_lc;

/// Makes aws-lc-rs the provider of this process. May be called any number of times, from any thread.
///
/// The keys of [`crate::jwt`] call it themselves; `main` calls it too, so that the choice is made in plain sight.
pub fn install_provider() {
    // The error only says that a provider is there already, and this function is the only one that sets it.
    let _ = aws_lc::DEFAULT_PROVIDER.install_default();
}
