//! A call that passed the gate, with its parameters: JSON or a form in a POST body of limited size, or the query of a
//! GET.

use std::sync::Arc;

use axum::body::{Body as Stream, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{Method, StatusCode, Uri};
use gantry_core::connected_apps::{self, Place};
use gantry_core::fields::{Fields, Sent};
use gantry_core::logins::Door;
use gantry_core::text;
use gantry_web::body::{Body, Unreadable};
use gantry_web::pairs;
use secrecy::SecretString;
use serde_json::Value;

use super::caller::Caller;
use super::gate::Admitted;
use super::refusal::Refusal;
use crate::kept::Kept;
use crate::loginrocket::LoginRocket;
use crate::site::Site;

/// One call.
pub struct Call {
    /// The site of the request's host.
    pub site: Arc<Site>,
    /// Where the call comes from.
    pub caller: Caller,
    /// Where the login is to end, and in which language.
    pub kept: Kept,
    body: Body,
}

impl FromRequest<LoginRocket> for Call {
    type Rejection = Refusal;

    async fn from_request(request: Request, loginrocket: &LoginRocket) -> Result<Self, Refusal> {
        let (mut parts, stream) = request.into_parts();
        let admitted = parts.extensions.remove::<Admitted>();
        let Some(Admitted { site, caller }) = admitted else {
            return Err(gantry_core::Error::internal("a call that came by no gate").into());
        };
        let body = if parts.method == Method::POST {
            let bytes = to_bytes(Stream::new(stream), loginrocket.body_limit).await;
            let bytes =
                bytes.map_err(|_| Refusal::transport(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"))?;
            Body::read(&parts.headers, &bytes).map_err(|why| unreadable(&why))?
        } else {
            queried(&parts.uri)?
        };
        let sent = |name: &str| body.map.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let kept = Kept {
            redir: sent("redir").or(site.kept.redir.as_deref()).map(str::to_owned),
            redirect_uri: sent("redirect_uri").or(site.kept.redirect_uri.as_deref()).map(str::to_owned),
            locale: site.kept.locale.clone(),
            form: None,
        };
        Ok(Self { site, caller, kept, body })
    }
}

impl Call {
    /// Returns a text field; a missing field or another type counts as empty.
    pub fn text(&self, name: &str) -> &str {
        self.body.map.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns whether the field is a non-empty text.
    pub fn has(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Returns a required secret.
    pub fn secret(&self, name: &'static str, label: &str) -> Result<SecretString, Refusal> {
        let mut fields = self.fields();
        match fields.secret(name) {
            Sent::Value(secret) if self.has(name) => Ok(secret),
            _ => match fields.finish() {
                Err(broken) => Err(broken.into()),
                Ok(()) => Err(Refusal::blank(name, label)),
            },
        }
    }

    /// Returns the user's name as sent: in the realm's kind of name (username or email), or else in the other kind's
    /// field, which some clients send instead.
    pub fn name(&self) -> Result<&str, Refusal> {
        let (own, other, label) =
            if self.site.uses_email() { ("email", "username", "Email") } else { ("username", "email", "Username") };
        let named = [own, other].into_iter().map(|name| text::trim(self.text(name))).find(|name| !name.is_empty());
        named.ok_or_else(|| Refusal::blank(own, label))
    }

    /// Returns all fields that were sent, for validation by the core.
    pub fn fields(&self) -> Fields {
        Fields::from_json(self.body.map.clone())
    }

    /// Returns the channel of this call, for the rules on what is offered and remembered.
    pub fn door(&self) -> Door {
        Door::loginrocket(&self.site.settings, self.caller.by())
    }

    /// Returns the app's URL for a login with this token.
    pub fn destination(&self, token: &str, signup: bool) -> String {
        let (redirect_uri, redir) = (self.kept.redirect_uri.as_deref(), self.kept.redir.as_deref());
        connected_apps::destination(&self.site.app, redirect_uri, redir).with_token(token, signup)
    }

    /// Returns where the link of an email requested by this call leads back to.
    pub fn place(&self) -> Place {
        Place::at(&self.site.app, self.kept.redirect_uri.as_deref(), self.site.reader.language.tag())
    }
}

fn queried(uri: &Uri) -> Result<Body, Refusal> {
    let pairs = pairs::decode(uri.query().unwrap_or_default());
    let pairs = pairs.map_err(|_| Refusal::transport(StatusCode::BAD_REQUEST, "The query cannot be read"))?;
    Ok(Body { map: pairs::nest(pairs), from_form: true })
}

fn unreadable(why: &Unreadable) -> Refusal {
    match why {
        Unreadable::Type => Refusal::transport(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The content type must be application/json or application/x-www-form-urlencoded",
        ),
        Unreadable::Text(_) => Refusal::transport(StatusCode::BAD_REQUEST, "The body cannot be read"),
    }
}
