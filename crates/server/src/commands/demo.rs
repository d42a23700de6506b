//! `gantry demo`: the server with sample content, and a small app whose users log in through it.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use axum::Router;
use clap::Args;
use gantry_core::accounts::{self, NewAccount};
use gantry_core::actor::{Access, Actor};
use gantry_core::api_keys::{self, NewKey};
use gantry_core::fields::Fields;
use gantry_core::realms::UsernameValidation;
use gantry_core::{connected_apps, users};
use gantry_crypto::{Random, token};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;

use super::integration::{Addresses, Integration};
use super::open::{database_file, open};
use super::say::say;
use super::serve::{bind, finish, spawn, work_behind};
use crate::app::App;
use crate::config::Config;
use crate::flags::Flags;
use crate::lifecycle::Lifecycle;
use crate::listener::{self, Limits};
use crate::sample_app::{self, SampleApp};
use crate::telemetry;

/// File of the demo's secrets, since the server itself stores only hashes of them.
const SECRETS: &str = "demo.secrets";
const USERNAME: &str = "ada";
const SUBDOMAIN: &str = "demo";

/// Run the server with sample content and a small app that logs people in through it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry demo
  gantry demo --listen 127.0.0.1:9000 --app-listen 127.0.0.1:9001

The demo keeps its files in ./data/demo, whatever the configuration says, and leaves the database of `gantry serve`
alone; --data names another directory. Delete the demo's directory to start afresh.")]
pub struct Demo {
    /// Address and port for the sample app
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8001")]
    pub app_listen: SocketAddr,
    /// Settings.
    #[command(flatten)]
    pub flags: Flags,
}

impl Demo {
    /// Returns settings that override the configuration file and the environment, so that the demo never touches a real
    /// installation. Flags override them.
    pub fn settings() -> Vec<(&'static str, String)> {
        let settings = [
            ("data", "./data/demo"),
            ("database_url", ""),
            ("master_key", ""),
            ("listen", "127.0.0.1:8000"),
            ("base_url", ""),
            ("login_domain", ""),
            ("trusted_proxies", ""),
        ];
        settings.map(|(key, value)| (key, value.to_owned())).into()
    }
}

/// Runs the server and the sample app until a signal.
pub async fn run(config: &Config, demo: &Demo) -> anyhow::Result<()> {
    telemetry::start(config.log_format, config.log_level)?;
    if database_file(config).is_some_and(Path::exists) && !config.data.join(SECRETS).exists() {
        bail!("{} holds an installation that is no demo; choose another folder with --data", config.data.display());
    }
    let app = open(config).await?;
    let life = Lifecycle::begin()?;
    let listener = bind(config).await?;
    let app_listener =
        TcpListener::bind(demo.app_listen).await.with_context(|| format!("cannot listen on {}", demo.app_listen))?;
    let own_url = format!("http://localhost:{}/", app_listener.local_addr()?.port());
    let secrets = secrets(config, &app, &own_url).await?;
    point_to(&app, &own_url).await?;
    let integration = Integration {
        account: line(&secrets, "ACCOUNT")?,
        api_key: line(&secrets, "API_KEY")?,
        realm: line(&secrets, "REALM")?,
        jwt_secret: line(&secrets, "JWT_SECRET")?,
        addresses: Addresses::of(config, SUBDOMAIN)?,
    };
    let sample = sample(&integration, line(&secrets, "SAMPLE_APP_API_KEY")?, &own_url)?;
    greet(&integration.environment(), &own_url, line(&secrets, "PASSWORD")?);
    spawn(&life, app_listener, sample, Limits::of(config));
    work_behind(config, &app, &life).await?;
    let late = listener::serve(listener, app.surfaces.clone(), Limits::of(config), life.stop()).await;
    finish(config, &app, &life, late).await;
    Ok(())
}

