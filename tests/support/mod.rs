//! The server under test, and how tests speak to it.

mod answer;
mod browser;
mod database;
mod server;

pub use answer::Answer;
pub use browser::{Browser, csrf};
pub use database::{Engine, fresh_database, postgres_url};
pub use server::{START_MS, TestServer};
