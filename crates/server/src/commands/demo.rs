//! `gantry demo`: the server with sample content, and a small app that logs people in through it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use axum::Router;
use gantry_core::accounts::{self, NewAccount};
use gantry_core::actor::Actor;
use gantry_core::fields::Fields;
use gantry_core::users;
use gantry_crypto::{Random, token};
use secrecy::SecretString;
use tokio::net::TcpListener;

use super::quickstart::environment;
use super::run::open;
use super::serve::{bind, finish, limits, spawn};
use crate::app::App;
use crate::cli::Demo;
use crate::config::Config;
use crate::lifecycle::Lifecycle;
use crate::listener;
use crate::sample_app::{self, SampleApp};
use crate::telemetry;

/// What the demo printed at its first start, to print it again: the key's secret is known to nobody else.
const CARD: &str = "demo.env";
const USERNAME: &str = "ada";

/// Serves both until a signal.
pub async fn run(config: &Config, demo: &Demo) -> anyhow::Result<()> {
    telemetry::start(config.log_format, config.log_level)?;
    let app = open(config).await?;
    let life = Lifecycle::begin()?;
    let listener = bind(config).await?;
    let app_listener =
        TcpListener::bind(demo.app_listen).await.with_context(|| format!("cannot listen on {}", demo.app_listen))?;
    let own_url = format!("http://localhost:{}/", app_listener.local_addr()?.port());
    let card = card(config, &app, &own_url).await?;
    let sample = sample(&card, &own_url)?;
    greet(&card, &own_url);
    spawn(&life, app_listener, sample, limits(config));
    let late = listener::serve(listener, app.router.clone(), limits(config), life.stop()).await;
    finish(config, &app, &life, late).await;
    Ok(())
}

/// The lines for an app's environment; the first start makes what they name.
async fn card(config: &Config, app: &App, own_url: &str) -> anyhow::Result<String> {
    let path = config.data.join(CARD);
    if let Ok(card) = fs::read_to_string(&path) {
        return Ok(card);
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
            subdomain: Some("demo"),
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
    let environment = environment(config, &made)?;
    let card = format!("{environment}DEMO_USERNAME={USERNAME}\nDEMO_PASSWORD={person}\n");
    keep(&path, &card)?;
    Ok(card)
}

fn keep(path: &Path, card: &str) -> anyhow::Result<()> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(card.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn line<'a>(card: &'a str, name: &str) -> anyhow::Result<&'a str> {
    let value = card.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    value.with_context(|| format!("{CARD} has no line {name}; delete the demo's directory to start afresh"))
}

fn sample(card: &str, own_url: &str) -> anyhow::Result<Router> {
    let settings = SampleApp {
        api_url: line(card, "AUTHROCKET_URL")?.to_owned(),
        api_key: line(card, "AUTHROCKET_API_KEY")?.to_owned(),
        realm: line(card, "AUTHROCKET_REALM")?.to_owned(),
        jwt_secret: line(card, "AUTHROCKET_JWT_SECRET")?.to_owned(),
        login_url: line(card, "AUTHROCKET_LOGIN_URL")?.to_owned(),
        own_url: own_url.to_owned(),
    };
    sample_app::router(settings, Random::system())
}

fn greet(card: &str, own_url: &str) {
    println!("The demo runs. Open the sample app, and log in as {USERNAME} or sign up:\n\n  {own_url}\n");
    print!("SAMPLE_APP_URL={own_url}\n{card}");
    println!("\nThe lines above can be pasted as environment variables of an app. Ctrl-C stops.");
    let _ = std::io::stdout().flush(); // nobody may be reading, and the demo runs all the same
}
