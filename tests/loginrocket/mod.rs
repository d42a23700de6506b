//! The hosted pages, as a browser without scripts meets them.

mod hosts;
mod login;
