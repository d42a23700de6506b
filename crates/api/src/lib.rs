//! The v1 Core and Extended API: JSON over HTTP for an app's servers.

mod answer;
mod api;
mod call;
mod error;
mod ignored;
pub mod rates;
pub mod reference;
mod routes;
mod v1;
pub mod views;

pub use answer::shape;
pub use api::Api;
pub use rates::Rates;
pub use reference::Reference;
pub use routes::{listed, router};
