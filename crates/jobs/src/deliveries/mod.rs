//! Delivery of notifications: claims due ones, a few at once per destination, and records the outcomes.
//!
//! Guarantees: a slow or dead destination delays only its own notifications; a failing destination gets a backoff;
//! a claimed notification is finished, retried later, or after a crash claimed again once its lease expires.

mod attempt;
mod desk;
mod destinations;

pub use attempt::{Health, Sent};
pub use desk::Deliveries;
