//! The server: what tests set, what it was asked, and what it gave out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use gantry_social::Whereabouts;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::{Url, form_urlencoded};

use super::dialects;
use super::keys::Key;

/// Who logs in there.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub email: Option<String>,
    /// What is said of the address; none: nothing.
    pub verified: Option<bool>,
    pub first: String,
    pub last: String,
    pub nickname: String,
}

impl Person {
    pub fn new(id: &str, email: Option<&str>, verified: Option<bool>) -> Self {
        Self {
            id: id.to_owned(),
            email: email.map(str::to_owned),
            verified,
            first: "Ada".to_owned(),
            last: "Lovelace".to_owned(),
            nickname: format!("nick{id}"),
        }
    }
}

/// A code that was given out.
#[derive(Debug, Clone)]
pub struct Grant {
    pub person: Person,
    pub query: HashMap<String, String>,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub query: HashMap<String, String>,
    pub form: HashMap<String, String>,
    pub headers: HeaderMap,
    pub text: String,
}

type Patch = Box<dyn Fn(&mut Map<String, Value>) + Send>;
type Forge = Box<dyn Fn(&Map<String, Value>) -> String + Send>;

/// What happens there.
pub struct State {
    pub address: String,
    pub person: Person,
    pub codes: HashMap<String, Grant>,
    pub tokens: HashMap<String, Grant>,
    pub keys: Vec<Key>,
    /// Seconds.
    pub now: i64,
    /// Applied to the claims of each ID token.
    pub patch: Patch,
    /// Applied to what an OpenID or custom profile tells.
    pub patch_profile: Patch,
    /// Signs instead, with a header of its own.
    pub forge: Option<Forge>,
    /// What the issuer's discovery document calls it instead of its own name.
    pub called: Option<String>,
    /// Paths that end so answer with this status; 0: never.
    pub broken: Option<(String, u16)>,
    pub asked: Vec<Asked>,
    pub made: usize,
}

/// All providers at `address`. They end with the value.
pub struct Providers {
    pub address: String,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl Drop for Providers {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Providers {
    pub async fn start() -> Self {
        gantry::app::install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://127.0.0.1:{}", listener.local_addr().expect("an address").port());
        let state = Arc::new(Mutex::new(State {
            address: address.clone(),
            person: Person::new("1001", Some("ada@example.com"), Some(true)),
            codes: HashMap::new(),
            tokens: HashMap::new(),
            keys: vec![Key::es256("first")],
            now: crate::support::START_MS / 1000,
            patch: Box::new(|_| ()),
            patch_profile: Box::new(|_| ()),
            forge: None,
            called: None,
            broken: None,
            asked: Vec::new(),
            made: 0,
        }));
        let shared = Arc::clone(&state);
        let router = Router::new().fallback(move |request: Request<Body>| answer(Arc::clone(&shared), request));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { address, state, serving }
    }

    /// Where Gantry finds them.
    pub fn whereabouts(&self) -> Whereabouts {
        Whereabouts::At(Url::parse(&self.address).expect("an address"))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic under the lock")
    }

    /// From now on this person logs in.
    pub fn is(&self, person: Person) {
        self.state().person = person;
    }

    /// The issuer signs with another key from now on, which it publishes beside no other.
    pub fn rotate(&self, kid: &str, algorithm: Algorithm) {
        let key = if algorithm == Algorithm::RS256 { Key::rs256(kid) } else { Key::es256(kid) };
        self.state().keys = vec![key];
    }

    /// How often paths that end so were asked for.
    pub fn count(&self, ending: &str) -> usize {
        self.state().asked.iter().filter(|asked| asked.path.ends_with(ending)).count()
    }

    /// The last request of a path that ends so.
    pub fn last(&self, ending: &str) -> Asked {
        let state = self.state();
        state.asked.iter().rfind(|asked| asked.path.ends_with(ending)).expect("it was asked").clone()
    }

    /// A token that the provider's own software would give to an app of this client.
    pub fn native_token(&self, client_id: &str) -> String {
        let mut state = self.state();
        let query = HashMap::from([("client_id".to_owned(), client_id.to_owned())]);
        let grant = Grant { person: state.person.clone(), query };
        state.give_token(grant)
    }
}

impl State {
    pub fn next(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}-{}", self.made)
    }

    pub fn give_token(&mut self, grant: Grant) -> String {
        let token = self.next("token");
        self.tokens.insert(token.clone(), grant);
        token
    }
}

async fn answer(state: Arc<Mutex<State>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.expect("a body");
    let pairs = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect::<HashMap<_, _>>();
    let asked = Asked {
        path: parts.uri.path().to_owned(),
        query: pairs(parts.uri.query().unwrap_or_default().as_bytes()),
        form: pairs(&bytes),
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).expect("text"),
    };
    let broken = {
        let mut state = state.lock().expect("no panic under the lock");
        state.asked.push(asked.clone());
        state.broken.clone().filter(|(ending, _)| asked.path.ends_with(ending.as_str()))
    };
    match broken {
        Some((_, 0)) => std::future::pending().await,
        Some((_, status)) => StatusCode::from_u16(status).expect("a status").into_response(),
        None => dialects::answer(&mut state.lock().expect("no panic under the lock"), &asked),
    }
}
