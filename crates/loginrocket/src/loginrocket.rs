//! Shared state of LoginRocket's handlers.

use std::sync::Arc;

use gantry_core::Core;
use gantry_social::Social;
use gantry_web::pages::Pages;

use crate::look::Looks;
use crate::prepared::Prepared;
use crate::submission::Submissions;

/// Shared state of the handlers. Cheap to clone.
#[derive(Clone)]
pub struct LoginRocket {
    /// The core.
    pub core: Arc<Core>,
    /// Client of the social providers.
    pub social: Arc<Social>,
    /// Templates and assets.
    pub pages: Arc<Pages>,
    /// Cache of rendered login pages.
    pub prepared: Arc<Prepared>,
    /// The apps' designs, with their cleaned HTML.
    pub looks: Arc<Looks>,
    /// Forms being processed, to detect duplicates.
    pub submissions: Arc<Submissions>,
    /// Base domain: Connected Apps are served at `<subdomain>.<login_domain>`.
    pub login_domain: Arc<str>,
    /// Whether browsers reach the hosts by https.
    pub secure: bool,
    /// Size limit of a form or call, in bytes.
    pub body_limit: usize,
}
