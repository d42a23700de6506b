//! The hosted pages, as a browser without scripts meets them.

mod first_start;
mod forgot;
mod hosts;
mod languages;
mod limit;
mod login;
mod logout;
mod looks;
mod redirects;
mod reset;
mod signup;
mod signup_modes;
mod single_sign_on;
mod verification_required;
mod verify;
pub mod visit;
mod walk;