/// Creates the demo's content at the first start; later starts only read its secrets.
async fn secrets(config: &Config, app: &App, own_url: &str) -> anyhow::Result<String> {
    let path = config.data.join(SECRETS);
    if let Ok(secrets) = fs::read_to_string(&path) {
        return Ok(secrets);
    }
    let random = Random::system();
    let password = || token::generate(None, &random)[..16].to_owned();
    let (portal, person) = (SecretString::from(password()), password());
    let made = accounts::found(
        &app.core,
        &app.system_realm,
        &NewAccount {
            name: "Demo",
            email: "demo@example.com",
            password: &portal,
            login_handler: &format!("{own_url}login"),
            subdomain: Some(SUBDOMAIN),
            access: Access::AdminAccount,
            usernames: UsernameValidation::Standard,
        },
    )
    .await?;
    let mut ada = Fields::empty();
    for (name, text) in [
        ("user_type", "human"),
        ("username", USERNAME),
        ("email", "ada@example.com"),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
        ("password", &person),
    ] {
        ada.set(name, text);
    }
    users::create(&app.core, &made.realm, &Actor::system(), ada).await?;
    let app_key = sample_app_key(app, &made.account).await?;
    let (key, realm, jwt) = (made.api_key.expose_secret(), &made.realm.id, &made.jwt_key);
    let (app_key, portal) = (app_key.expose_secret(), portal.expose_secret());
    let secrets = format!(
        "ACCOUNT={}\nAPI_KEY={key}\nSAMPLE_APP_API_KEY={app_key}\nREALM={realm}\nJWT_SECRET={jwt}\n\
         PASSWORD={person}\nPORTAL_PASSWORD={portal}\n",
        made.account
    );
    keep(&path, &secrets)?;
    Ok(secrets)
}

/// Creates the sample app's API key, limited to verifying and ending sessions.
async fn sample_app_key(app: &App, account: &str) -> anyhow::Result<SecretString> {
    let mut tx = app.core.db.begin().await?;
    let wanted = NewKey::for_account("Sample app", Access::Verify);
    let (_, key) = api_keys::create(&app.core, &mut tx, account, wanted).await?;
    tx.commit().await?;
    Ok(key)
}

/// Updates the Connected App's login handler to the sample app's current address.
async fn point_to(app: &App, own_url: &str) -> anyhow::Result<()> {
    let found = connected_apps::at_subdomain(&app.core, SUBDOMAIN).await?;
    let (connected, realm) = found.context("the demo's Connected App is gone; delete the demo's directory")?;
    let handler = format!("{own_url}login");
    if connected.login_handler != handler {
        let mut moved = Fields::empty();
        moved.set("login_handler", &handler);
        connected_apps::update(&app.core, &realm, &Actor::system(), &connected.id, moved).await?;
    }
    Ok(())
}

fn keep(path: &Path, secrets: &str) -> anyhow::Result<()> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(secrets.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn line<'a>(lines: &'a str, name: &str) -> anyhow::Result<&'a str> {
    let value = lines.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    value.with_context(|| format!("there is no {name} in the demo's {SECRETS}; delete its directory to start afresh"))
}

fn sample(integration: &Integration<'_>, api_key: &str, own_url: &str) -> anyhow::Result<Router> {
    let settings = SampleApp {
        api_url: integration.addresses.api.to_string(),
        api_key: api_key.to_owned(),
        realm: integration.realm.to_owned(),
        jwt_secret: integration.jwt_secret.to_owned(),
        login_url: integration.addresses.login.to_string(),
        own_url: own_url.to_owned(),
    };
    sample_app::router(settings, Random::system())
}

/// Prints how to use the demo. Errors are ignored: the demo also runs if its output is closed.
fn greet(environment: &str, own_url: &str, password: &str) {
    let _ = say(format_args!(
        "The demo runs. Open the sample app, and log in as {USERNAME} or sign up:\n\n  {own_url}\n\n\
         SAMPLE_APP_URL={own_url}\n{environment}DEMO_USERNAME={USERNAME}\nDEMO_PASSWORD={password}\n\n\
         The lines above can be pasted as environment variables of an app. The API key may do everything here: an app of\n\
         your own gets one that may not (`gantry keys create`). Ctrl-C stops."
    ));
}
