//! The hosted pages, as a browser without scripts meets them; and the LoginRocket API.

mod first_start;
mod forgot;
mod form_sent_twice;
mod form_shown_again;
mod hosts;
mod jwks;
mod languages;
mod limit;
mod limited;
mod login;
mod logout;
mod looks;
mod prepared;
mod redirects;
mod reset;
mod signup;
pub mod signup_challenge;
mod signup_modes;
mod single_sign_on;
mod typed_text;
pub mod v1;
mod verification_required;
mod verify;
pub mod visit;
mod walk;
mod ways_on;
