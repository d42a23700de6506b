//! The server under test, and how tests speak to it.

mod answer;
mod browser;
mod certificates;
mod database;
mod installation;
mod issuer;
mod mailed;
mod providers;
mod proxy;
mod receiver;
mod reference;
mod server;
mod smtp;

pub use smtp::node_modules;

pub use answer::Answer;
pub use browser::Browser;
pub use certificates::certificates;
pub use database::{Engine, execute, fresh_database};
pub use installation::{Installation, Running, command, person};
pub use issuer::Issuer;
pub use providers::{Person, Providers};
pub use proxy::Proxy;
pub use receiver::{Received, Receiver};
pub use server::{START_MS, TestServer};
pub use smtp::{LOGIN, Log, MailServer};
