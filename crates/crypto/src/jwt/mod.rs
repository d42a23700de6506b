//! Login tokens: JSON Web Tokens in the format of AuthRocket's clients.
//!
//! * [`claims`](Claims): the content of a token.
//! * [`keys`](SigningKey): signing and verifying, one algorithm pinned per key.
//! * [`Unverified`]: the unverified content of a token, to find the key for its verification.
//! * [`rsa`](generate_rsa): generates RSA keys.
//! * [`foreign`](ForeignKey): third-party tokens, such as an OpenID provider's.
//!
//! Guarantees, after RFC 8725: the algorithm comes from the key, never from the token; `none`, other types and every
//! `crit` extension are refused; keys in or referenced by the header (`jwk`, `jku`, `x5u`, `x5c`) are ignored; an `aud`
//! must be the realm whose key is used; expiry is checked to the millisecond against the time that the caller passes
//! in.

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
