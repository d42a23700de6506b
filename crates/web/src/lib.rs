//! Shared parts of all surfaces: bodies and queries as [`gantry_core::fields::Fields`], request ids, the client's
//! address, lists of routes, cookies, CSRF tokens, pages with their languages, assets and links, QR codes, the
//! rendering of mails, and JSON that several surfaces return. No business rules and no SQL.

#![warn(missing_docs)]

pub mod address;
pub mod assets;
pub mod body;
pub mod brand_color;
pub mod broken_rules;
pub mod cookies;
pub mod csrf;
pub mod languages;
pub mod links;
pub mod mails;
pub mod pages;
pub mod pairs;
pub mod qr;
pub mod request_id;
pub mod routes;
pub mod wire;
