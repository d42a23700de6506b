//! `gantry users reset-password`: a mail or a one-time link with which the user sets a new password. The operator never
//! learns a password.

use clap::Args;
use gantry_core::actor::Actor;
use gantry_core::connected_apps::{self, ConnectedApp};
use gantry_core::realms::Realm;
use gantry_core::users::{self, Key, PasswordToken, TokenDelivery};
use gantry_web::links::Links;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::app::App;
use crate::commands::output::{explain, say_fields, say_json};
use crate::commands::realm_option::find_user;
use crate::commands::times::utc;
use crate::config::Config;

/// Let a user set a new password: by a mail, or by a link that you hand over
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry users reset-password ada
  gantry users reset-password ada@example.com --link

The user's present password and sessions stay until they set a new one.")]
pub struct UsersResetPassword {
    /// The user's id, username or email address
    #[arg(value_name = "USER")]
    pub user: String,
    /// Send no mail; print the link, which works once within a day, to be handed over
    #[arg(long = "link")]
    pub prints_link: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where the link leads.
    #[command(flatten)]
    pub link: LinkOption,
}

/// `--base-url`, for what prints a link.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct LinkOption {
    /// Address that browsers and apps use [default: localhost and the port]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
}

pub(super) async fn run(config: &Config, app: &App, realm: &Realm, wanted: &UsersResetPassword) -> anyhow::Result<()> {
    let (user, _) = find_user(app, realm, &wanted.user).await?;
    let (key, actor) = (Key::Id(user.id), Actor::system());
    if !wanted.prints_link {
        let delivery = TokenDelivery::Mail;
        let issued = users::issue_password_token(&app.core, realm, &actor, &key, delivery).await.map_err(explain)?;
        return say_mailed(&issued, wanted.json);
    }
    let pages = ResetPages::of(config, app, realm).await?;
    let delivery = TokenDelivery::Handover;
    let issued = users::issue_password_token(&app.core, realm, &actor, &key, delivery).await.map_err(explain)?;
    pages.say_link(&issued, wanted.json)
}

/// Hosted pages to which a link leads.
pub(super) struct ResetPages {
    links: Links,
    app: ConnectedApp,
}

impl ResetPages {
    /// Finds the pages. Called before a token is created, since only these pages can use it.
    pub async fn of(config: &Config, app: &App, realm: &Realm) -> anyhow::Result<Self> {
        let found = connected_apps::of_mails(&app.core.db, &realm.id, None).await?;
        let Some(connected) = found else {
            anyhow::bail!(
                "--link: the realm {} has no Connected App, whose login pages a link would lead to",
                realm.id
            );
        };
        Ok(Self { links: Links::of(&config.base_url, &config.login_domain), app: connected })
    }

    /// Prints the link and its expiry.
    pub fn say_link(&self, issued: &PasswordToken, as_json: bool) -> anyhow::Result<()> {
        let link = self.links.page(&self.app, "/password/reset", &[("token", issued.token.expose_secret())]);
        say_way(issued, PasswordWay { label: "link", key: "link", value: link }, as_json)
    }
}

/// Prints the address to which the mail is sent. The link is not printed; only the user may see it.
pub(super) fn say_mailed(issued: &PasswordToken, as_json: bool) -> anyhow::Result<()> {
    let address = issued.user.email.clone().unwrap_or_default();
    say_way(issued, PasswordWay { label: "mail to", key: "mailed_to", value: address }, as_json)
}

/// How a user gets the link to set a new password.
struct PasswordWay {
    /// Name of the value in human-readable output.
    label: &'static str,
    /// Name of the value in JSON.
    key: &'static str,
    value: String,
}

fn say_way(issued: &PasswordToken, way: PasswordWay, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return say_json(&json!({
            "user_id": issued.user.id, "username": issued.user.username,
            way.key: way.value, "expires_at": issued.expires_at / 1000,
        }));
    }
    say_fields(&[
        ("user", format!("{} ({})", issued.user.username, issued.user.id)),
        (way.label, way.value),
        ("works", format!("once, until {}", utc(Some(issued.expires_at)))),
    ])
}
