//! Connected Apps (`login_policies` on the wire): the apps that receive logins of a realm, and the hosts of their
//! pages.

mod fields;
mod origins;
mod place;
pub mod redirects;
mod rules;
mod store;

pub use origins::allows_origin;
pub use place::Place;
pub(crate) use rules::insert;
pub use rules::{
    Destination, OFFER, at_domain, at_subdomain, create, delete, destination, find, list, signup_destination, update,
};
pub use store::{ConnectedApp, of_mails, statements};
