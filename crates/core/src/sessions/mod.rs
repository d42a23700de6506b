//! Sessions: stored logins, which can be listed and revoked, and their login tokens.

mod bearer;
mod ending;
mod operator;
mod remembered;
mod rules;
mod store;
mod token;

pub use bearer::{Bearer, bearer, end_borne, renewed};
pub use ending::{end, end_all_of};
pub use operator::{end_by_id, list_of_realm};
pub use remembered::{Remembered, end_remembered, remember, remembered};
pub use rules::{Named, OFFER, Opened, check, create, list, remove_expired};
pub(crate) use rules::{end_all, end_others, open};
pub use store::{Session, statements};
pub use token::{reissue, token_of};
