//! `gantry doctor`: looks for what is wrong with the set-up, and says what to do about it.

use std::net::ToSocketAddrs;

use anyhow::bail;
use clap::Args;
use gantry_core::clock::Clock;
use gantry_core::migrations;
use gantry_crypto::Random;

use super::open::{missing, open};
use super::say::say;
use crate::app::smtp;
use crate::config::{Config, Loaded};
use crate::flags::Flags;

/// Look for what is wrong with the set-up
#[derive(Debug, Args)]
#[command(after_help = "\
Looks at the configuration, the database, the master key and the names that must resolve, and says what to do about
what it finds.")]
pub struct Doctor {
    /// Settings.
    #[command(flatten)]
    pub flags: Flags,
}

/// Runs every check that still makes sense after the ones before; fails if one failed.
pub async fn run(loaded: anyhow::Result<Loaded>) -> anyhow::Result<()> {
    let config = match loaded {
        Ok(loaded) => {
            told("configuration", &Ok("every setting can be used".to_owned()))?;
            loaded.config
        }
        Err(error) => {
            told("configuration", &Err(format!("{error:#}")))?;
            bail!("fix the configuration first");
        }
    };
    let mut fine = told("database and master key", &installation(&config).await)?;
    fine &= told("login pages", &names(&config))?;
    fine &= told("mail", &mail(&config).await)?;
    fine &= told("clock", &clock())?;
    fine &= told("randomness", &randomness())?;
    if fine { Ok(()) } else { bail!("something needs your attention") }
}

/// Whether it is fine.
fn told(what: &str, found: &Result<String, String>) -> anyhow::Result<bool> {
    match found {
        Ok(text) => say(format_args!("ok       {what}: {text}"))?,
        Err(text) => say(format_args!("PROBLEM  {what}: {text}"))?,
    }
    Ok(found.is_ok())
}

async fn installation(config: &Config) -> Result<String, String> {
    if let Some(path) = missing(config) {
        return Ok(format!("{} is not there yet; `gantry serve` makes it at its first start", path.display()));
    }
    let app = open(config).await.map_err(|error| format!("{error:#}"))?;
    let engine = app.core.db.engine();
    app.core.db.close().await;
    Ok(format!("{engine:?}, {} migrations, sealed with this key", migrations::ALL.len()))
}

/// Whether browsers on this machine find LoginRocket hosts; elsewhere DNS needs a wildcard.
fn names(config: &Config) -> Result<String, String> {
    let host = format!("gantry-doctor.{}", config.login_domain);
    if config.login_domain == "localhost" {
        return Ok(format!(
            "*.localhost is this machine for browsers; app URLs begin with {}",
            config.base_url.scheme()
        ));
    }
    match (host.as_str(), 443).to_socket_addrs() {
        Ok(_) => Ok(format!("*.{} resolves", config.login_domain)),
        Err(error) => {
            Err(format!("{host} does not resolve ({error}); add a wildcard record for *.{}", config.login_domain))
        }
    }
}

/// Whether the mail server takes our connection, certificate and login; no mail is sent.
async fn mail(config: &Config) -> Result<String, String> {
    let Some(smtp) = smtp(config).map_err(|error| format!("{error:#}; see mail.smtp_url"))? else {
        return Ok("no SMTP server is set (mail.smtp_url), so mails are kept; `gantry outbox` shows them".to_owned());
    };
    match smtp.test().await {
        Ok(()) => Ok("the SMTP server answers and takes the login".to_owned()),
        Err(failure) => Err(format!("{}; mails wait and are tried again; see mail.smtp_url", failure.text)),
    }
}

/// A clock before this version's year makes every token expired or eternal.
fn clock() -> Result<String, String> {
    const YEAR_2026_MS: i64 = 1_767_225_600_000;
    let now = Clock::system().now_ms();
    if now > YEAR_2026_MS {
        Ok("plausible".to_owned())
    } else {
        Err("the machine's clock is years behind; set it".to_owned())
    }
}

fn randomness() -> Result<String, String> {
    let (mut one, mut two) = ([0_u8; 32], [0_u8; 32]);
    let random = Random::system();
    random.fill(&mut one);
    random.fill(&mut two);
    if one == two { Err("the system's random source repeats itself".to_owned()) } else { Ok("fine".to_owned()) }
}
