//! `gantry export`: what an import reads.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use gantry_core::Core;
use gantry_core::actor::Actor;
use gantry_core::exports::{self, Cursor, Record};
use gantry_core::imports::RecordKind;
use gantry_core::realms::{self, Realm};

use super::open::open_existing;
use super::record_kind::Kind;
use super::say::say;
use crate::config::Config;
use crate::flags::DatabaseFlags;
use crate::records::read::is_csv;
use crate::records::{csv, jsonl};

/// In the order in which an import needs them.
const ALL: [RecordKind; 4] = [RecordKind::Org, RecordKind::User, RecordKind::Credential, RecordKind::Membership];

/// Write a realm's users, orgs, memberships and credentials to a file
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry export --realm rl_0YTIbM4Da9ezu1JaQzZbpK --out realm.jsonl --secrets
  gantry export --realm rl_0YTIbM4Da9ezu1JaQzZbpK --kind user --out users.csv

Without --secrets, hashes of passwords, keys and devices' secrets are left out.")]
pub struct Export {
    /// Realm to export
    #[arg(long, value_name = "REALM")]
    pub realm: String,
    /// File to write: CSV if the name ends so, JSON Lines otherwise
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Only records of this kind; required for CSV
    #[arg(long)]
    pub kind: Option<Kind>,
    /// With hashes of passwords and keys, and devices' secrets
    #[arg(long)]
    pub secrets: bool,
    /// Settings.
    #[command(flatten)]
    pub flags: DatabaseFlags,
}

/// Exports a realm, or one kind of its records.
pub async fn run(config: &Config, wanted: &Export) -> anyhow::Result<()> {
    let app = open_existing(config).await?;
    let realm = realms::named(&app.core, &Actor::system(), &wanted.realm).await.context("no such realm")?;
    let written = file(&app.core, &realm, &wanted.out, wanted.kind.map(Into::into), wanted.secrets).await?;
    app.core.db.close().await;
    say(format_args!("{written} records are in {}", wanted.out.display()))?;
    Ok(())
}

/// Writes a file, readable by its owner only; how many records it holds.
pub async fn file(
    core: &Core,
    realm: &Realm,
    path: &Path,
    kind: Option<RecordKind>,
    secrets: bool,
) -> anyhow::Result<u64> {
    if is_csv(path) && kind.is_none() {
        bail!("a CSV file holds one kind of records: name it with --kind");
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let file = BufWriter::new(options.open(path).with_context(|| path.display().to_string())?);
    if let Some(kind) = kind.filter(|_| is_csv(path)) {
        return as_csv(core, realm, file, kind, secrets).await;
    }
    let (mut file, mut written) = (file, 0);
    for one in ALL.into_iter().filter(|one| kind.is_none_or(|kind| kind == *one)) {
        each(core, realm, one, secrets, |record| {
            written += 1;
            Ok(jsonl::write(&mut file, record)?)
        })
        .await?;
    }
    file.flush()?;
    Ok(written)
}

async fn as_csv(core: &Core, realm: &Realm, file: impl Write, kind: RecordKind, secrets: bool) -> anyhow::Result<u64> {
    let (mut file, mut written) = (::csv::Writer::from_writer(file), 0);
    csv::write_header(&mut file, kind)?;
    each(core, realm, kind, secrets, |record| {
        written += 1;
        Ok(csv::write(&mut file, kind, record)?)
    })
    .await?;
    file.flush()?;
    Ok(written)
}

async fn each(
    core: &Core,
    realm: &Realm,
    kind: RecordKind,
    secrets: bool,
    mut write: impl FnMut(&Record) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut cursor = Cursor::default();
    while !cursor.is_done() {
        for record in exports::page(core, realm, kind, secrets, &mut cursor).await? {
            write(&record)?;
        }
    }
    Ok(())
}
