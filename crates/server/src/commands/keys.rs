//! `gantry keys`: creates, lists and revokes API keys.

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use gantry_core::actor::{Access, Actor};
use gantry_core::api_keys::{self, ApiKey, NewKey};
use gantry_core::words::Word;
use gantry_core::{accounts, realms};
use secrecy::ExposeSecret;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::open::open_existing;
use super::output::Listing;
use super::say::say;
use crate::app::App;
use crate::config::Config;
use crate::flags::DatabaseFlags;

/// Make, list and revoke API keys
#[derive(Debug, Args)]
pub struct Keys {
    /// Settings.
    #[command(flatten)]
    pub flags: DatabaseFlags,
    /// What to do with them.
    #[command(subcommand)]
    pub action: KeysAction,
}

/// What to do with API keys.
#[derive(Debug, Subcommand)]
pub enum KeysAction {
    Create(KeysCreate),
    /// List API keys, without their secrets
    List {
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Revoke an API key; from then on it is refused
    #[command(after_help = "Example:\n  gantry keys revoke ko_0YTIbM4Da9ezu1JaQzZbpK")]
    Revoke {
        /// The key's id, as `gantry keys list` shows it
        #[arg(value_name = "KEY")]
        id: String,
    },
}

/// Make an API key and print it, once
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry keys create --name shop --access verify --realm rl_0YTIbM4Da9ezu1JaQzZbpK
  gantry keys create --name 'shop backend' --access write --expires 2027-12-31
  gantry keys create --name terraform --access admin_account

An app that only logs people in and out needs `verify`; see docs/guide/api-keys.md.")]
pub struct KeysCreate {
    /// What the key is for
    #[arg(long)]
    pub name: String,
    /// What the key may do
    #[arg(long)]
    pub access: KeyAccess,
    /// Realm that the key is for; can be given several times [default: every realm of the account]
    #[arg(long = "realm", value_name = "REALM")]
    pub realms: Vec<String>,
    /// Most calls per minute with this key, 0 for no limit [default: as configured for every key]
    #[arg(long, value_name = "NUMBER")]
    pub calls_per_minute: Option<u32>,
    /// When the key ends: a day (2027-12-31, UTC, whose beginning it does not see any more) or a time
    /// (2027-12-31T18:00:00Z) [default: when it is revoked]
    #[arg(long, value_name = "TIME", value_parser = expiry)]
    pub expires: Option<OffsetDateTime>,
    /// Account that the key belongs to; needed where there are several
    #[arg(long, value_name = "ORG")]
    pub account: Option<String>,
}

/// Parses a time, or a day, which stands for its first moment in UTC.
fn expiry(text: &str) -> Result<OffsetDateTime, String> {
    let whole = if text.contains(['T', 't']) { text.to_owned() } else { format!("{text}T00:00:00Z") };
    OffsetDateTime::parse(&whole, &Rfc3339).map_err(|_| "write it as 2027-12-31 or 2027-12-31T18:00:00Z".to_owned())
}

/// The rights of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum KeyAccess {
    /// Check and end sessions by their login token, and nothing else: for an app that logs people in and out
    Verify,
    /// See users, orgs and everything else of its realms; ends no session
    Read,
    /// Make and change them; includes verify and read
    Write,
    /// Change the settings of its realms
    AdminRealm,
    /// Make and delete realms, keys and team members
    AdminAccount,
}

/// Runs `gantry keys`.
pub async fn run(config: &Config, wanted: &Keys) -> anyhow::Result<()> {
    let app = open_existing(config).await?;
    let done = match &wanted.action {
        KeysAction::Create(new) => create(&app, new).await,
        KeysAction::List { json } => list(&app, *json).await,
        KeysAction::Revoke { id } => revoke(&app, id).await,
    };
    app.core.db.close().await;
    done
}

async fn create(app: &App, new: &KeysCreate) -> anyhow::Result<()> {
    let account = match &new.account {
        Some(id) => accounts::find(&app.core, &app.system_realm, id).await?,
        None => accounts::only(&app.core, &app.system_realm)
            .await
            .context("the key's account is not certain (see `gantry keys list`, --account, `gantry quickstart`)")?,
    };
    for id in &new.realms {
        let realm = realms::named(&app.core, &Actor::system(), id).await.with_context(|| id.clone())?;
        if realm.account_id.as_ref() != Some(&account.id) {
            bail!("{id} is not a realm of the account {}", account.id);
        }
    }
    let expires_at = new.expires.map(|at| at.unix_timestamp().saturating_mul(1000));
    if expires_at.is_some_and(|at| at <= app.core.clock.now_ms()) {
        bail!("--expires is in the past");
    }
    let wanted = NewKey {
        realm_ids: new.realms.clone(),
        calls_per_minute: new.calls_per_minute,
        expires_at,
        ..NewKey::for_account(&new.name, access(new.access))
    };
    let mut tx = app.core.db.begin().await?;
    let (_, secret) = api_keys::create(&app.core, &mut tx, &account.id, wanted).await?;
    tx.commit().await?;
    say(format_args!("{}", secret.expose_secret()))?;
    Ok(())
}

async fn list(app: &App, as_json: bool) -> anyhow::Result<()> {
    let mut listing = Listing::new(as_json, ["id", "access", "account", "ends", "realms", "name"]);
    for account in accounts::all(&app.core, &app.system_realm).await? {
        for key in api_keys::list(&app.core, &account.id).await? {
            let end = end_of(&key, app.core.clock.now_ms());
            let realm_ids = key.realm_ids.as_ref().map(|realms| &realms.0);
            let object = json!({
                "id": key.id, "name": key.name, "access": key.access.as_str(), "account_id": account.id,
                "realm_ids": realm_ids, "calls_per_minute": key.calls_per_minute,
                "expires_at": key.expires_at.map(|at_ms| at_ms / 1000),
            });
            let realms = realm_ids.map_or_else(|| "all realms".to_owned(), |realms| realms.join(" "));
            let access = key.access.as_str().to_owned();
            listing.add(|| [key.id.clone(), access, account.id.clone(), end, realms, key.name.clone()], &object)?;
        }
        listing.say_page()?;
    }
    listing.finish()
}

/// Describes when the key expires or expired.
fn end_of(key: &ApiKey, now_ms: i64) -> String {
    let Some(at_ms) = key.expires_at else { return "until revoked".to_owned() };
    let at = OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000)).ok().and_then(|at| at.format(&Rfc3339).ok());
    let word = if at_ms <= now_ms { "expired" } else { "until" };
    format!("{word} {}", at.unwrap_or_default())
}

async fn revoke(app: &App, id: &str) -> anyhow::Result<()> {
    for account in accounts::all(&app.core, &app.system_realm).await? {
        if api_keys::revoke(&app.core, &account.id, id).await.is_ok() {
            say(format_args!("revoked {id}"))?;
            return Ok(());
        }
    }
    bail!("there is no API key {id}");
}

fn access(access: KeyAccess) -> Access {
    match access {
        KeyAccess::Verify => Access::Verify,
        KeyAccess::Read => Access::Read,
        KeyAccess::Write => Access::Write,
        KeyAccess::AdminRealm => Access::AdminRealm,
        KeyAccess::AdminAccount => Access::AdminAccount,
    }
}
