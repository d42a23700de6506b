//! Third-party hashes: verified at a login, then replaced by an Argon2id hash.
//!
//! Guarantees: each text is parsed strictly, and its cost is bounded before anything is computed, so that an import
//! cannot exhaust the CPU; comparisons take constant time.

mod bcrypt;
mod crypt;
mod digest;
mod form;
mod md5_crypt;
mod pbkdf2;
mod phpass;
mod scrypt;
mod wordpress;

pub(super) use form::Foreign;
