//! `gantry quickstart`: creates account, realm, Connected App and key, and prints an app's environment variables.
//!
//! Guarantees that standard output holds nothing else, so that `gantry quickstart > .env` creates a file that shells
//! can read; notes for people go to standard error.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;
use gantry_core::accounts::{self, Account, NewAccount};
use gantry_core::actor::{Access, Actor};
use gantry_core::page::Asked;
use gantry_core::realms::UsernameValidation;
use gantry_core::words::Word as _;
use gantry_core::{api_keys, connected_apps, realms};
use gantry_crypto::{Random, token};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::integration::{Addresses, Integration};
use super::open::open;
use super::say::{note, say};
use crate::app::App;
use crate::config::Config;
use crate::flags::Flags;

/// Make what an app needs to log people in, and print what to put into its configuration
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  gantry quickstart --app-url http://localhost:3000/ --email you@example.com > .env

Makes your account, a realm for your users, its login pages and an API key, which is shown once. The key checks and ends
logins and can do nothing else; `gantry keys create` makes stronger ones. The output is lines that a shell reads.")]
pub struct Quickstart {
    /// Where your app is; people come back there, to `login`, after the login
    #[arg(long, value_name = "URL", value_parser = app_url)]
    pub app_url: Url,
    /// Your email address, which names your account's owner
    #[arg(long, value_name = "ADDR")]
    pub email: String,
    /// Your app's name, as login pages show it [default: the host of its URL]
    #[arg(long)]
    pub name: Option<String>,
    /// Make another account beside those that are there
    #[arg(long)]
    pub new_account: bool,
    /// What your users are called by: `email`, their address; or `standard`, a name of their choice
    #[arg(long, value_name = "KIND", default_value = "email")]
    #[arg(value_parser = PossibleValuesParser::new(UsernameValidation::TEXTS.iter().copied()))]
    pub usernames: String,
    /// Settings.
    #[command(flatten)]
    pub flags: Flags,
}

/// Parses the URL of the app's folder, with a trailing slash, so that `login` can be joined to it.
fn app_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let mut url = url.ok_or("write it with http:// or https://, such as http://localhost:3000/")?;
    url.set_query(None);
    url.set_fragment(None);
    // The URL of the login handler is accepted too, and stands for its folder.
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{}/", path.strip_suffix("/login").unwrap_or(&path)));
    Ok(url)
}

/// Creates the account with its realm, Connected App and key, and prints the app's configuration.
pub async fn run(config: &Config, wanted: &Quickstart) -> anyhow::Result<()> {
    let app = open(config).await?;
    let done = make(&app, config, wanted).await;
    app.core.db.close().await;
    done
}

async fn make(app: &App, config: &Config, wanted: &Quickstart) -> anyhow::Result<()> {
    let there = accounts::all(&app.core, &app.system_realm).await?;
    if !there.is_empty() && !wanted.new_account {
        bail!("{}", inventory(app, config, &there).await?);
    }
    let name = wanted.name.clone().or_else(|| wanted.app_url.host_str().map(str::to_owned));
    // Not printed, since nothing accepts it yet: the owner sets another password by mail.
    let password = SecretString::from(token::generate(None, &Random::system())[..20].to_owned());
    let login_handler = wanted.app_url.join("login")?;
    let made = accounts::found(
        &app.core,
        &app.system_realm,
        &NewAccount {
            name: name.as_deref().unwrap_or("My app"),
            email: &wanted.email,
            password: &password,
            login_handler: login_handler.as_str(),
            subdomain: None,
            access: Access::Verify,
            usernames: UsernameValidation::parse(&wanted.usernames).unwrap_or(UsernameValidation::Email),
        },
    )
    .await
    .context("no account was made")?;
    let integration = Integration {
        account: &made.account,
        api_key: made.api_key.expose_secret(),
        realm: &made.realm.id,
        jwt_secret: &made.jwt_key,
        addresses: Addresses::of(config, &made.app.subdomain)?,
    };
    say(integration.environment().trim_end())?;
    note(format_args!(
        "\nThese lines belong into your app's environment. Finished logins go to {login_handler}?token=…\n\
         The API key checks and ends logins, and can do nothing else. One that manages users too:\n  \
         gantry keys create --name backend --access write"
    ));
    Ok(())
}

/// Describes the existing accounts. Keys are shown only once, so a second run cannot print them again.
async fn inventory(app: &App, config: &Config, accounts: &[Account]) -> anyhow::Result<String> {
    let mut told = "there is an account already, so none was made:\n".to_owned();
    for account in accounts {
        writeln!(told, "  account {} ({})", account.id, account.name)?;
        for realm in realms::of_account(&app.core, &account.id).await? {
            writeln!(told, "    realm {} ({})", realm.id, realm.name)?;
            let page = connected_apps::OFFER.page(&Asked::default())?;
            let apps = connected_apps::list(&app.core, &realm, &Actor::system(), &page).await?;
            for (connected, _) in apps.items {
                writeln!(told, "      login pages at {}", Addresses::of(config, &connected.subdomain)?.login)?;
            }
        }
        for key in api_keys::list(&app.core, &account.id).await? {
            writeln!(told, "    API key {} ({}, {})", key.id, key.access.as_str(), key.name)?;
        }
    }
    told.push_str(
        "Keys are shown once. `gantry keys create --name app --access verify` makes another one; \
         `gantry quickstart --new-account` makes another account.",
    );
    Ok(told)
}
