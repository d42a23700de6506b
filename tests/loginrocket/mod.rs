//! The hosted pages, as a browser without scripts meets them.

mod first_start;
mod hosts;
mod limit;
mod login;
mod logout;
mod redirects;
mod signup;
pub mod visit;
mod walk;
