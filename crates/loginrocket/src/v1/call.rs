//! A call that was let in, with what it sent: JSON or a form by POST, the query by GET, of a bounded size.

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
    /// The host it was made at.
    pub site: Arc<Site>,
    /// Who calls.
    pub caller: Caller,
    /// Where the login is to end.
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
    /// A field that is a text; what is none is as good as nothing.
    pub fn text(&self, name: &str) -> &str {
        self.body.map.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether there is such a text.
    pub fn has(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// A secret that has to be there.
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

    /// What the person is called: the realm's kind of name, or else the other kind, which some clients send beside it.
    pub fn name(&self) -> Result<&str, Refusal> {
        let (own, other, label) =
            if self.site.uses_email() { ("email", "username", "Email") } else { ("username", "email", "Username") };
        let named = [own, other].into_iter().map(|name| text::trim(self.text(name))).find(|name| !name.is_empty());
        named.ok_or_else(|| Refusal::blank(own, label))
    }

    /// All that was sent, to be read by the rules.
    pub fn fields(&self) -> Fields {
        Fields::from_json(self.body.map.clone())
    }

    /// The door that this call stands at.
    pub fn door(&self) -> Door {
        Door::loginrocket(&self.site.settings, self.caller.by())
    }

    /// The app's address for a login with this token.
    pub fn destination(&self, token: &str, signup: bool) -> String {
        let (redirect_uri, redir) = (self.kept.redirect_uri.as_deref(), self.kept.redir.as_deref());
        connected_apps::destination(&self.site.app, redirect_uri, redir).with_token(token, signup)
    }

    /// Where a mail leads back to that this call asks for.
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
