//! Text that people type, paste and read.
//!
//! Guarantees: every surface reads text through these functions, so that one spelling means one thing everywhere:
//! [`line`] for what is shown, [`trim`] for what is compared, [`fold_case`] for what is compared without regard to case,
//! and [`code`] for digits. Passwords pass through none of them: a password is taken as it was typed, in NFC.

mod clean;
mod digits;
mod fold;

pub use clean::{is_bidi_control, line, trim};
pub use digits::code;
pub use fold::{SearchRange, fold_case, fold_name};
