//! Origins that may use the browser API of a Connected App.
//!
//! Guarantee: origins are compared by scheme, host and port (RFC 6454). There are no wildcards, and `null` (sandboxed
//! frames, files) never matches. Listed origins and origins sent by browsers are parsed by the same function.

use url::Url;

use super::store::ConnectedApp;
use crate::web_origin::WebOrigin;

/// Schemes of pages inside apps (web views) and browser extensions.
const APP_SCHEMES: [&str; 6] =
    ["capacitor", "ionic", "tauri", "chrome-extension", "moz-extension", "safari-web-extension"];

/// Parses an origin for the list. Of an http or https URL, only the origin is kept. The error is the end of a sentence
/// about the entry.
pub(super) fn read_listed(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.contains('*') {
        return Err("is a wildcard: each origin has to be listed by itself");
    }
    if let Some(origin) = app_origin(text.strip_suffix('/').unwrap_or(text)) {
        return Ok(origin);
    }
    // The origin of a `blob:` URL is the page that created it, which the caller did not list.
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let origin = url.map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    if WebOrigin::parse(&origin).is_none() {
        return Err("is no origin such as https://app.example.com or capacitor://localhost");
    }
    Ok(origin)
}

/// Parses the origin of a page inside an app or an extension. It consists of a scheme and a host, as browsers write it.
fn app_origin(text: &str) -> Option<String> {
    let (scheme, host) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    let is_host = |host: &str| host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let is_known = APP_SCHEMES.contains(&&*scheme) && !host.is_empty() && is_host(&host);
    is_known.then(|| format!("{scheme}://{host}"))
}

/// Returns whether pages of this origin belong to the app: it is the origin of a handler or a redirect URI, or it is
/// listed in `allowed_origins`.
pub fn allows_origin(app: &ConnectedApp, origin: &str) -> bool {
    let Some(origin) = WebOrigin::parse(origin) else {
        return app_origin(origin).is_some_and(|origin| app.allowed_origins.0.contains(&origin));
    };
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
            allowed_origins: Json(vec!["https://www.example.org".to_owned(), "capacitor://localhost".to_owned()]),
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
            "capacitor://localhost",
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
            "ionic://localhost",
            "capacitor://localhost.evil.test",
            "capacitor://localhost/",
            "capacitor://",
        ] {
            assert!(!allows_origin(&app(), origin), "{origin}");
        }
    }

    /// Accepted entries match the origin that browsers send; entries that could never match are refused.
    #[test]
    fn what_is_listed_is_what_browsers_send() {
        for (text, origin) in [
            ("https://www.example.org", "https://www.example.org"),
            (" https://WWW.example.org:443/path?x ", "https://www.example.org"),
            ("http://localhost:3000/", "http://localhost:3000"),
            ("https://b\u{fc}cher.example", "https://xn--bcher-kva.example"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("capacitor://localhost", "capacitor://localhost"),
            ("ionic://localhost/", "ionic://localhost"),
            ("tauri://localhost", "tauri://localhost"),
            (
                "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
                "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            ),
            (
                "moz-extension://0c8b8e4a-6a3e-4d0a-9a3e-2f1f3c2b1a00",
                "moz-extension://0c8b8e4a-6a3e-4d0a-9a3e-2f1f3c2b1a00",
            ),
        ] {
            assert_eq!(read_listed(text).as_deref(), Ok(origin), "{text}");
            assert!(allows_origin(&ConnectedApp { allowed_origins: Json(vec![origin.to_owned()]), ..app() }, origin));
        }
        for text in ["https://*.example.com", "*", "https://*"] {
            assert!(read_listed(text).is_err_and(|why| why.contains("wildcard")), "{text}");
        }
        for text in [
            "",
            "null",
            "localhost",
            "file:///x",
            "javascript:alert(1)",
            "data:x",
            "https://",
            "capacitor://",
            "custom://app",
            "capacitor://a b",
            "capacitor://a/b",
            "https://a%00b",
        ] {
            assert!(read_listed(text).is_err(), "{text}");
        }
    }
}
