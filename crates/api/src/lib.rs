//! The v1 Core and Extended API: JSON over HTTP for an app's servers.

mod answer;
mod call;
mod error;
mod routes;
mod v1;

pub use routes::{Api, router};
