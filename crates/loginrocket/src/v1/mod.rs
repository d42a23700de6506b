//! The LoginRocket API at `/v1/…` of every LoginRocket host: what the hosted pages do, for forms on an app's own pages,
//! and for apps that are none. `docs/guide/browser-api.md` tells each call.
//!
//! Guarantees: a page of an origin that the Connected App does not know is refused before anything is done; a login is
//! remembered only by the browser of a page that it knows; the rules behind are those of the hosted pages, with their
//! limits and their silence about who exists.

mod answer;
mod auth_providers;
mod call;
mod caller;
mod cors;
mod emails;
mod gate;
mod jsonp;
mod login;
mod logout;
mod passwords;
mod refusal;
pub mod routes;
mod script;
mod session;
mod signup;
