//! Placeholder.
use crate::deliveries::{Health, Sent};
use gantry_core::app_hooks::Delivering;
use gantry_core::notifications::{Notification, Outcome};
use gantry_core::{Core, Error};
/// Mails.
pub struct Mails;
impl Mails {
    pub(crate) async fn send(&self, _: &Core, _: &Delivering, _: &Notification) -> Result<Sent, Error> {
        Ok(Sent::new(Outcome::Refused, Health::Well, "later"))
    }
}
