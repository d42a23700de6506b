//! What happens behind the answers, against real servers at the other end: webhooks, mails, upkeep.

mod faults;
pub mod hooks;
pub mod mail;
mod mails;
mod metrics;
mod retention;
mod smtp;
mod webhooks;
