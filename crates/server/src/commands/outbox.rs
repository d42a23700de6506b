//! `gantry outbox`: shows the mails of an installation without an SMTP server.

use anyhow::Context as _;
use clap::Args;
use gantry_core::Error;
use gantry_core::outbox::{self, Mail};
use mail_parser::{DateTime, Message, MessageParser};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::open::open_existing;
use super::output::{Listing, printable, say_json};
use super::say::{say, say_bytes};
use crate::app::App;
use crate::config::Config;
use crate::flags::DatabaseFlags;

/// Maximum number of mails in the list.
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
    /// Print JSON
    #[arg(long, conflicts_with = "raw")]
    pub json: bool,
    /// Settings.
    #[command(flatten)]
    pub flags: DatabaseFlags,
}

/// Lists the newest mails, or shows one.
pub async fn run(config: &Config, wanted: &Outbox) -> anyhow::Result<()> {
    let app = open_existing(config).await?;
    let done = match &wanted.id {
        None => list(&app, wanted.json).await,
        Some(id) => show(&app, id, wanted).await,
    };
    app.core.db.close().await;
    done
}

async fn list(app: &App, as_json: bool) -> anyhow::Result<()> {
    let mails = outbox::list(&app.core, MOST).await?;
    if mails.is_empty() && !as_json {
        eprintln!("The outbox is empty.");
    }
    let mut listing = Listing::new(as_json, ["id", "date", "to", "subject"]);
    for mail in &mails {
        let message = parsed(mail);
        let (date, subject) = message.as_ref().map(|message| (message.date(), message.subject())).unwrap_or_default();
        let (date, subject) = (date.map(DateTime::to_rfc3339).unwrap_or_default(), subject.unwrap_or_default());
        let object = json!({"id": mail.id, "date": date, "to": mail.recipient, "subject": subject});
        listing.add(|| [mail.id.clone(), date, mail.recipient.clone(), subject.to_owned()], &object)?;
    }
    listing.finish()
}

async fn show(app: &App, id: &str, wanted: &Outbox) -> anyhow::Result<()> {
    let mail = outbox::read(&app.core, id).await.map_err(|error| match error {
        Error::NotFound(_) => anyhow::anyhow!("there is no mail {id} in the outbox"),
        error => error.into(),
    })?;
    if wanted.raw {
        return say_bytes(mail.message.expose_secret());
    }
    let message = parsed(&mail);
    let text = message.as_ref().and_then(|message| message.body_text(0)).context("the mail cannot be read")?;
    let subject = message.as_ref().and_then(Message::subject).unwrap_or_default();
    if wanted.json {
        return say_json(&json!({"id": mail.id, "to": mail.recipient, "subject": subject, "text": text.trim_end()}));
    }
    say(format_args!("To: {}\nSubject: {}\n", printable(&mail.recipient), printable(subject)))?;
    text.trim_end().lines().try_for_each(|line| say(printable(line)))
}

fn parsed(mail: &Mail) -> Option<Message<'_>> {
    MessageParser::default().parse(mail.message.expose_secret())
}
