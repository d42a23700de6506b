//! Sealed texts that are stored only in the browser, which can neither read nor change them.

use secrecy::SecretString;

use crate::core::Core;

/// Seals a text for a context. It can be opened only for that context.
pub fn seal(core: &Core, place: &str, text: &str) -> Vec<u8> {
    core.master.seal(&bound(place), text.as_bytes(), &core.random)
}

/// Opens a text that this installation sealed for this context. Returns `None` for any other input.
pub fn open(core: &Core, place: &str, sealed: &[u8]) -> Option<SecretString> {
    let plain = core.master.open(&bound(place), sealed).ok()?;
    std::str::from_utf8(&plain).ok().map(SecretString::from)
}

/// Prefixes the context, so that it differs from every context of a database row.
fn bound(place: &str) -> String {
    format!("browser/{place}")
}
