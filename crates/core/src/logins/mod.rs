//! Logins: proving to be a user, and the session that follows.

mod password;
mod signup;

pub use password::{LoggedIn, Unknown, with_password};
pub use signup::{offers_signup, sign_up};
