//! What happens behind the answers, against real servers at the other end: webhooks, mails, upkeep.

mod faults;
pub mod mail;
mod smtp;
mod webhooks;
