//! Login tokens: JSON Web Tokens as AuthRocket's clients know them.
//!
//! * [`claims`](Claims): what a token says.
//! * [`keys`](SigningKey): signing and verifying, one algorithm pinned per key.
//! * [`Unverified`]: what a token claims to be, to find the key it should be verified with.
//! * [`rsa`](generate_rsa): fresh RSA keys.
//! * [`foreign`](ForeignKey): tokens of others, such as an OpenID provider's.
//!
//! Guarantees, after RFC 8725: the algorithm comes from the key, never from the token; `none`, other types and every
//! `crit` extension are refused; keys inside or behind the header (`jwk`, `jku`, `x5u`, `x5c`) are never looked at;
//! an `aud` must be the realm that asks, whose key it is anyhow; expiry is checked to the millisecond against the caller's clock.

mod claims;
mod compact;
mod error;
mod foreign;
mod keys;
mod rsa;

pub use claims::{Claims, MembershipClaim};
pub use compact::{MAX_BYTES, Unverified};
pub use error::JwtError;
pub use foreign::{ForeignKey, foreign_kid};
pub use keys::{Algorithm, SigningKey, VerifyingKey};
pub use rsa::{RsaPair, RsaPublic, generate_rsa, read_rsa};
