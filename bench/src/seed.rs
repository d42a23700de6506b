//! An installation with many users, each with the same password and a live session.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use gantry::app::{App, install_crypto};
use gantry::config::{self, Sources};
use gantry_core::accounts::{self, Furnished, NewAccount};
use gantry_core::actor::Access;
use gantry_core::clock::Clock;
use gantry_core::realms::UsernameValidation;
use gantry_crypto::jwt::{Claims, SigningKey};
use gantry_crypto::password::Password;
use gantry_crypto::{Random, id};
use secrecy::{ExposeSecret, SecretString};

use crate::store::{self, Person};

const PASSWORD: &str = "tr0mbone-under-glass";
const PREFIX: &str = "user";
/// Lifetime of sessions: a day, so that they outlive the measurement.
const SESSION_MS: i64 = 24 * 60 * 60 * 1000;
const PER_TRANSACTION: usize = 5_000;

/// A filled installation, and how to use it.
#[derive(Clone)]
pub struct Seeded {
    pub api_key: String,
    pub realm: String,
    /// Number of users, each with a live session.
    pub users: usize,
    /// Prefix of usernames; a number below `users` follows.
    pub username: String,
    /// Password of all users.
    pub password: String,
    /// A file with a login token on each line.
    pub tokens: PathBuf,
    /// A file with a session's id on each line.
    pub ids: PathBuf,
}

impl Seeded {
    /// Creates the description of an installation whose users have no sessions.
    pub fn without_sessions(api_key: String, realm: String, users: usize, data: &Path) -> Self {
        let (tokens, ids) = (data.join("tokens.txt"), data.join("ids.txt"));
        Self { api_key, realm, users, username: PREFIX.to_owned(), password: PASSWORD.to_owned(), tokens, ids }
    }

    /// Returns the environment variables for the scripts of wrk.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let known = [
            ("API_KEY", &self.api_key),
            ("REALM", &self.realm),
            ("USERNAME", &self.username),
            ("PASSWORD", &self.password),
        ];
        let mut environment: Vec<_> = known.map(|(name, value)| (name, value.clone())).into();
        environment.push(("USERS", self.users.to_string()));
        environment
    }
}

/// Creates an installation with one account.
pub async fn found(data: &Path, database_url: &str) -> anyhow::Result<(App, Furnished)> {
    install_crypto();
    let flags = vec![("data", data.display().to_string()), ("database_url", database_url.to_owned())];
    let sources = Sources { flags, ..Sources::default() };
    let config = config::load(&sources).map_err(|problems| anyhow!("{problems}"))?.config;
    let app = App::build(&config, Clock::system(), Random::system()).await?;
    let made = accounts::found(
        &app.core,
        &app.system_realm,
        &NewAccount {
            name: "Bench",
            email: "bench@example.com",
            password: &SecretString::from(PASSWORD),
            login_handler: "http://localhost:9/login",
            subdomain: Some("bench"),
            access: Access::AdminAccount,
            usernames: UsernameValidation::Standard,
        },
    )
    .await?;
    Ok((app, made))
}

/// Fills the installation.
pub async fn fill(data: &Path, database_url: &str, users: usize) -> anyhow::Result<Seeded> {
    let (app, made) = found(data, database_url).await?;
    let random = Random::system();
    let kid = store::key(&app.core.db, &made.realm.id).await?.context("the realm's key")?;
    let signer = SigningKey::hs256(&kid, &made.jwt_key)?;
    let hash = app.core.passwords.hash(Password::new(PASSWORD)?).await?;

    let (tokens_file, ids_file) = (data.join("tokens.txt"), data.join("ids.txt"));
    let (mut tokens, mut ids) = (BufWriter::new(File::create(&tokens_file)?), BufWriter::new(File::create(&ids_file)?));
    let now_ms = app.core.clock.now_ms();
    for begin in (0..users).step_by(PER_TRANSACTION) {
        let mut tx = app.core.db.begin().await?;
        for number in begin..users.min(begin + PER_TRANSACTION) {
            let new_id = |prefix| id::new(prefix, now_ms, &random);
            let (user, session, username) = (new_id("usr"), new_id("kss"), format!("{PREFIX}{number}"));
            let one = Person {
                user: &user,
                credential: &new_id("crd"),
                session: &session,
                username: &username,
                hash: &hash,
                now_ms,
                expires_ms: now_ms + SESSION_MS,
            };
            store::insert(&mut tx, &made.realm.id, &one).await?;
            writeln!(ids, "{session}")?;
            writeln!(tokens, "{}", signer.sign(&claims(&one)))?;
        }
        tx.commit().await?;
    }
    tokens.flush()?;
    ids.flush()?;
    app.core.db.close().await;
    Ok(Seeded {
        api_key: made.api_key.expose_secret().to_owned(),
        realm: made.realm.id,
        users,
        username: PREFIX.to_owned(),
        password: PASSWORD.to_owned(),
        tokens: tokens_file,
        ids: ids_file,
    })
}

fn claims(one: &Person<'_>) -> Claims {
    Claims {
        iat: one.now_ms / 1000,
        exp: Some(one.expires_ms / 1000),
        aud: None,
        tk: one.session.to_owned(),
        uid: one.user.to_owned(),
        un: one.username.to_owned(),
        n: "Ada Lovelace".to_owned(),
        r#fn: Some("Ada".to_owned()),
        ln: Some("Lovelace".to_owned()),
        cs: None,
        m: None,
    }
}
