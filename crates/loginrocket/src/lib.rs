//! LoginRocket: the pages where end users log in, sign up and log out, each realm's under its own host names.

mod form;
mod login;
mod login_code;
mod logout;
mod page;
mod remembered;
mod routes;
mod signup;
mod site;

pub use routes::{LoginRocket, router};
