//! Background work: mails and webhooks that follow events, and upkeep.

#![warn(missing_docs)]

pub mod deliveries;
pub mod emails;
mod one_line;
pub mod upkeep;
pub mod webhooks;
