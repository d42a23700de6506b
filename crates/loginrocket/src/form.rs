//! A form that a page sent: read, bounded, and proven to come from our own page.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, Uri};
use gantry_core::connected_apps::Place;
use gantry_core::fields::Fields;
use gantry_web::body::Body;
use gantry_web::{csrf, pairs};
use secrecy::SecretString;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::page::{self, Shown};
use crate::routes::LoginRocket;
use crate::site::Site;

/// A form from a page of this site.
pub struct Form {
    /// Where it was sent to.
    pub site: Site,
    map: Map<String, Value>,
}

impl FromRequest<LoginRocket> for Form {
    type Rejection = Shown;

    async fn from_request(request: Request, loginrocket: &LoginRocket) -> Result<Self, Shown> {
        let (mut parts, body) = request.into_parts();
        let site = Site::from_request_parts(&mut parts, loginrocket).await?;
        let refused = |status, title, text| {
            let (url, label) = site.way_on();
            page::leading_on(loginrocket, &site, status, (&*site.say(title), &*site.say(text)), (&url, &label))
        };
        let unreadable = || refused(StatusCode::BAD_REQUEST, "failed-title", "failed-unreadable");
        let bytes = to_bytes(body, loginrocket.body_limit).await.map_err(|_| unreadable())?;
        let body = Body::read(&parts.headers, &bytes).map_err(|_| unreadable())?;
        let sent = body.map.get("csrf").and_then(Value::as_str);
        if !body.from_form || !csrf::holds(&parts.headers, loginrocket.secure, &site.origin, sent) {
            return Err(refused(StatusCode::FORBIDDEN, "expired-title", "expired"));
        }
        Ok(Self { map: body.map, site })
    }
}

impl Form {
    /// A field as it was typed, for showing it again; never a password.
    pub fn typed(&self, name: &str) -> &str {
        self.map.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The fields, to be read by the rules.
    pub fn fields(&self) -> Fields {
        Fields::from_form(self.map.clone())
    }

    /// The password; none is as good as an empty one.
    pub fn password(&self) -> SecretString {
        self.fields().secret("password").value().unwrap_or_else(|| SecretString::from(""))
    }

    /// Where a mail leads back to that this form asks for.
    pub fn place(&self) -> Place {
        Place::at(&self.site.app, self.site.kept.redirect_uri.as_deref(), self.site.reader.language.tag())
    }
}

/// A parameter of the address, the first of its name; what cannot be read is not there.
pub fn param(uri: &Uri, name: &str) -> Option<String> {
    let pairs = pairs::decode(uri.query().unwrap_or_default()).unwrap_or_default();
    pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// What a login page's address carries along to the end of the login.
#[derive(Debug, Default)]
pub struct Kept {
    /// Handed back to the app.
    pub redir: Option<String>,
    /// Where the app wants the login to end.
    pub redirect_uri: Option<String>,
    /// The language that the address names.
    pub locale: Option<String>,
}

impl Kept {
    /// Reads the query; what cannot be read is not there.
    pub fn of(uri: &Uri) -> Self {
        Self { redir: param(uri, "redir"), redirect_uri: param(uri, "redirect_uri"), locale: param(uri, "locale") }
    }

    /// This path with one more parameter than what is kept.
    pub fn at_with(&self, path: &str, name: &str, value: &str) -> String {
        let query = form_urlencoded::Serializer::new(self.query()).append_pair(name, value).finish();
        format!("{path}?{query}")
    }

    /// As a query, for links and forms.
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
