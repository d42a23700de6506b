//! The whole server without a socket: database, core and HTTP surfaces.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use gantry_api::{Api, Rates, Reference};
use gantry_core::clock::Clock;
use gantry_core::notifications::Retries;
use gantry_core::realms::Realm;
use gantry_core::tries::Tries;
use gantry_core::{Core, Parts, installation, migrations};
use gantry_crypto::Random;
use gantry_crypto::password::{Passwords, Settings as Hashing};
use gantry_crypto::seal::MasterKey;
use gantry_db::Db;
use gantry_jobs::deliveries::Deliveries;
use gantry_jobs::emails::Mails;
use gantry_jobs::emails::smtp::{Smtp, SmtpSettings};
use gantry_jobs::webhooks::Webhooks;
use gantry_loginrocket::{LoginRocket, Prepared};
use gantry_outbound::{Guard, Outbound};
use gantry_social::{Social, Whereabouts};
use gantry_web::assets::AUTHROCKET_JS;
use gantry_web::languages::Languages;
use gantry_web::links::Links;
use gantry_web::mails;
use gantry_web::pages::Pages;

use crate::config::Config;
use crate::database_state::DatabaseState;
use crate::dispatch::{Hosts, Surfaces};
use crate::master_key;

/// Margin of a delivery's lease beyond its timeout, for claiming it and recording its outcome.
const LEASE_BEYOND_TIMEOUT_MS: i64 = 10_000;
/// Deadline for one response of a social provider; a login needs up to three of them.
const PROVIDER_TIMEOUT: Duration = Duration::from_secs(5);

/// An open installation.
pub struct App {
    /// The core, which holds the rules and the database.
    pub core: Arc<Core>,
    /// The realm of the portal's users.
    pub system_realm: Realm,
    /// All HTTP surfaces, dispatched by host and path.
    pub surfaces: Surfaces,
    /// The languages of pages and mails.
    pub languages: Arc<Languages>,
}

/// Installs aws-lc-rs as the process's only cryptography provider. Idempotent.
pub fn install_crypto() {
    // An error only means that a provider is already installed.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    gantry_crypto::install_provider();
}

/// Opens the configured database.
pub async fn open_database(config: &Config) -> anyhow::Result<Db> {
    let settings = gantry_db::Settings {
        url: config.database_url.clone(),
        sqlite_readers: config.sqlite_readers,
        postgres_connections: config.postgres_connections,
    };
    Db::open(&settings).await.context("cannot open the database")
}

/// Dependencies from which the app is assembled.
struct Foundation {
    db: Db,
    master: MasterKey,
    clock: Clock,
    random: Random,
}

impl App {
    /// Opens the database, migrates it and assembles the app.
    pub async fn build(config: &Config, clock: Clock, random: Random) -> anyhow::Result<Self> {
        Self::build_among(config, clock, random, Whereabouts::Public).await
    }

    /// Like [`App::build`], with the named social providers at the addresses in `providers`.
    pub async fn build_among(
        config: &Config,
        clock: Clock,
        random: Random,
        providers: Whereabouts,
    ) -> anyhow::Result<Self> {
        let db = open_database(config).await?;
        db.migrate(migrations::ALL, clock.now_ms()).await.context("cannot bring the database up to date")?;
        // Secrets in an existing database are sealed with its key; a new one would only hide that the key is lost.
        let master = if installation::is_made(&db).await? {
            master_key::load(config)?
        } else {
            master_key::load_or_make(config, &random)?
        };
        Self::assemble(config, Foundation { db, master, clock, random }, providers).await
    }

    /// Opens an existing, up-to-date installation without creating or migrating anything, for commands that run
    /// alongside a server.
    pub async fn open_existing(config: &Config, clock: Clock, random: Random) -> anyhow::Result<Self> {
        let db = open_database(config).await?;
        match DatabaseState::of(&db).await? {
            DatabaseState::Current => {}
            state => bail!("{state}"),
        }
        let master = master_key::load(config)?;
        // Commands sign nothing, so pregenerated signing keys would be wasted work.
        let config = Config { rs256_keys_ahead: 0, ..config.clone() };
        Self::assemble(&config, Foundation { db, master, clock, random }, Whereabouts::Public).await
    }

