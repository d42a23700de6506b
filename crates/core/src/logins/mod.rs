//! Logins: proving to be a user, and the session that follows.

mod code;
mod finish;
mod key;
mod password;
mod signup;

pub use code::with_code;
pub use finish::LoggedIn;
pub use key::with_key;
pub use password::{Pending, Step, Unknown, with_password};
pub use signup::{offers_signup, sign_up};
