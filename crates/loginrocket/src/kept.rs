//! Query parameters that a login page passes on.

use axum::http::Uri;
use gantry_web::pairs;
use url::form_urlencoded;

use crate::page_state;

/// Returns the first query parameter of this name; an unreadable query counts as empty.
pub fn param(uri: &Uri, name: &str) -> Option<String> {
    let pairs = pairs::decode(uri.query().unwrap_or_default()).unwrap_or_default();
    pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// Query parameters that are passed on to the end of the login.
#[derive(Debug, Default, Clone)]
pub struct Kept {
    /// Returned to the app unchanged.
    pub redir: Option<String>,
    /// Redirect URI: where the app wants the login to end.
    pub redirect_uri: Option<String>,
    /// Language tag from the address.
    pub locale: Option<String>,
    /// Name of the cookie that holds what this tab's page shows after a form.
    pub form: Option<String>,
}

impl Kept {
    /// Parses the query; unreadable parameters count as missing.
    pub fn of(uri: &Uri) -> Self {
        Self {
            redir: param(uri, "redir"),
            redirect_uri: param(uri, "redirect_uri"),
            locale: param(uri, "locale"),
            form: param(uri, "form").and_then(page_state::name),
        }
    }

    /// Returns this path with the kept parameters and one more.
    pub fn at_with(&self, path: &str, name: &str, value: &str) -> String {
        let query = form_urlencoded::Serializer::new(self.query()).append_pair(name, value).finish();
        format!("{path}?{query}")
    }

    /// Returns this path with the kept parameters and the name of a form's cookie.
    pub fn at_form(&self, path: &str, name: &str) -> String {
        self.at_with(path, "form", name)
    }

    /// Returns the target of a form on this tab's page: the path with the kept parameters.
    pub fn action(&self, path: &str) -> String {
        self.form.as_deref().map_or_else(|| self.at(path), |name| self.at_form(path, name))
    }

    /// Returns the kept parameters as a query, for links.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let kept = [("redir", &self.redir), ("redirect_uri", &self.redirect_uri), ("locale", &self.locale)];
        for (name, value) in kept {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    /// Returns this path with the kept parameters.
    pub fn at(&self, path: &str) -> String {
        let query = self.query();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}
