//! What happens behind the answers: webhooks, mails, upkeep.

mod faults;
mod smtp;
mod webhooks;
