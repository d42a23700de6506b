//! `gantry doctor`: finds problems with the set-up and suggests remedies.

use std::net::ToSocketAddrs;

use anyhow::bail;
use clap::Args;
use gantry_core::clock::Clock;
use gantry_core::migrations;
use gantry_crypto::Random;
use serde::Serialize;

use super::open::missing;
use super::output::{printable, say_json};
use super::say::say;
use crate::app::{App, open_database, smtp};
use crate::config::{Config, Loaded};
use crate::database_state::DatabaseState;
use crate::flags::Flags;

/// Look for what is wrong with the set-up
#[derive(Debug, Args)]
#[command(after_help = "\
Looks at the configuration, the database, the master key and the names that must resolve, and says what to do about
what it finds.")]
pub struct Doctor {
    /// Print a JSON array of the checks
    #[arg(long)]
    pub json: bool,
    /// Settings.
    #[command(flatten)]
    pub flags: Flags,
}

/// Runs the checks, except those that make no sense after an earlier failure. Fails if one failed.
pub async fn run(loaded: anyhow::Result<Loaded>, wanted: &Doctor) -> anyhow::Result<()> {
    let mut checks = Vec::new();
    match loaded {
        Ok(loaded) => {
            let config = loaded.config;
            checks.push(Check::of("configuration", Ok("every setting can be used".to_owned())));
            checks.push(Check::of("database and master key", installation(&config).await));
            checks.push(Check::of("login pages", names(&config)));
            checks.push(Check::of("mail", mail(&config).await));
            checks.push(Check::of("clock", clock()));
            checks.push(Check::of("randomness", randomness()));
        }
        Err(error) => checks.push(Check::of("configuration", Err(format!("{error:#}")))),
    }
    if wanted.json {
        say_json(&checks)?;
    } else {
        checks.iter().try_for_each(Check::say)?;
    }
    match checks.iter().filter(|check| !check.ok).count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} checks failed", checks.len()),
    }
}

/// Result of one check.
#[derive(Serialize)]
struct Check {
    check: &'static str,
    ok: bool,
    text: String,
}

impl Check {
    fn of(check: &'static str, found: Result<String, String>) -> Self {
        let ok = found.is_ok();
        let (Ok(text) | Err(text)) = found;
        Self { check, ok, text }
    }

    fn say(&self) -> anyhow::Result<()> {
        let word = if self.ok { "ok     " } else { "PROBLEM" };
        let lines: Vec<_> = self.text.lines().map(printable).collect();
        say(format_args!("{word}  {}: {}", self.check, lines.join("\n")))
    }
}

async fn installation(config: &Config) -> Result<String, String> {
    if let Some(path) = missing(config) {
        return Ok(format!("{} is not there yet; `gantry serve` makes it at its first start", path.display()));
    }
    let said = |error: anyhow::Error| format!("{error:#}");
    let db = open_database(config).await.map_err(said)?;
    let state = DatabaseState::of(&db).await;
    db.close().await;
    match state.map_err(said)? {
        DatabaseState::Current => {}
        // The next start creates or migrates the database by itself, so this is not a failure.
        state => return Ok(state.to_string()),
    }
    let app = App::open_existing(config, Clock::system(), Random::system()).await.map_err(said)?;
    let engine = app.core.db.engine();
    app.core.db.close().await;
    Ok(format!("{engine:?}, {} migrations, sealed with this key", migrations::ALL.len()))
}

/// Checks that LoginRocket hosts resolve on this machine. Unless they are under localhost, DNS needs a wildcard.
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

/// Checks the connection to the mail server, its certificate and the login. No mail is sent.
async fn mail(config: &Config) -> Result<String, String> {
    let Some(smtp) = smtp(config).map_err(|error| format!("{error:#}; see mail.smtp_url"))? else {
        return Ok("no SMTP server is set (mail.smtp_url), so mails are kept; `gantry outbox` shows them".to_owned());
    };
    match smtp.test().await {
        Ok(()) => Ok("the SMTP server answers and takes the login".to_owned()),
        Err(failure) => Err(format!("{}; mails wait and are tried again; see mail.smtp_url", failure.text)),
    }
}

/// Checks that the clock is not before this version's year, since token lifetimes would be wrong.
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
