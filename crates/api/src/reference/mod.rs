//! Description of the API. The OpenAPI document and the reference page at `/docs` are generated from it, and tests
//! compare every route, right and response with it.
//!
//! One file per resource: its fields with their bounds, and its calls with the right that each needs.

mod app_hooks;
mod auth_providers;
mod contents;
mod credentials;
mod events;
mod jwt_keys;
mod login_policies;
mod memberships;
mod openapi;
mod orgs;
mod page;
mod realms;
mod schema;
mod sessions;
mod shape;
mod user_tokens;
mod users;

pub use contents::resources;
pub use openapi::document;
pub use page::Reference;
pub(crate) use page::router;
pub use shape::{Answer, Body, Call, Field, Kind, Parameter, Resource, Sent, Shown};
