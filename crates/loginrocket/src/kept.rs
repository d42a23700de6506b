//! What an address carries along.

use axum::http::Uri;
use gantry_web::pairs;
use url::form_urlencoded;

use crate::page_state;

/// A parameter of the address, the first of its name; what cannot be read is not there.
pub fn param(uri: &Uri, name: &str) -> Option<String> {
    let pairs = pairs::decode(uri.query().unwrap_or_default()).unwrap_or_default();
    pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// What a login page's address carries along to the end of the login.
#[derive(Debug, Default, Clone)]
pub struct Kept {
    /// Handed back to the app.
    pub redir: Option<String>,
    /// Where the app wants the login to end.
    pub redirect_uri: Option<String>,
    /// The language that the address names.
    pub locale: Option<String>,
    /// What this tab's page shows after a form is kept by the browser under this name.
    pub form: Option<String>,
}

impl Kept {
    /// Reads the query; what cannot be read is not there.
    pub fn of(uri: &Uri) -> Self {
        Self {
            redir: param(uri, "redir"),
            redirect_uri: param(uri, "redirect_uri"),
            locale: param(uri, "locale"),
            form: param(uri, "form").and_then(page_state::name),
        }
    }

    /// This path with one more parameter than what is kept.
    pub fn at_with(&self, path: &str, name: &str, value: &str) -> String {
        let query = form_urlencoded::Serializer::new(self.query()).append_pair(name, value).finish();
        format!("{path}?{query}")
    }

    /// This path with what is kept, as the page of a form of this name.
    pub fn at_form(&self, path: &str, name: &str) -> String {
        self.at_with(path, "form", name)
    }

    /// This path with what is kept, as where a form of this tab's page goes.
    pub fn action(&self, path: &str) -> String {
        self.form.as_deref().map_or_else(|| self.at(path), |name| self.at_form(path, name))
    }

    /// As a query, for links.
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

    /// This path with what is kept.
    pub fn at(&self, path: &str) -> String {
        let query = self.query();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}
