//! The site that a request is for: the Connected App of its host name, with its realm and LoginRocket's settings.

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

/// Longest user agent that is kept.
const LONGEST_CLIENT: usize = 500;

/// A LoginRocket host that is in use.
pub struct Site {
    /// Whose logins happen here.
    pub app: ConnectedApp,
    /// Its realm.
    pub realm: Realm,
    /// How LoginRocket behaves.
    pub settings: Settings,
    /// The visitor.
    pub actor: Actor,
    /// `http://acme.localhost:8000`
    pub origin: WebOrigin,
    /// What the browser sent.
    pub headers: HeaderMap,
    /// Who reads the page.
    pub reader: Reader,
    /// What the address carries along; of a login that comes back from another site, what it began with.
    pub kept: Kept,
    /// The path that was asked for.
    pub path: String,
    /// What the page shows after a form.
    pub state: PageState,
}

impl Site {
    /// The site that this request is for.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a host that is nobody's, or whose realm has LoginRocket off.
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

    /// Where somebody goes on who is done with a page of a mail: to log in, or to the app where this host has no logins.
    pub fn way_on(&self) -> (String, Cow<'_, str>) {
        if self.settings.login.on_pages() {
            return (self.kept.at("/login"), self.say("back-to-login"));
        }
        (connected_apps::destination(&self.app, self.kept.redirect_uri.as_deref(), None).url, self.say("continue"))
    }

    /// Where a login ends.
    pub fn destination(&self) -> Destination {
        connected_apps::destination(&self.app, self.kept.redirect_uri.as_deref(), self.kept.redir.as_deref())
    }

    /// A sentence in the visitor's language.
    pub fn say<'a>(&'a self, key: &'a str) -> Cow<'a, str> {
        self.reader.language.say(key)
    }

    /// Whether people log in by either of username and email here.
    pub fn takes_either(&self) -> bool {
        !self.uses_email() && self.realm.require_unique_emails
    }

    /// Whether people are called by their email address here.
    pub fn uses_email(&self) -> bool {
        self.realm.username_validation_human == UsernameValidation::Email
    }
}

/// The origin that the request is for.
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
