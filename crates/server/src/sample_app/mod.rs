//! The sample app that `gantry demo` serves next to the server: a product whose users log in through Gantry.
//!
//! It follows the integration guide and uses only the public API and the realm's JWT secret, so it can be read as an
//! example.
//!
//! * `routes`: its pages.
//! * `api`: the two calls it makes to the server.
//! * `session`: the app's sessions, with a cookie of their own.
//! * `redir`: validation of the page to return to after the login.
//!
//! Guarantees: a token is trusted only after the server has verified it; a logout elsewhere takes effect at the next
//! page; a token is never leaked through a Referer, a cache or a frame.

mod api;
mod redir;
mod routes;
mod session;
#[cfg(test)]
mod tests;

pub use routes::{SampleApp, router};
