//! `gantry users create`.
//!
//! Guarantees: no password is taken from an argument, which other users of the machine and the shell's history can see.
//! A password is printed only on request, and then it is a generated one, as with Kanidm's `recover-account`: only the
//! operator knows it besides the user, and it is not in use elsewhere.

use std::io::{IsTerminal as _, Read as _, stdin};

use anyhow::{Context as _, bail};
use clap::Args;
use gantry_api::views;
use gantry_core::actor::Actor;
use gantry_core::fields::Fields;
use gantry_core::realms::Realm;
use gantry_core::users::{self, Made, TokenDelivery};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::reset_password::{LinkOption, ResetPages, say_mailed};
use crate::app::App;
use crate::commands::output::{explain, say_fields, say_json};
use crate::config::Config;

/// Maximum number of bytes read from standard input; longer than any accepted password.
const MOST_BYTES: u64 = 4096;

/// Create a user
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry users create ada --email ada@example.com --mail
  gantry users create ada --email ada@example.com --link
  gantry users create ada --email ada@example.com --password-stdin < password.txt
  gantry users create billing --api")]
pub struct UsersCreate {
    /// The name to log in with; made up for a system where it is left out
    #[arg(value_name = "USERNAME", required_unless_present = "api")]
    pub username: Option<String>,
    /// Email address
    #[arg(long, value_name = "ADDR")]
    pub email: Option<String>,
    /// First name
    #[arg(long, value_name = "NAME")]
    pub first_name: Option<String>,
    /// Last name
    #[arg(long, value_name = "NAME")]
    pub last_name: Option<String>,
    /// Your own id of the user
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// How the user logs in.
    #[command(flatten)]
    pub entry: Entry,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where the link leads.
    #[command(flatten)]
    pub link: LinkOption,
}

/// How a new user logs in.
#[expect(clippy::struct_excessive_bools, reason = "one for each option, of which one is given")]
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Entry {
    /// Mail the user a link with which they set a password
    #[arg(long)]
    pub mail: bool,
    /// Print a link with which the user sets a password; it works once within a day
    #[arg(long = "link")]
    pub prints_link: bool,
    /// Read the password from standard input, up to the end of the line
    #[arg(long)]
    pub password_stdin: bool,
    /// Make up a password and print it, once
    #[arg(long)]
    pub generate_password: bool,
    /// Make a system (a user of the type api), and print its API key, once
    #[arg(long)]
    pub api: bool,
}

pub(super) async fn run(config: &Config, app: &App, realm: &Realm, wanted: &UsersCreate) -> anyhow::Result<()> {
    let actor = Actor::system();
    let fields = fields(wanted);
    if wanted.entry.mail {
        let invited = users::invite(&app.core, realm, &actor, fields, TokenDelivery::Mail).await.map_err(explain)?;
        return say_mailed(&invited, wanted.json);
    }
    if wanted.entry.prints_link {
        let pages = ResetPages::of(config, app, realm).await?;
        let invited =
            users::invite(&app.core, realm, &actor, fields, TokenDelivery::Handover).await.map_err(explain)?;
        return pages.say_link(&invited, wanted.json);
    }
    let password = if wanted.entry.password_stdin {
        Some(read_password()?)
    } else if wanted.entry.generate_password {
        Some(users::generate_password(&app.core, realm).await.map_err(explain)?)
    } else {
        None
    };
    let mut fields = fields;
    if let Some(password) = &password {
        fields.set("password", password.expose_secret());
    }
    let made = users::create(&app.core, realm, &actor, fields).await.map_err(explain)?;
    let shown = password.filter(|_| wanted.entry.generate_password);
    say_made(&made, shown.as_ref(), wanted.json.then(|| app.core.clock.now_ms()))
}

fn fields(wanted: &UsersCreate) -> Fields {
    let mut fields = Fields::empty();
    fields.set("user_type", if wanted.entry.api { "api" } else { "human" });
    for (name, value) in [
        ("username", &wanted.username),
        ("email", &wanted.email),
        ("first_name", &wanted.first_name),
        ("last_name", &wanted.last_name),
        ("reference", &wanted.reference),
    ] {
        if let Some(value) = value {
            fields.set(name, value);
        }
    }
    fields
}

/// Reads the first line of standard input. A terminal is refused, since it would echo the password.
fn read_password() -> anyhow::Result<SecretString> {
    if stdin().is_terminal() {
        bail!("--password-stdin: standard input is a terminal, which shows what is typed; give it a file or a pipe");
    }
    let mut text = String::new();
    let read = stdin().take(MOST_BYTES).read_to_string(&mut text);
    read.context("--password-stdin: standard input must be UTF-8")?;
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    if line.is_empty() {
        bail!("--password-stdin: standard input has no password");
    }
    Ok(SecretString::from(line.to_owned()))
}

fn say_made(made: &Made, password: Option<&SecretString>, json_at: Option<i64>) -> anyhow::Result<()> {
    if let Some(now_ms) = json_at {
        return say_json(&json!({
            "user": views::user(&made.user, &made.counts, &None, now_ms),
            "password": password.map(SecretString::expose_secret),
            "api_key": made.api_key.as_ref().map(SecretString::expose_secret),
        }));
    }
    let mut fields = vec![("user", format!("{} ({})", made.user.username, made.user.id))];
    fields.extend(password.map(|password| ("password", password.expose_secret().to_owned())));
    fields.extend(made.api_key.as_ref().map(|key| ("API key", key.expose_secret().to_owned())));
    say_fields(&fields)
}
