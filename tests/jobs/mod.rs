//! What happens behind the answers, against real servers at the other end.

pub mod mail;
mod smtp;
