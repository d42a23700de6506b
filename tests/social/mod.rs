//! Logins at social providers, through the hosted pages and through the API.

mod api;
mod dialects;
mod faults;
mod form;
mod linking;
mod matching;
mod offered;
mod openid;
mod real_issuer;
mod state;
pub mod visit;
