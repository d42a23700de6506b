//! One file per command.

mod demo;
mod doctor;
pub mod export;
pub mod import;
mod keys;
mod outbox;
mod quickstart;
mod run;
mod say;
mod serve;

pub use run::run;
pub use say::Unread;
