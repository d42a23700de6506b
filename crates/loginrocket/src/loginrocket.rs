//! What LoginRocket's handlers work with.

use std::sync::Arc;

use gantry_core::Core;
use gantry_social::Social;
use gantry_web::pages::Pages;

use crate::look::Looks;
use crate::prepared::Prepared;
use crate::submission::Submissions;

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct LoginRocket {
    /// The product.
    pub core: Arc<Core>,
    /// Speaks to social providers.
    pub social: Arc<Social>,
    /// Templates and assets.
    pub pages: Arc<Pages>,
    /// Login pages, ready to be sent.
    pub prepared: Arc<Prepared>,
    /// How apps look.
    pub looks: Arc<Looks>,
    /// Forms that are being worked on.
    pub submissions: Arc<Submissions>,
    /// Connected Apps answer at `<subdomain>.<this>`.
    pub login_domain: Arc<str>,
    /// Whether browsers reach the hosts by https.
    pub secure: bool,
    /// Largest form, in bytes.
    pub body_limit: usize,
}
