//! The real server on a socket of its own, with one account, realm and Connected App.

use std::sync::Arc;
use std::time::Duration;

use gantry::app::{App, deliveries, install_crypto};
use gantry::config::{self, Config, Sources};
use gantry::listener::{self, Limits};
use gantry_core::accounts::{self, Furnished, NewAccount};
use gantry_core::actor::Access;
use gantry_core::clock::Clock;
use gantry_core::realms::UsernameValidation;
use gantry_crypto::Random;
use gantry_social::Whereabouts;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::mailed::{Mailed, mailed};
use super::reference::hold_against_reference;
use super::{Answer, Browser, Engine, fresh_database};

/// When every test begins: 2026-01-01T00:00:00Z.
pub const START_MS: i64 = 1_767_225_600_000;

/// A running server. It ends with the value.
pub struct TestServer {
    pub app: App,
    pub clock: Clock,
    pub made: Arc<Furnished>,
    /// `http://127.0.0.1:PORT`
    pub address: String,
    pub port: u16,
    pub client: reqwest::Client,
    pub folder: Arc<TempDir>,
    /// The API key with every right.
    pub key: String,
    stop: CancellationToken,
    /// Its settings, without where it listens.
    settings: Vec<(&'static str, String)>,
    providers: Whereabouts,
}

impl TestServer {
    pub async fn start(engine: Engine) -> Self {
        Self::with(engine, &[]).await
    }

    /// With other settings than the tests' usual ones.
    pub async fn with(engine: Engine, settings: &[(&'static str, &str)]) -> Self {
        Self::among(engine, settings, Whereabouts::Public).await
    }

    /// With the named social providers at another place than the real ones.
    pub async fn among(engine: Engine, settings: &[(&'static str, &str)], providers: Whereabouts) -> Self {
        install_crypto();
        let folder = tempfile::tempdir().expect("a folder");
        let url = fresh_database(engine, folder.path()).await;
        let mut flags = vec![
            ("data", folder.path().display().to_string()),
            ("database_url", url),
            // Cheap hashes: what they cost is measured elsewhere.
            ("password.memory_kib", "64".to_owned()),
            ("password.passes", "1".to_owned()),
            ("postgres.connections", "5".to_owned()),
            // Where the tests' own receivers are.
            ("delivery.allowed_networks", "127.0.0.0/8".to_owned()),
        ];
        flags.extend(settings.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let (listener, port) = socket().await;
        let clock = Clock::set_to(START_MS);
        let config = configured(&flags, port);
        let random = Random::seeded(u64::from(port));
        let app = App::build_among(&config, clock.clone(), random, providers.clone()).await.expect("the server starts");
        let made = accounts::found(
            &app.core,
            &app.system_realm,
            &NewAccount {
                name: "Acme",
                email: "owner@example.com",
                password: &SecretString::from("tr0mbone-under-glass"),
                login_handler: "https://app.example.com/login",
                subdomain: Some("acme"),
                access: Access::AdminAccount,
                usernames: UsernameValidation::Standard,
            },
        )
        .await
        .expect("an account");
        let stop = CancellationToken::new();
        run(&config, &app, listener, &stop);
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self {
            app,
            clock,
            address: format!("http://127.0.0.1:{port}"),
            port,
            client,
            folder: Arc::new(folder),
            key: made.api_key.expose_secret().to_owned(),
            made: Arc::new(made),
            stop,
            settings: flags,
            providers,
        }
    }

    /// Another server on the same database, with the same clock: a second node, or this one after a restart.
    pub async fn beside(&self) -> Self {
        let (listener, port) = socket().await;
        let config = configured(&self.settings, port);
        let (clock, random) = (self.clock.clone(), Random::seeded(u64::from(port)));
        let app = App::build_among(&config, clock.clone(), random, self.providers.clone()).await.expect("it starts");
        let stop = CancellationToken::new();
        run(&config, &app, listener, &stop);
        Self {
            app,
            clock,
            made: Arc::clone(&self.made),
            address: format!("http://127.0.0.1:{port}"),
            port,
            client: self.client.clone(),
            folder: Arc::clone(&self.folder),
            key: self.key.clone(),
            stop,
            settings: self.settings.clone(),
            providers: self.providers.clone(),
        }
    }

    /// The realm's id.
    pub fn realm(&self) -> &str {
        &self.made.realm.id
    }

    /// A call with the account's key and the realm's header.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.call_as(&self.key, Some(self.realm()), method, path, body).await
    }

    /// A call with any key and any realm header.
    pub async fn call_as(
        &self,
        key: &str,
        realm: Option<&str>,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = self.client.request(method.clone(), format!("{}/v1/{path}", self.address));
        request = request.header("X-Authrocket-Api-Key", key).header("Accept", "application/json");
        if let Some(realm) = realm {
            request = request.header("X-Authrocket-Realm", realm);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = Answer::read(request.send().await.expect("an answer")).await;
        hold_against_reference(&method, path, &answer);
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// Moves the clock, and has done what is due then.
    pub fn advance(&self, milliseconds: i64) {
        self.clock.advance(milliseconds);
        self.app.core.bell.ring_for_everything();
    }

    /// Makes a person with the password `tr0mbone-under-glass`.
    pub async fn user(&self, username: &str) -> Value {
        let user = json!({"user": {
            "user_type": "human", "username": username, "email": format!("{username}@example.com"),
            "first_name": "Ada", "last_name": "Lovelace", "password": "tr0mbone-under-glass",
        }});
        self.post("users", user).await.json(201)
    }

    /// Logs that person in and gives the answer of `authenticate`.
    pub async fn authenticate(&self, username: &str) -> Value {
        let password = json!({"password": "tr0mbone-under-glass"});
        self.post(&format!("users/{username}/authenticate"), password).await.json(200)
    }

    /// The mail of the newest event of this type.
    pub async fn mailed(&self, event_type: &str) -> Option<Mailed> {
        mailed(self, event_type).await
    }

    /// The one-time token in the newest mail of this event type.
    pub async fn mailed_token(&self, event_type: &str) -> String {
        self.mailed(event_type).await.expect("a mail").token.expect("a token")
    }

    /// A browser at the Connected App's LoginRocket host.
    pub fn browser(&self) -> Browser {
        Browser::new(self.client.clone(), &self.address, &format!("acme.localhost:{}", self.port))
    }
}

async fn socket() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

fn configured(settings: &[(&'static str, String)], port: u16) -> Config {
    let listens = [("listen", format!("127.0.0.1:{port}")), ("base_url", format!("http://localhost:{port}"))];
    let sources =
        Sources { flags: listens.into_iter().chain(settings.iter().cloned()).collect(), ..Sources::default() };
    config::load(&sources).unwrap_or_else(|problems| panic!("{problems}")).config
}

/// Listens and delivers until it is stopped.
fn run(config: &Config, app: &App, listener: TcpListener, stop: &CancellationToken) {
    let limits = Limits { drain: Duration::from_secs(1), ..Limits::of(config) };
    let deliveries = deliveries(config, app).expect("deliveries");
    tokio::spawn(deliveries.run(stop.clone()));
    tokio::spawn(listener::serve(listener, app.surfaces.clone(), limits, stop.clone()));
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
