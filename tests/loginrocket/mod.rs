//! The hosted pages, as a browser without scripts meets them.

mod first_start;
mod forgot;
mod hosts;
mod limit;
mod login;
mod logout;
mod redirects;
mod reset;
mod signup;
mod verification_required;
mod verify;
pub mod visit;
mod walk;
