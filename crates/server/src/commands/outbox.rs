//! `gantry outbox`: the mails of an installation without an SMTP server.

use std::io::Write as _;

use anyhow::Context as _;
use clap::Args;
use gantry_core::outbox::{self, Mail};
use mail_parser::{DateTime, Message, MessageParser};
use secrecy::ExposeSecret as _;

use super::open::open_existing;
use super::say::say;
use crate::app::App;
use crate::config::Config;
use crate::flags::DatabaseFlags;

/// The longest list.
const MOST: i64 = 50;

/// Read the mails of an installation without an SMTP server
#[derive(Debug, Args)]
#[command(after_help = "\
Without `mail.smtp_url` mails are not sent but kept for a week. This lists the newest; with an id, it shows one, whose
links work.")]
pub struct Outbox {
    /// The mail to show
    pub id: Option<String>,
    /// As it would go over the wire
    #[arg(long, requires = "id")]
    pub raw: bool,
    /// Settings.
    #[command(flatten)]
    pub flags: DatabaseFlags,
}

/// Lists the newest mails, or shows one.
pub async fn run(config: &Config, wanted: &Outbox) -> anyhow::Result<()> {
    let app = open_existing(config).await?;
    let done = match &wanted.id {
        None => list(&app).await,
        Some(id) => show(&app, id, wanted.raw).await,
    };
    app.core.db.close().await;
    done
}

async fn list(app: &App) -> anyhow::Result<()> {
    let mails = outbox::list(&app.core, MOST).await?;
    if mails.is_empty() {
        say("The outbox is empty.")?;
    }
    for mail in &mails {
        let message = parsed(mail);
        let (date, subject) = message.as_ref().map(|message| (message.date(), message.subject())).unwrap_or_default();
        let date = date.map(DateTime::to_rfc3339).unwrap_or_default();
        say(format_args!("{}  {date}  {}  {}", mail.id, mail.recipient, subject.unwrap_or_default()))?;
    }
    Ok(())
}

async fn show(app: &App, id: &str, raw: bool) -> anyhow::Result<()> {
    let mail = outbox::read(&app.core, id).await.with_context(|| id.to_owned())?;
    if raw {
        return Ok(std::io::stdout().write_all(mail.message.expose_secret())?);
    }
    let message = parsed(&mail);
    let text = message.as_ref().and_then(|message| message.body_text(0)).context("the mail cannot be read")?;
    let subject = message.as_ref().and_then(Message::subject).unwrap_or_default();
    say(format_args!("To: {}\nSubject: {subject}\n\n{}", mail.recipient, text.trim_end()))?;
    Ok(())
}

fn parsed(mail: &Mail) -> Option<Message<'_>> {
    MessageParser::default().parse(mail.message.expose_secret())
}
