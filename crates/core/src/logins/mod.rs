//! Logins: proving to be a user, and the session that follows.

mod code;
mod door;
mod finish;
mod key;
mod password;
mod reset;
mod signup;

pub use code::with_code;
pub use door::{By, Door};
pub use finish::LoggedIn;
pub use key::with_key;
pub use password::{Pending, Step, Unproven, with_password};
pub use reset::{new_password, offers_passwords, reset_password};
pub use signup::{SignedUp, offers_signup, sign_up};
