//! State of the API's handlers.

use std::sync::Arc;

use gantry_core::Core;
use gantry_social::Social;

use crate::rates::Rates;

/// State that all handlers share.
pub struct Api {
    /// Domain logic, with the database and the clock.
    pub core: Arc<Core>,
    /// Client of the social login providers.
    pub social: Arc<Social>,
    /// Base domain: Connected Apps are served at `<subdomain>.<login_domain>`.
    pub login_domain: Arc<str>,
    /// Largest accepted body, in bytes.
    pub body_limit: usize,
    /// Rate limits of callers.
    pub rates: Rates,
}
