//! The hosted pages, as a browser without scripts meets them.

mod login;
mod redirects;
pub mod visit;
