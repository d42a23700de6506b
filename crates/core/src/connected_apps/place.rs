//! Where on the hosted pages something began, so that a mail about it leads back there.

use super::redirects;
use super::store::ConnectedApp;

/// A Connected App's pages, and where the app wants the visit to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `lpl_…`
    pub connected_app: String,
    /// One that the app allows.
    pub redirect_uri: Option<String>,
    /// The language that the page was read in: `en`, `ja`.
    pub locale: String,
}

impl Place {
    /// At this app. An address that the app does not allow is left out: mails carry no strangers' addresses.
    pub fn at(app: &ConnectedApp, redirect_uri: Option<&str>, locale: &str) -> Self {
        let allowed = redirect_uri.and_then(|asked| redirects::allowed(&app.redirect_uris.0, asked));
        Self { connected_app: app.id.clone(), redirect_uri: allowed, locale: locale.to_owned() }
    }
}
