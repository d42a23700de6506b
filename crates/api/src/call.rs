//! An authenticated API call: the caller's key, the realm it names, its query and its body.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::{Extensions, HeaderMap, Method, StatusCode, header};
use gantry_core::actor::{Actor, Origin, Who};
use gantry_core::api_keys::KeyCheck;
use gantry_core::fields::{Fields, UnreadNames};
use gantry_core::page::{Asked, Offer, Page};
use gantry_core::realms::{self, Holding, Realm};
use gantry_core::text::is_bidi_control;
use gantry_core::{Core, api_keys};
use gantry_crypto::id;
use gantry_web::address::ClientAddress;
use gantry_web::body::{Body, Unreadable};
use gantry_web::pairs;
use serde_json::{Map, Value};

use crate::api::Api;
use crate::error::Refusal;
use crate::rates;

const API_KEY: &str = "x-authrocket-api-key";
const ACCOUNT: &str = "x-authrocket-account";
const REALM: &str = "x-authrocket-realm";

/// Top-level keys that every body may have.
const EVERYWHERE: [&str; 2] = ["request", "realm_id"];

/// Longest IP address and client of the end user that are kept, in characters.
const LONGEST_IP: usize = 64;
const LONGEST_CLIENT: usize = 500;

/// One call by an authenticated caller.
#[derive(Debug)]
pub struct Call {
    /// The API key, with the end user's IP address and client.
    pub actor: Actor,
    /// Realm that the call names, in `realm_id` or else in the header.
    pub realm_id: Option<String>,
    query: Vec<(String, String)>,
    body: Body,
    /// Key of the resource object in bodies sent to this path: `user` for `/v1/users/…`.
    root: String,
    unread: UnreadNames,
}

impl FromRequest<Arc<Api>> for Call {
    type Rejection = Refusal;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let headers = &parts.headers;
        accepts_json(headers)?;
        let key = admitted(api, &parts.extensions, headers).await?;
        let query = parts.uri.query().unwrap_or_default();
        let query = pairs::decode(query).map_err(|why| Refusal::BadRequest(format!("The query is wrong: {why}")))?;
        without_nul(parts.uri.path(), &query)?;
        let bytes = axum::body::to_bytes(axum::body::Body::new(body), api.body_limit)
            .await
            .map_err(|_| Refusal::Transport(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"))?;
        // The body of a GET is ignored, so it is not validated either.
        let body = if parts.method == Method::GET { Ok(Body::default()) } else { Body::read(headers, &bytes) };
        let body = body.map_err(|unreadable| match unreadable {
            Unreadable::Type => Refusal::Transport(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The content type must be application/json or application/x-www-form-urlencoded",
            ),
            Unreadable::Text(sentence) => Refusal::BadRequest(sentence),
        })?;
        let unread = parts.extensions.get::<UnreadNames>().cloned().unwrap_or_default();
        let mut root = String::new();
        // Skipped without a body, since most calls check a session and send none.
        if !body.map.is_empty() {
            root = root_of(parts.uri.path());
            unread.add("", &body.map);
            for name in EVERYWHERE {
                unread.read("", name);
            }
        }
        let realm_id = named_realm(&query, &body.map, &root)
            .or_else(|| text(headers, REALM).filter(|realm| !realm.is_empty()).map(str::to_owned));
        let origin = origin(&query, &body.map);
        Ok(Self { actor: Actor { who: Who::Key(key), origin }, realm_id, query, body, root, unread })
    }
}

impl Call {
    /// Returns the realm to work in: the named one, or the one that holds the object.
    pub async fn realm(&self, core: &Arc<Core>, holding: Option<Holding<'_>>) -> Result<Realm, Refusal> {
        Ok(realms::enter(core, &self.actor, self.realm_id.as_deref(), holding).await?)
    }

    /// Returns the realm to create an object in, which the call must name.
    pub async fn realm_to_create_in(&self, core: &Arc<Core>) -> Result<Realm, Refusal> {
        if self.realm_id.is_none() {
            // If the resource object is missing, so is its `realm_id`; only the missing object is reported.
            if !self.body.map.is_empty() && self.object().is_none() {
                Fields::without_root(&self.root).finish()?;
            }
            let sentence = "Realm can't be blank: send realm_id, or the header X-Authrocket-Realm";
            return Err(gantry_core::Error::invalid("realm_id", "blank", sentence).into());
        }
        self.realm(core, None).await
    }

