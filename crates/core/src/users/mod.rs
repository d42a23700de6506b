//! Users of a realm: people and systems.

mod fields;
mod forgotten;
mod import;
mod key;
mod lists;
mod locking;
mod lookup;
pub mod names;
mod password;
mod password_links;
mod resolve;
mod rules;
mod social;
mod store;
mod verification;

pub use forgotten::forgot_password;
pub(crate) use forgotten::{Holders, find_nobody, holders, mail_reset};
pub(crate) use import::{Imported, imported, insert_imported, named_in_import, update_imported};
pub use key::Key;
pub use lists::{OFFER, Wanted, list};
pub use locking::unlock;
pub use lookup::look_up;
pub use password::{change_own_password, generate_password_token, reset_link, reset_password, update_password};
pub use password_links::{PasswordToken, TokenDelivery, generate_password, invite, issue_password_token};
pub(crate) use resolve::{resolve, resolve_filter};
pub use rules::{Made, create, delete, find, update};
pub(crate) use rules::{Signup, free, lock, locked_login, named, read, signed_up};
pub(crate) use social::{free_username, owners, signed_up_at_provider};
pub(crate) use store::{COUNTS, Login, of_login, row, set_locked, touch_login};
pub use store::{Counts, User, statements};
pub use verification::{
    VerificationLink, request_email_verification, request_own_verification, resend_verification,
    send_missing_verification, verification_link, verify_email,
};

use crate::words::words;

words! {
    /// The kinds of users.
    pub enum UserType {
        /// A person.
        Human = "human",
        /// A system.
        Api = "api",
    }
}

words! {
    /// Verification state of the email address.
    pub enum EmailVerification {
        /// Verification was not requested.
        None = "none",
        /// Verification was requested.
        Requested = "requested",
        /// The address is verified.
        Verified = "verified",
    }
}
