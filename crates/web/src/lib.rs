//! What the surfaces share: bodies and queries as [`gantry_core::fields::Fields`], request ids, the caller's address,
//! lists of routes, cookies, CSRF tokens, pages with their words, assets and addresses, QR codes, what mails look like, JSON
//! that several speak. No rules and no SQL.

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
