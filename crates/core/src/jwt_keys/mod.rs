//! JWT keys, which sign login tokens. Each realm has one that signs; replaced ones still verify for a while.

mod changes;
mod rules;
mod stock;
mod store;

pub use changes::{OFFER, PublicJwtKey, Told, create, delete, find, list, public, remove_spent, rotate};
pub(crate) use rules::{Prepared, Stored, install, prepare, replace, signer, verifier, verifying};
pub use rules::{Shown, signing};
pub use stock::Stock;
pub(crate) use store::is_elsewhere;
pub use store::{JwtKey, statements};
