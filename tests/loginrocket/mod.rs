//! The hosted pages, as a browser without scripts meets them.

mod hosts;
mod login;
mod logout;
mod redirects;
mod signup;
pub mod visit;
