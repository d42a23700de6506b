//! `gantry keys`: making, listing and revoking API keys.

use anyhow::{Context, bail};
use gantry_core::actor::{Access, Actor};
use gantry_core::api_keys::{self, NewKey};
use gantry_core::words::Word;
use gantry_core::{accounts, realms};
use secrecy::ExposeSecret;

use super::run::open_existing;
use super::say::say;
use crate::app::App;
use crate::cli::{self, Keys, KeysCreate};
use crate::config::Config;

/// Runs one of them.
pub async fn run(config: &Config, wanted: &Keys) -> anyhow::Result<()> {
    let app = open_existing(config).await?;
    let done = match wanted {
        Keys::Create(new) => create(&app, new).await,
        Keys::List => list(&app).await,
        Keys::Revoke { id } => revoke(&app, id).await,
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
    let wanted = NewKey {
        realm_ids: new.realms.clone(),
        calls_per_minute: new.calls_per_minute,
        ..NewKey::for_account(&new.name, access(new.access))
    };
    let mut tx = app.core.db.begin().await?;
    let (_, secret) = api_keys::create(&app.core, &mut tx, &account.id, wanted).await?;
    tx.commit().await?;
    say(format_args!("{}", secret.expose_secret()))?;
    Ok(())
}

async fn list(app: &App) -> anyhow::Result<()> {
    for account in accounts::all(&app.core, &app.system_realm).await? {
        for key in api_keys::list(&app.core, &account.id).await? {
            let realms = key.realm_ids.map_or_else(|| "all realms".to_owned(), |realms| realms.0.join(" "));
            say(format_args!("{}  {:13}  {}  {realms}  {}", key.id, key.access.as_str(), account.id, key.name))?;
        }
    }
    Ok(())
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

fn access(access: cli::Access) -> Access {
    match access {
        cli::Access::Read => Access::Read,
        cli::Access::Write => Access::Write,
        cli::Access::AdminRealm => Access::AdminRealm,
        cli::Access::AdminAccount => Access::AdminAccount,
    }
}
