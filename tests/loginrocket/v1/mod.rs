//! The LoginRocket API: what pages, apps and servers get from `/v1/…` of a LoginRocket host.

pub mod calls;
mod cors;
mod emails;
mod jsonp;
mod languages;
mod login;
mod logout;
mod passwords;
mod providers;
mod script;
mod session;
mod signup;
mod third_party;
