//! What happens behind the answers: mails and webhooks that follow events, and upkeep.

#![warn(missing_docs)]

pub mod deliveries;
pub mod mails;
pub mod upkeep;
pub mod webhooks;
