//! LoginRocket: the pages where end users log in, sign up, log out, set a new password and verify their email address,
//! on each realm's own host names; and an API with these functions for an app's own pages.

mod failure;
mod finish;
mod forget_browser;
mod forgot;
mod form;
mod jwks;
mod kept;
mod login;
mod login_code;
mod loginrocket;
mod logout;
mod look;
mod notices;
mod page;
mod page_state;
mod prepared;
mod problems;
mod reader;
mod remembered;
mod reset;
mod routes;
mod shape;
mod signup;
mod site;
mod social;
mod social_buttons;
mod social_link;
mod social_signup;
mod strength;
mod submission;
mod v1;
mod verify;

pub use loginrocket::LoginRocket;
pub use look::Looks;
pub use prepared::Prepared;
pub use routes::{LARGEST_FORM, listed, router};
pub use shape::RequestHead;
pub use submission::Submissions;
