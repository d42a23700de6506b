//! Hashes that other software made: verified at a login, then replaced by one of ours.
//!
//! Guarantees: each text is read strictly, and what it may cost is bounded before anything is computed, so that an
//! import cannot burn the server; comparisons take the same time whatever is in there.

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
