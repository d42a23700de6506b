//! Logins: authenticating a user, and opening the session.

mod code;
mod door;
mod failure;
mod finish;
mod key;
mod password;
mod reset;
mod signup;
mod step;

pub use code::with_code;
pub(crate) use code::with_code_and;
pub use door::{By, Door};
pub(crate) use failure::{FailedLogin, record_failure, refuse};
pub use finish::LoggedIn;
pub use key::with_key;
pub use password::with_password;
pub(crate) use password::with_password_and;
pub use reset::{new_password, offers_passwords, reset_password};
pub use signup::{SignedUp, offers_signup, sign_up};
pub(crate) use signup::{enroll, form, org_name};
pub(crate) use step::go_on;
pub use step::{Pending, Step, Unproven};