    /// Returns the realm to create an object in that belongs to the user named by `user_id` in the resource object: the
    /// named realm, or else the user's.
    pub async fn realm_of_user(&self, core: &Arc<Core>) -> Result<Realm, Refusal> {
        let user = self.object().and_then(|fields| fields.get("user_id")).and_then(Value::as_str).map(str::trim);
        match user.filter(|user| self.realm_id.is_none() && id::is("usr", user)) {
            Some(user) => self.realm(core, Some(Holding::User(user))).await,
            None => self.realm_to_create_in(core).await,
        }
    }

    /// Returns whether the resource object has this field as null.
    pub fn nulls(&self, name: &str) -> bool {
        self.object().and_then(|fields| fields.get(name)).is_some_and(Value::is_null)
    }

    fn object(&self) -> Option<&Map<String, Value>> {
        self.body.map.get(&self.root).and_then(Value::as_object)
    }

    /// Returns a query parameter; the last one if it is repeated.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns a query parameter that is not empty.
    pub fn filter(&self, name: &str) -> Option<&str> {
        self.query(name).filter(|value| !value.is_empty())
    }

    /// Returns the values of a query parameter that may have several: `k=a,b`, `k[]=a&k[]=b` or both.
    pub fn queries(&self, name: &str) -> Vec<&str> {
        let same = |known: &str| known == name || known.strip_suffix("[]") == Some(name);
        let values = self.query.iter().filter(|(known, _)| same(known));
        values.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|value| !value.is_empty()).collect()
    }

    /// Returns whether `expand` (or its older spelling) asks for this.
    pub fn expands(&self, what: &str) -> bool {
        self.queries("expand").contains(&what) || self.queries("expands").contains(&what)
    }

    /// Returns the page that a list call asks for.
    pub fn page(&self, offer: &Offer) -> Result<Page, Refusal> {
        Ok(offer.page(&Asked {
            after: self.query("after"),
            max_results: self.query("max_results"),
            sort: self.query("sort"),
            direction: self.query("direction"),
        })?)
    }

    /// Takes the fields of the resource object. If a body has other keys but not this object, the fields report that
    /// only when they finish, so that a missing right or an unknown object is reported first. An empty body lacks only
    /// its fields.
    pub fn root(&mut self) -> Fields {
        self.unread.read("", &self.root);
        if self.body.map.is_empty() {
            return Fields::empty();
        }
        let map = match self.body.map.remove(&self.root) {
            Some(Value::Object(map)) => map,
            Some(Value::Array(items)) if items.is_empty() => Map::new(), // PHP's empty hash
            _ => return Fields::without_root(&self.root),
        };
        let path = format!("{}.", self.root);
        let fields = Fields::tracking(map, self.unread.clone(), path.clone());
        // Marks fields as known that are read elsewhere: the realm, and the end user as early clients sent it.
        self.unread.read(&path, "realm_id");
        if self.root == "session" {
            self.unread.read(&path, "ip");
            self.unread.read(&path, "client");
        }
        fields
    }

    /// Takes the fields of a call whose body has no resource object.
    pub fn flat(&mut self) -> Fields {
        let fields = Fields::tracking(std::mem::take(&mut self.body.map), self.unread.clone(), String::new());
        for name in EVERYWHERE {
            self.unread.read("", name);
        }
        fields
    }

    /// Takes the fields of a call that has them at the body's top level or in the resource object.
    pub fn flat_or_root(&mut self) -> Fields {
        if self.object().is_some() { self.root() } else { self.flat() }
    }
}

/// Returns the singular of the path's resource, which is the key of the resource object in bodies.
fn root_of(path: &str) -> String {
    let plural = path.split('/').filter(|part| !part.is_empty()).nth(1).unwrap_or_default();
    match plural.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => plural.strip_suffix('s').unwrap_or(plural).to_owned(),
    }
}

/// Authenticates the API key of the headers and applies its rate limit.
async fn admitted(api: &Api, extensions: &Extensions, headers: &HeaderMap) -> Result<api_keys::ApiKey, Refusal> {
    let now = api.core.clock.now_ms();
    let proven = authenticated(&api.core, headers).await;
    let standing = match (&proven, extensions.get::<ClientAddress>()) {
        (Ok(key), _) => api.rates.call(now, &key.id, key.calls_per_minute),
        // Internal errors are not counted.
        (Err(Refusal::Core(_)), _) | (_, None) => None,
        (Err(_), Some(address)) => api.rates.wrong_key(now, address.0),
    };
    let Some(standing) = standing else { return proven };
    if let (Ok(_), Some(told)) = (&proven, extensions.get::<rates::Told>()) {
        // Set once per request, since a request is extracted once.
        let _ = told.set(standing);
    }
    if standing.exceeded {
        return Err(gantry_core::Error::Limited { retry_after: standing.retry_after(now) }.into());
    }
    proven
}

