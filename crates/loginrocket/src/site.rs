//! The site of a request: the Connected App of its host name, with its realm and LoginRocket's settings.

use std::borrow::Cow;

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use gantry_core::Error;
use gantry_core::actor::{Actor, Origin, Who};
use gantry_core::auth_providers::{self, LoginRocket as Settings};
use gantry_core::connected_apps::{self, ConnectedApp, Destination};
use gantry_core::realms::{Realm, UsernameValidation};
use gantry_core::web_origin::{Scheme, WebOrigin};
use gantry_web::address::ClientAddress;

use crate::kept::Kept;
use crate::loginrocket::LoginRocket;
use crate::page_state::PageState;
use crate::reader::Reader;
use crate::remembered;

/// Longest user agent that is stored, in characters.
const LONGEST_CLIENT: usize = 500;

/// A LoginRocket host that is in use.
pub struct Site {
    /// The Connected App that users log in to.
    pub app: ConnectedApp,
    /// Realm of the app.
    pub realm: Realm,
    /// LoginRocket's settings of the realm.
    pub settings: Settings,
    /// The visitor, as the actor of changes.
    pub actor: Actor,
    /// `http://acme.localhost:8000`
    pub origin: WebOrigin,
    /// Headers of the request.
    pub headers: HeaderMap,
    /// Reader of the page, with their language.
    pub reader: Reader,
    /// Query parameters that are passed on; for a callback of a social login, those that it began with.
    pub kept: Kept,
    /// Path of the request.
    pub path: String,
    /// State of the page after a form.
    pub state: PageState,
}

impl Site {
    /// Finds the site of this request.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown host, or if the realm has LoginRocket disabled.
    pub async fn of(loginrocket: &LoginRocket, parts: &Parts) -> Result<Self, Error> {
        const UNKNOWN: Error = Error::NotFound("page");
        let origin = origin(loginrocket, parts).ok_or(UNKNOWN)?;
        let (app, realm) = find(loginrocket, origin.host()).await?.ok_or(UNKNOWN)?;
        let settings = auth_providers::login_rocket(&loginrocket.core.db, &realm).await?;
        if settings.is_none() {
            tracing::info!(app = app.id, realm = realm.id, "no pages: the realm has no active login_rocket provider");
        }
        let settings = settings.ok_or(UNKNOWN)?;
        let address = parts.extensions.get::<ClientAddress>().map(|address| address.0.to_string());
        let client = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let client = client.map(|client| client.chars().take(LONGEST_CLIENT).collect());
        let browser = remembered::known_browser(&parts.headers, loginrocket.secure);
        let visitor = Origin { ip: address, client, app: Some(app.id.clone()), browser, submission: None };
        Ok(Self {
            app,
            realm,
            settings,
            actor: Actor { who: Who::Visitor, origin: visitor },
            origin,
            headers: parts.headers.clone(),
            reader: Reader::of(loginrocket, &parts.method, &parts.uri, &parts.headers),
            kept: Kept::of(&parts.uri),
            path: parts.uri.path().to_owned(),
            state: PageState::default(),
        })
    }

    /// Returns URL and label of the link to continue after a page: the login page, or the app if this host has no
    /// logins.
    pub fn way_on(&self) -> (String, Cow<'_, str>) {
        if self.settings.login.on_pages() {
            return (self.kept.at("/login"), self.say("back-to-login"));
        }
        (connected_apps::destination(&self.app, self.kept.redirect_uri.as_deref(), None).url, self.say("continue"))
    }

    /// Returns where a login ends.
    pub fn destination(&self) -> Destination {
        connected_apps::destination(&self.app, self.kept.redirect_uri.as_deref(), self.kept.redir.as_deref())
    }

    /// Returns a sentence in the visitor's language.
    pub fn say<'a>(&'a self, key: &'a str) -> Cow<'a, str> {
        self.reader.language.say(key)
    }

    /// Returns whether users may log in with either username or email.
    pub fn takes_either(&self) -> bool {
        !self.uses_email() && self.realm.require_unique_emails
    }

    /// Returns whether users are identified by their email address.
    pub fn uses_email(&self) -> bool {
        self.realm.username_validation_human == UsernameValidation::Email
    }
}

/// Returns the origin of the request.
pub fn origin(loginrocket: &LoginRocket, parts: &Parts) -> Option<WebOrigin> {
    let of_header = || parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = parts.uri.authority().map(axum::http::uri::Authority::as_str).or_else(of_header)?;
    WebOrigin::at(Scheme::of(loginrocket.secure), authority)
}

async fn find(loginrocket: &LoginRocket, host: &str) -> Result<Option<(ConnectedApp, Realm)>, Error> {
    let label = host.strip_suffix(&*loginrocket.login_domain).and_then(|rest| rest.strip_suffix('.'));
    match label {
        Some(label) if !label.contains('.') => connected_apps::at_subdomain(&loginrocket.core, label).await,
        _ => connected_apps::at_domain(&loginrocket.core, host).await,
    }
}
