//! Base addresses of the built-in providers.

use url::Url;

/// Base addresses of the built-in providers. Passed in when the server is built, like the clock; no setting can change
/// them, so a login always goes to the real provider.
#[derive(Debug, Clone, Default)]
pub enum Whereabouts {
    /// The providers' public addresses.
    #[default]
    Public,
    /// One test server for all providers, with each one's host as first path segment: `https://api.github.com/user`
    /// becomes `<base>/api.github.com/user`.
    At(Url),
}

impl Whereabouts {
    /// Returns the effective URL for a built-in provider's public URL.
    pub(crate) fn of(&self, address: &str) -> String {
        match (self, address.strip_prefix("https://")) {
            (Self::At(base), Some(rest)) => format!("{}/{rest}", base.as_str().trim_end_matches('/')),
            _ => address.to_owned(),
        }
    }
}
