//! A form sent by a page: parsed, limited in size, and verified to come from our own page (CSRF).

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use gantry_core::Error;
use gantry_core::connected_apps::Place;
use gantry_core::fields::Fields;
use gantry_core::form_submissions::FormSubmission;
use gantry_web::body::Body;
use gantry_web::csrf;
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::failure::failure_message;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state::PageState;
use crate::site::Site;

/// A form from a page of this site.
pub struct Form {
    /// The site that received it.
    pub site: Site,
    /// Identifies this submission, to detect duplicates.
    pub submission: FormSubmission,
    map: Map<String, Value>,
}

impl FromRequest<LoginRocket> for Form {
    type Rejection = Shown;

    async fn from_request(request: Request, loginrocket: &LoginRocket) -> Result<Self, Shown> {
        let (mut parts, body) = request.into_parts();
        let mut site = Site::from_request_parts(&mut parts, loginrocket).await?;
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
        let submission = submission(loginrocket, &parts, &bytes);
        site.actor.origin.submission = Some(submission.clone());
        Ok(Self { map: body.map, site, submission })
    }
}

/// Two submissions are duplicates if all that the browser sent is equal, including the form's CSRF token.
fn submission(loginrocket: &LoginRocket, parts: &Parts, body: &[u8]) -> FormSubmission {
    let secret = csrf::cookie(&parts.headers, loginrocket.secure).unwrap_or_default();
    FormSubmission::new(&format!("{secret}\n{}\n{}", parts.uri, String::from_utf8_lossy(body)))
}

impl Form {
    /// Returns the error page. A rate limit is shown after a redirect, so that Back and a reload show it again; other
    /// errors are shown at once, since sending the form again may succeed.
    pub fn failed(&self, loginrocket: &LoginRocket, error: Error) -> Shown {
        match error {
            Error::Limited { .. } => match failure_message(error) {
                Some(message) => PageState::says(message).show_at(loginrocket, &self.site, &self.site.path),
                None => self.site.missing(loginrocket),
            },
            error => self.site.failed(loginrocket, error),
        }
    }

    /// Returns the non-empty values of these fields as typed.
    pub fn all_typed<'a>(&'a self, names: &[&'a str]) -> Vec<(&'a str, &'a str)> {
        names.iter().map(|name| (*name, self.typed(name))).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Returns a field as typed, to show it again; never used for passwords.
    pub fn typed(&self, name: &str) -> &str {
        self.map.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the fields, for validation by the core.
    pub fn fields(&self) -> Fields {
        Fields::from_json(self.map.clone())
    }

    /// Returns the password; a missing one counts as empty.
    pub fn password(&self) -> SecretString {
        self.fields().secret("password").value().unwrap_or_else(|| SecretString::from(""))
    }

    /// Returns where the link of an email requested by this form leads back to.
    pub fn place(&self) -> Place {
        Place::at(&self.site.app, self.site.kept.redirect_uri.as_deref(), self.site.reader.language.tag())
    }
}
