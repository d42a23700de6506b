//! Delivering notifications: taking what is due, a few at once for each destination, and writing down what came of it.
//!
//! Guarantees: nobody waits for a slow or dead destination but what goes there; a destination in trouble is left alone
//! for a while; what is taken is finished, tried again later, or found by the next one after a crash.

mod attempt;
mod desk;
mod destinations;

pub use attempt::{Health, Sent};
pub use desk::Deliveries;
