//! Lookup of the built-in providers by type.

use gantry_core::auth_providers::ProviderType;

use super::{facebook, github, google, linkedin, slack, yahoo};
use crate::description::Description;
use crate::whereabouts::Whereabouts;

/// Returns the description of a built-in provider, or `None` for other provider types.
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
