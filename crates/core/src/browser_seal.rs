//! Texts that only a browser keeps, sealed so that it can neither read nor change them.

use secrecy::SecretString;

use crate::core::Core;

/// Seals a text for a place, outside of which it does not open.
pub fn seal(core: &Core, place: &str, text: &str) -> Vec<u8> {
    core.master.seal(&bound(place), text.as_bytes(), &core.random)
}

/// The text, if it was sealed here for this place.
pub fn open(core: &Core, place: &str, sealed: &[u8]) -> Option<SecretString> {
    let plain = core.master.open(&bound(place), sealed).ok()?;
    std::str::from_utf8(&plain).ok().map(SecretString::from)
}

/// No row of the database is called so.
fn bound(place: &str) -> String {
    format!("browser/{place}")
}
