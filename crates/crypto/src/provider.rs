//! Selects the cryptography backend of `jsonwebtoken`: aws-lc-rs, explicitly, once per process.
//!
//! Guarantees that no feature enabled elsewhere in the build changes the backend or makes the first token panic, as
//! `jsonwebtoken` does if it finds no backend or two.

use jsonwebtoken::crypto::aws_lc;

/// Makes aws-lc-rs the backend of this process. May be called repeatedly, from any thread.
///
/// The keys of [`crate::jwt`] call it themselves; `main` also calls it, to make the choice explicit.
pub fn install_provider() {
    // Fails only if a backend is set already, and only this function sets one.
    let _ = aws_lc::DEFAULT_PROVIDER.install_default();
}
