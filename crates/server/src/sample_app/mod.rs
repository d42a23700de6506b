//! The app that `gantry demo` serves beside the server: somebody's product, which lets Gantry log its users in.
//!
//! It is written as the integration guide tells every app to be, with nothing but the public API and the realm's JWT
//! secret, so it can be read as an example.
//!
//! * `routes`: its pages.
//! * `api`: the two calls it makes to the server.
//! * `session`: who is logged in here, behind a cookie of its own.
//! * `redir`: where to go after the login, and where not to.
//!
//! Guarantees: a token is believed only after the server has confirmed it; a logout elsewhere is noticed at the next
//! page; a token never leaves by a Referer, a cache or a frame.

mod api;
mod redir;
mod routes;
mod session;
#[cfg(test)]
mod tests;

pub use routes::{SampleApp, router};
