//! Where the named providers are.

use url::Url;

/// Where the named providers are. Given where the server is built, like the clock: no setting leads away from the real
/// ones.
#[derive(Debug, Clone, Default)]
pub enum Whereabouts {
    /// Where everybody knows them.
    #[default]
    Public,
    /// All at one server, which has each under the path of its host: `https://api.github.com/user` is
    /// `<base>/api.github.com/user`.
    At(Url),
}

impl Whereabouts {
    /// Where this address of a named provider is.
    pub(crate) fn of(&self, address: &str) -> String {
        match (self, address.strip_prefix("https://")) {
            (Self::At(base), Some(rest)) => format!("{}/{rest}", base.as_str().trim_end_matches('/')),
            _ => address.to_owned(),
        }
    }
}
