//! What happens behind the answers: webhooks, mails, upkeep.

mod faults;
pub mod mail;
mod smtp;
mod webhooks;
