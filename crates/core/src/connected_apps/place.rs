//! Hosted page where an action began, so that a mail about it links back there.

use super::redirects;
use super::store::ConnectedApp;

/// Connected App, redirect URI and language of a visit to the hosted pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Connected App id, `lpl_…`.
    pub connected_app: String,
    /// Redirect URI, which the app allows.
    pub redirect_uri: Option<String>,
    /// Language of the page: `en`, `ja`.
    pub locale: String,
}

impl Place {
    /// Creates a place at this app. A redirect URI that the app does not allow is dropped, so that mails never contain
    /// third-party URLs.
    pub fn at(app: &ConnectedApp, redirect_uri: Option<&str>, locale: &str) -> Self {
        let allowed = redirect_uri.and_then(|asked| redirects::allowed(&app.redirect_uris.0, asked));
        Self { connected_app: app.id.clone(), redirect_uri: allowed, locale: locale.to_owned() }
    }
}
