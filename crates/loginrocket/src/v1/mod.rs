//! The LoginRocket API at `/v1/…` of every LoginRocket host: the functions of the hosted pages, for forms on an app's
//! own pages and for native apps. `docs/guide/browser-api.md` documents each call.
//!
//! Guarantees: a call by a page of an origin unknown to the Connected App is refused before anything is done; only the
//! browser of a page of a known origin remembers a login; the rules are those of the hosted pages, with their rate
//! limits, and without revealing which accounts exist.

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
