//! The providers, one file each.

mod custom;
mod facebook;
mod github;
mod google;
mod linkedin;
mod named;
mod slack;
mod yahoo;

pub use custom::{by_addresses, by_discovery};
pub use facebook::{check as check_facebook, profile as facebook_profile};
pub use github::{check as check_github, profile as github_profile};
pub use google::check as check_google;
pub use named::named;