/// Authenticates the API key of the headers. Missing, wrong and revoked keys get one response; only the holder of a
/// correct key learns what else is wrong.
async fn authenticated(core: &Core, headers: &HeaderMap) -> Result<api_keys::ApiKey, Refusal> {
    const UNKNOWN: Refusal =
        Refusal::Transport(StatusCode::FORBIDDEN, "The API key is missing or wrong: send it as X-Authrocket-Api-Key");
    const EXPIRED: Refusal = Refusal::Transport(StatusCode::FORBIDDEN, "The API key has expired: use a new one");
    const OTHER_ACCOUNT: Refusal = Refusal::Transport(
        StatusCode::FORBIDDEN,
        "The API key belongs to another account than X-Authrocket-Account names: leave that header out, or send the \
         key's own account",
    );
    let whole = text(headers, API_KEY).ok_or(UNKNOWN)?;
    let key = match api_keys::authenticate(core, whole).await? {
        KeyCheck::Valid(key) => *key,
        KeyCheck::Expired => return Err(EXPIRED),
        KeyCheck::Unknown => return Err(UNKNOWN),
    };
    // Older clients send the account in a second header, which must then match the key.
    match text(headers, ACCOUNT) {
        Some(account) if account != key.account_id => Err(OTHER_ACCOUNT),
        _ => Ok(key),
    }
}

fn accepts_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(accept) = text(headers, header::ACCEPT.as_str()) else { return Ok(()) };
    let fits = |range: &str| {
        let kind = range.split(';').next().unwrap_or_default().trim();
        kind.is_empty() || ["application/json", "application/*", "*/*"].iter().any(|fit| kind.eq_ignore_ascii_case(fit))
    };
    if accept.split(',').any(fits) {
        return Ok(());
    }
    Err(Refusal::Transport(StatusCode::NOT_ACCEPTABLE, "The answer is application/json, which Accept does not allow"))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// Rejects NUL characters in path and query: no name has one, and PostgreSQL cannot look for one. The fields of bodies
/// are checked by their own rules.
fn without_nul(path: &str, query: &[(String, String)]) -> Result<(), Refusal> {
    if path.contains("%00") {
        return Err(Refusal::Transport(StatusCode::NOT_FOUND, "Nothing has an address with a NUL character"));
    }
    match query.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
        Some((name, _)) => {
            Err(Refusal::BadRequest(format!("The parameter {} has a NUL character", name.replace('\0', "\u{fffd}"))))
        }
        None => Ok(()),
    }
}

/// Returns `realm_id` of the query, the resource object or a flat body, in this order.
fn named_realm(query: &[(String, String)], body: &Map<String, Value>, root: &str) -> Option<String> {
    let of_query = query.iter().rev().find(|(name, _)| name == "realm_id").map(|(_, value)| value.as_str());
    let of_root = || body.get(root)?.get("realm_id")?.as_str();
    let of_flat = || body.get("realm_id").and_then(Value::as_str);
    let named = of_query.or_else(of_root).or_else(of_flat).map(str::trim);
    named.filter(|realm| !realm.is_empty()).map(str::to_owned)
}

/// Returns the end user's IP address and client, from `request` or from the session object as early clients sent them.
/// Unreadable values are left out, since some clients send them mangled.
fn origin(query: &[(String, String)], body: &Map<String, Value>) -> Origin {
    let of_query = |name: &str| {
        let name = format!("request[{name}]");
        query.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    };
    let of_body = |name: &str| {
        let told = body.get("request").or_else(|| body.get("session")).and_then(|told| told.get(name));
        told.and_then(Value::as_str).map(str::to_owned)
    };
    let clean = |text: Option<String>, most: usize| {
        let text: String = text?.chars().filter(|c| !c.is_control() && !is_bidi_control(*c)).take(most).collect();
        Some(text).filter(|text| !text.is_empty())
    };
    if query.is_empty() && body.is_empty() {
        return Origin::default();
    }
    Origin {
        ip: clean(of_query("ip").or_else(|| of_body("ip")), LONGEST_IP),
        client: clean(of_query("client").or_else(|| of_body("client")), LONGEST_CLIENT),
        ..Origin::default()
    }
}
