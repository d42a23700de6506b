//! The providers, one file each.

mod custom;
mod facebook;
mod github;
mod google;
mod linkedin;
mod slack;
mod yahoo;

pub use custom::{by_addresses, by_discovery};
pub use facebook::{check as check_facebook, profile as facebook_profile};
pub use github::{check as check_github, profile as github_profile};
pub use google::check as check_google;

use gantry_core::auth_providers::ProviderType;

use crate::description::Description;
use crate::whereabouts::Whereabouts;

/// What a named provider is like; none for what is no such provider.
pub fn named(kind: ProviderType, at: &Whereabouts) -> Option<Description> {
    Some(match kind {
        ProviderType::Facebook => facebook::description(at),
        ProviderType::Github => github::description(at),
        ProviderType::Google => google::description(at),
        ProviderType::Linkedin => linkedin::description(at),
        ProviderType::Slack => slack::description(at),
        ProviderType::Yahoo => yahoo::description(at),
        _ => return None,
    })
}
