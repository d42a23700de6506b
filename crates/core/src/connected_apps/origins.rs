//! Whose pages may use the browser API of a Connected App.
//!
//! Guarantee: origins are compared as origins: scheme, host and port (RFC 6454). There is no wildcard, and `null` (a
//! sandboxed frame, a file) is nobody's.

use url::Url;

use super::store::ConnectedApp;
use crate::web_origin::WebOrigin;

/// Whether pages of this origin belong to the app: it is the origin of its handlers or of a redirect URI, or listed by
/// itself.
pub fn allows_origin(app: &ConnectedApp, origin: &str) -> bool {
    let Some(origin) = WebOrigin::parse(origin) else { return false };
    let handlers = std::iter::once(&app.login_handler).chain(&app.signup_handler).chain(&app.redirect_uris.0);
    let own = handlers.filter_map(|address| Url::parse(address).ok()).map(|url| url.origin().ascii_serialization());
    let listed = app.allowed_origins.0.iter().map(String::as_str);
    own.filter_map(|own| WebOrigin::parse(&own)).any(|own| own == origin)
        || listed.filter_map(WebOrigin::parse).any(|listed| listed == origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    fn app() -> ConnectedApp {
        ConnectedApp {
            id: "lpl_1".to_owned(),
            realm_id: "rl_1".to_owned(),
            name: "Acme".to_owned(),
            login_handler: "https://app.example.com/login?a=1".to_owned(),
            signup_handler: Some("https://signup.example.com:8443/in".to_owned()),
            redirect_uris: Json(vec!["http://localhost:3000/cb".to_owned(), "https://b\u{fc}cher.example".to_owned()]),
            subdomain: "acme".to_owned(),
            primary_domain: None,
            header: None,
            footer: None,
            external_css: None,
            allowed_origins: Json(vec!["https://www.example.org".to_owned()]),
            jsonp: false,
            created_at: 0,
            logo_url: None,
            accent_color: None,
            logo_dark_url: None,
            favicon_url: None,
        }
    }

    #[test]
    fn the_apps_own_origins_are_allowed() {
        for origin in [
            "https://app.example.com",
            "https://signup.example.com:8443",
            "http://localhost:3000",
            "https://xn--bcher-kva.example",
            "https://www.example.org",
            "https://www.example.org:443",
            "https://APP.example.com",
            "https://app.example.com.",
        ] {
            assert!(allows_origin(&app(), origin), "{origin}");
        }
    }

    #[test]
    fn neighbours_are_not() {
        for origin in [
            "",
            "null",
            "*",
            "http://app.example.com",
            "https://app.example.com:8443",
            "https://app.example.com/",
            "https://app.example.com.evil.test",
            "https://evil.test#https://app.example.com",
            "https://example.com",
            "https://x.app.example.com",
            "https://appxexample.com",
            "https://user@app.example.com",
            "http://localhost",
            "http://localhost:30000",
            "http://127.0.0.1:3000",
            "https://b\u{fc}cher.example",
            "file://",
        ] {
            assert!(!allows_origin(&app(), origin), "{origin}");
        }
    }
}
