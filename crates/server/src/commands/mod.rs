//! One file per command: its command-line arguments and its code.

pub mod config;
pub mod demo;
pub mod doctor;
pub mod export;
pub mod import;
mod integration;
pub mod keys;
pub mod migrate;
mod open;
pub mod outbox;
mod output;
mod paging;
pub mod quickstart;
mod realm_option;
pub mod record_kind;
mod run;
mod say;
pub mod serve;
pub mod sessions;
mod times;
pub mod users;
pub mod version;

pub use output::printable;
pub use run::run;
pub use say::Unread;
