//! JWT keys: what login tokens are signed with. Each realm has one that signs; replaced ones verify for a while.

mod rules;
mod stock;
mod store;

pub(crate) use rules::{Material, Prepared, install, prepare, replace, signer, verifier};
pub use rules::{Shown, signing};
pub use stock::Stock;
pub use store::{JwtKey, statements};
