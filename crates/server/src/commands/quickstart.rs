//! `gantry quickstart`: account, realm, Connected App and key in one go; and the lines that an app needs of them.

use anyhow::Context as _;
use clap::Args;
use gantry_core::accounts::{self, NewAccount};
use gantry_crypto::{Random, token};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::open::open;
use super::say::say;
use crate::config::Config;
use crate::flags::Flags;

/// Make what an app needs to log people in, and print what to put into its configuration
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  gantry quickstart --app-url http://localhost:3000/ --email you@example.com

Makes your account, a realm for your users, its login pages and an API key. The key is shown once.")]
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
    /// Settings.
    #[command(flatten)]
    pub flags: Flags,
}

/// The folder that an app is in, so that `login` is beside its pages.
fn app_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let mut url = url.ok_or("write it with http:// or https://, such as http://localhost:3000/")?;
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// Makes them and prints what to put into the app's configuration.
pub async fn run(config: &Config, wanted: &Quickstart) -> anyhow::Result<()> {
    let app = open(config).await?;
    let name = wanted.name.clone().or_else(|| wanted.app_url.host_str().map(str::to_owned));
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
        },
    )
    .await
    .context("no account was made; `gantry keys create` makes another key for one that is there")?;
    say(format_args!("Your account is {}. Put these into your app's environment:\n", made.account))?;
    let integration = Integration {
        api_key: made.api_key.expose_secret(),
        realm: &made.realm.id,
        jwt_secret: &made.jwt_key,
        subdomain: &made.app.subdomain,
    };
    say(integration.environment(config)?.trim_end())?;
    say(format_args!("\nFinished logins go to {login_handler}?token=…"))?;
    say(format_args!(
        "Keep this for managing your account: {} with password {}",
        made.owner.username,
        password.expose_secret()
    ))?;
    app.core.db.close().await;
    Ok(())
}

/// What an app has to know besides addresses.
pub(super) struct Integration<'a> {
    pub api_key: &'a str,
    pub realm: &'a str,
    pub jwt_secret: &'a str,
    pub subdomain: &'a str,
}

impl Integration<'_> {
    /// As lines for the app's environment.
    pub(super) fn environment(&self, config: &Config) -> anyhow::Result<String> {
        let Self { api_key, realm, jwt_secret, subdomain } = self;
        let (api, login) = (config.base_url.join("v1/")?, login_url(config, subdomain)?);
        Ok(format!(
            "AUTHROCKET_URL={api}\nAUTHROCKET_API_KEY={api_key}\nAUTHROCKET_REALM={realm}\n\
             AUTHROCKET_JWT_SECRET={jwt_secret}\nAUTHROCKET_LOGIN_URL={login}\n"
        ))
    }
}

/// Where a Connected App's pages are.
fn login_url(config: &Config, subdomain: &str) -> anyhow::Result<Url> {
    let mut url = config.base_url.clone();
    url.set_host(Some(&format!("{subdomain}.{}", config.login_domain)))?;
    Ok(url)
}
