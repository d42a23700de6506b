//! A form that a page sent: read, bounded, and proven to come from our own page.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use gantry_core::connected_apps::Place;
use gantry_core::fields::Fields;
use gantry_web::body::Body;
use gantry_web::csrf;
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
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
        Fields::from_json(self.map.clone())
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
