//! What the API's handlers work with.

use std::sync::Arc;

use gantry_core::Core;
use gantry_social::Social;

use crate::rates::Rates;

/// What the handlers share.
pub struct Api {
    /// The product.
    pub core: Arc<Core>,
    /// Speaks to social providers.
    pub social: Arc<Social>,
    /// Connected Apps answer at `<subdomain>.<this>`.
    pub login_domain: Arc<str>,
    /// Largest body, in bytes.
    pub body_limit: usize,
    /// How often callers may call.
    pub rates: Rates,
}
