//! The server under test, and how tests speak to it.

mod answer;
mod browser;
mod certificates;
mod database;
mod installation;
mod mailed;
mod receiver;
mod reference;
mod server;
mod smtp;

pub use answer::Answer;
pub use browser::Browser;
pub use certificates::certificates;
pub use database::{Engine, fresh_database};
pub use installation::{Installation, command, person};
pub use receiver::{Received, Receiver};
pub use server::{START_MS, TestServer};
pub use smtp::{LOGIN, Log, MailServer};