    async fn assemble(config: &Config, foundation: Foundation, providers: Whereabouts) -> anyhow::Result<Self> {
        let Foundation { db, master, clock, random } = foundation;
        installation::prove_master_key(&db, &master, &random).await?;
        let passwords = Passwords::start(Hashing {
            workers: config.password_workers,
            queue: config.password_queue,
            memory_kib: config.password_memory_kib,
            passes: config.password_passes,
            lanes: config.password_lanes,
        });
        let tries = Tries::new(&config.tries);
        let core = Arc::new(Core::new(Parts {
            db,
            clock,
            random,
            passwords,
            tries,
            retries: Retries {
                first_ms: config.delivery_first_retry_ms,
                lease_ms: i64::try_from(config.delivery_timeout_seconds).unwrap_or(0) * 1000 + LEASE_BEYOND_TIMEOUT_MS,
            },
            check_template: |text| Box::pin(mails::check(text)),
            realms_per_account: config.realms_per_account,
            master,
            rsa_keys_ahead: config.rs256_keys_ahead,
        }));
        let system_realm = installation::open(&core).await?;
        let pages = Arc::new(Pages::load().context("a template is wrong")?);
        let languages = Arc::clone(&pages.languages);
        Ok(Self { system_realm, surfaces: surfaces(config, &core, pages, providers)?, languages, core })
    }
}

/// Creates the delivery worker for webhooks and mails, to be run alongside the listener.
pub fn deliveries(config: &Config, app: &App) -> anyhow::Result<Deliveries> {
    let timeout = Duration::from_secs(config.delivery_timeout_seconds);
    let webhooks = Webhooks::new(outbound(config, timeout)?);
    let mails = Mails {
        smtp: smtp(config)?,
        from: config.mail_from.clone(),
        links: Links::of(&config.base_url, &config.login_domain),
        languages: Arc::clone(&app.languages),
    };
    Ok(Deliveries::new(Arc::clone(&app.core), webhooks, mails))
}

/// Creates the HTTP client for addresses that users configure, guarded against private networks.
fn outbound(config: &Config, timeout: Duration) -> anyhow::Result<Outbound> {
    let guard = Guard::new(config.delivery_allowed_networks.clone());
    Outbound::new(guard, timeout).context("cannot prepare outbound requests")
}

/// Returns the mail server's transport, or `None` if no mail server is configured.
pub fn smtp(config: &Config) -> anyhow::Result<Option<Smtp>> {
    let Some(url) = config.smtp_url.clone() else { return Ok(None) };
    let settings = SmtpSettings {
        url,
        ca_file: config.smtp_ca_file.clone(),
        timeout: Duration::from_secs(config.delivery_timeout_seconds),
        name: config.login_domain.clone(),
    };
    Smtp::open(&settings).map(Some).map_err(anyhow::Error::msg)
}

fn surfaces(config: &Config, core: &Arc<Core>, pages: Arc<Pages>, providers: Whereabouts) -> anyhow::Result<Surfaces> {
    let login_domain: Arc<str> = Arc::from(config.login_domain.as_str());
    let secure = config.base_url.scheme() == "https";
    let reference = Reference::new(Arc::clone(&pages), secure);
    let patience = PROVIDER_TIMEOUT.min(Duration::from_secs(config.delivery_timeout_seconds));
    let social = Arc::new(Social::new(Arc::clone(core), outbound(config, patience)?, providers));
    let api = Arc::new(Api {
        core: Arc::clone(core),
        social: Arc::clone(&social),
        login_domain: Arc::clone(&login_domain),
        body_limit: config.body_limit_bytes,
        rates: Rates::new(gantry_api::rates::Settings {
            per_key: config.rates_calls_per_minute,
            wrong_keys_per_address: config.rates_wrong_keys_per_minute,
        }),
    });
    let library = Arc::clone(&pages);
    let script = Router::new().route(
        "/v1/authrocket.js",
        get(|headers: HeaderMap| async move { library.assets.at_fixed_address(AUTHROCKET_JS, &headers) }),
    );
    let loginrocket = LoginRocket {
        core: Arc::clone(core),
        social,
        pages,
        prepared: Arc::new(Prepared::new(&core.random)),
        looks: Arc::default(),
        submissions: Arc::default(),
        login_domain,
        secure,
        body_limit: config.body_limit_bytes.min(gantry_loginrocket::LARGEST_FORM),
    };
    let hosts = Hosts {
        base: config.base_url.host_str().unwrap_or_default().trim_end_matches('.').to_owned(),
        trusted: config.trusted_proxies.clone(),
        timeout: Duration::from_secs(config.request_timeout_seconds),
    };
    let base = gantry_api::router(api, reference).merge(script);
    Ok(Surfaces::new(hosts, base, loginrocket))
}
