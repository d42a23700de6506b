//! Absolute URLs of the hosted pages, for mails.
//!
//! Guarantees that links are built only from the configuration and the Connected App, never from request data, so that
//! no attacker can have a token mailed in a link to another host.

use gantry_core::connected_apps::ConnectedApp;
use gantry_core::events::EventType;
use gantry_core::words::Word;
use url::{Url, form_urlencoded};

/// URL parts that all hosted pages of this installation share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// Scheme: `http` or `https`.
    pub scheme: String,
    /// Port, or `None` for the scheme's default.
    pub port: Option<u16>,
    /// Domain of the hosted pages: Connected Apps are at `<subdomain>.<login_domain>`.
    pub login_domain: String,
}

impl Links {
    /// Creates the links from the configured URLs.
    pub fn of(base_url: &Url, login_domain: &str) -> Self {
        Self { scheme: base_url.scheme().to_owned(), port: base_url.port(), login_domain: login_domain.to_owned() }
    }

    /// Returns the URL of an app's page: `links.page(&app, "/password/reset", &[("token", "kpw_…")])`.
    pub fn page(&self, app: &ConnectedApp, path: &str, params: &[(&str, &str)]) -> String {
        let host = match &app.primary_domain {
            Some(domain) => domain.clone(),
            None => format!("{}.{}", app.subdomain, self.login_domain),
        };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let mut link = format!("{}://{host}{port}{path}", self.scheme);
        if !params.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
            link.extend(["?", &*query]);
        }
        link
    }

    /// Returns the URL of the app's login page.
    pub fn login(&self, app: &ConnectedApp) -> String {
        self.page(app, "/login", &[])
    }

    /// Returns the link for the mail about an event; `None` if the page needs a token and there is none.
    pub fn for_event(
        &self,
        event_type: &str,
        app: &ConnectedApp,
        token: Option<&str>,
        redirect_uri: Option<&str>,
    ) -> Option<String> {
        let path = match EventType::parse(event_type) {
            Some(EventType::PasswordTokenCreated) => Some("/password/reset"),
            Some(EventType::VerificationRequested) => Some("/email/verify"),
            _ => None,
        };
        let Some(path) = path else { return Some(self.login(app)) };
        let mut params = vec![("token", token?)];
        params.extend(redirect_uri.map(|uri| ("redirect_uri", uri)));
        Some(self.page(app, path, &params))
    }
}

#[cfg(test)]
mod tests {
    use gantry_core::json::Json;

    use super::*;

    fn app(primary_domain: Option<&str>) -> ConnectedApp {
        ConnectedApp {
            id: "lpl_1".to_owned(),
            realm_id: "rl_1".to_owned(),
            name: "Acme".to_owned(),
            login_handler: "https://app.example.com/login".to_owned(),
            signup_handler: None,
            redirect_uris: Json(Vec::new()),
            subdomain: "acme".to_owned(),
            primary_domain: primary_domain.map(str::to_owned),
            header: None,
            footer: None,
            external_css: None,
            allowed_origins: Json(Vec::new()),
            jsonp: false,
            created_at: 0,
            logo_url: None,
            accent_color: None,
            logo_dark_url: None,
            favicon_url: None,
        }
    }

    fn links(base_url: &str, login_domain: &str) -> Links {
        Links::of(&Url::parse(base_url).expect("an address"), login_domain)
    }

    #[test]
    fn the_origin_is_the_configured_one() {
        for (base_url, login_domain, primary, expected) in [
            ("http://localhost:8000/", "localhost", None, "http://acme.localhost:8000/login"),
            ("https://auth.example.com/", "login.example.com", None, "https://acme.login.example.com/login"),
            ("https://auth.example.com:443/", "auth.example.com", None, "https://acme.auth.example.com/login"),
            ("https://auth.example.com:8443/", "auth.example.com", None, "https://acme.auth.example.com:8443/login"),
            ("https://auth.example.com/", "auth.example.com", Some("id.acme.test"), "https://id.acme.test/login"),
            ("http://localhost:8000/", "localhost", Some("id.acme.test"), "http://id.acme.test:8000/login"),
        ] {
            assert_eq!(links(base_url, login_domain).login(&app(primary)), expected);
        }
    }

    #[test]
    fn each_event_leads_to_its_page() {
        let links = links("https://example.com", "example.com");
        let to = |event_type, token, redirect_uri| links.for_event(event_type, &app(None), token, redirect_uri);
        let base = "https://acme.example.com";
        assert_eq!(
            to("user.password_token.created", Some("kpw_1"), None),
            Some(format!("{base}/password/reset?token=kpw_1"))
        );
        assert_eq!(
            to("user.email.verification_requested", Some("kev_1"), Some("https://app.test/a?b=c&d")),
            Some(format!("{base}/email/verify?token=kev_1&redirect_uri=https%3A%2F%2Fapp.test%2Fa%3Fb%3Dc%26d"))
        );
        for other in ["user.created", "user.password_token.consumed", "user.email.verified", "unheard.of"] {
            assert_eq!(to(other, None, None), Some(format!("{base}/login")), "{other}");
            assert_eq!(to(other, Some("kpw_1"), None), Some(format!("{base}/login")), "{other} takes no token along");
        }
        assert_eq!(to("user.password_token.created", None, None), None);
        assert_eq!(to("user.email.verification_requested", None, Some("https://app.test/")), None);
    }

    #[test]
    fn parameters_cannot_leave_their_place() {
        let links = links("https://example.com", "example.com");
        let link = links.page(&app(None), "/login", &[("a", "1&token=2#x"), ("b", "\u{fc} /?")]);
        assert_eq!(link, "https://acme.example.com/login?a=1%26token%3D2%23x&b=%C3%BC+%2F%3F");
    }
}
