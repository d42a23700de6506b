//! `gantry export`: writes files that `gantry import` reads.

use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};
use clap::Args;
use gantry_core::Core;
use gantry_core::exports::{self, Cursor, Record};
use gantry_core::imports::RecordKind;
use gantry_core::realms::Realm;
use indicatif::{ProgressBar, ProgressStyle};

use super::open::open_existing;
use super::realm_option::RealmOption;
use super::record_kind::Kind;
use super::say::Unread;
use crate::config::Config;
use crate::flags::DatabaseFlags;
use crate::private_file::PrivateFile;
use crate::records::{Format, csv, jsonl};

/// Kinds of records in the order in which an import needs them.
const ALL: [RecordKind; 4] = [RecordKind::Org, RecordKind::User, RecordKind::Credential, RecordKind::Membership];

/// Write a realm's users, orgs, memberships and credentials to a file
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry export --realm Shop --out realm.jsonl --secrets
  gantry export --realm Shop --kind user --out users.csv
  gantry export --realm Shop --out - | gzip > realm.jsonl.gz

Without --secrets, hashes of passwords, keys and devices' secrets are left out. The file is readable by its owner only.")]
pub struct Export {
    /// Realm to export, by id or name
    #[arg(long, value_name = "REALM")]
    pub realm: String,
    /// File to write: CSV if the name ends so, JSON Lines otherwise; - for standard output
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Form of the file, whatever its name
    #[arg(long)]
    pub format: Option<Format>,
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
    let selection = Selection {
        kind: wanted.kind.map(Into::into),
        secrets: wanted.secrets,
        format: Format::of(&wanted.out, wanted.format),
    };
    selection.check()?;
    let app = open_existing(config).await?;
    let realm = RealmOption { realm: Some(wanted.realm.clone()) }.find(&app).await?;
    let bar = bar(&app.core, &realm, &selection).await?;
    let done = if wanted.out == Path::new("-") {
        to_standard_output(&app.core, &realm, &selection, &bar).await.map(|written| (written, "written".to_owned()))
    } else {
        let written = to_file(&app.core, &realm, &selection, &wanted.out, &bar).await;
        written.map(|written| (written, format!("in {}", wanted.out.display())))
    };
    bar.finish_and_clear();
    app.core.db.close().await;
    let (written, place) = done?;
    eprintln!("{written} records are {place}");
    Ok(())
}

/// Which records are exported, and in which format.
#[derive(Debug, Clone, Copy)]
struct Selection {
    kind: Option<RecordKind>,
    secrets: bool,
    format: Format,
}

impl Selection {
    fn check(self) -> anyhow::Result<()> {
        if self.format == Format::Csv && self.kind.is_none() {
            bail!("a CSV file holds one kind of records: name it with --kind");
        }
        Ok(())
    }

    fn kinds(self) -> impl Iterator<Item = RecordKind> {
        ALL.into_iter().filter(move |one| self.kind.is_none_or(|kind| kind == *one))
    }
}

/// Writes a file that only its owner may read. Returns the number of records.
pub async fn file(
    core: &Core,
    realm: &Realm,
    path: &Path,
    kind: Option<RecordKind>,
    secrets: bool,
) -> anyhow::Result<u64> {
    let selection = Selection { kind, secrets, format: Format::of(path, None) };
    selection.check()?;
    to_file(core, realm, &selection, path, &ProgressBar::hidden()).await
}

async fn to_file(
    core: &Core,
    realm: &Realm,
    selection: &Selection,
    path: &Path,
    bar: &ProgressBar,
) -> anyhow::Result<u64> {
    let place = || format!("cannot write {}", path.display());
    let mut file = PrivateFile::create(path).with_context(place)?;
    let written = write(core, realm, selection, &mut file, bar).await?;
    file.finish().with_context(place)?;
    Ok(written)
}

/// Writes to standard output. Returns [`Unread`] if the reader closes it early, as `head` does.
async fn to_standard_output(
    core: &Core,
    realm: &Realm,
    selection: &Selection,
    bar: &ProgressBar,
) -> anyhow::Result<u64> {
    let is_closed = Arc::new(AtomicBool::new(false));
    let mut out = BufWriter::new(StandardOutput { is_closed: Arc::clone(&is_closed) });
    let written = write(core, realm, selection, &mut out, bar).await;
    // Discards what is still buffered, so that dropping the writer does not retry the write.
    let _ = out.into_parts();
    if is_closed.load(Ordering::Relaxed) { Err(Unread.into()) } else { written }
}

/// Standard output that records whether its reader has closed it.
struct StandardOutput {
    is_closed: Arc<AtomicBool>,
}

impl StandardOutput {
    fn note<T>(&self, done: io::Result<T>) -> io::Result<T> {
        if done.as_ref().is_err_and(|error| error.kind() == ErrorKind::BrokenPipe) {
            self.is_closed.store(true, Ordering::Relaxed);
        }
        done
    }
}

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.note(io::stdout().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.note(io::stdout().flush())
    }
}

/// Creates a progress bar with the remaining time; hidden unless standard error is a terminal.
async fn bar(core: &Core, realm: &Realm, selection: &Selection) -> anyhow::Result<ProgressBar> {
    if !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let mut records = 0;
    for kind in selection.kinds() {
        records += exports::count(core, realm, kind, selection.secrets).await?;
    }
    let style = ProgressStyle::with_template("{spinner} {percent} %, {human_pos} of {human_len} records, {eta} left")?;
    Ok(ProgressBar::new(records).with_style(style))
}

async fn write(
    core: &Core,
    realm: &Realm,
    selection: &Selection,
    out: &mut impl Write,
    bar: &ProgressBar,
) -> anyhow::Result<u64> {
    let mut written = 0;
    let mut count = |record: io::Result<()>| {
        written += 1;
        bar.inc(1);
        record
    };
    if let (Format::Csv, Some(kind)) = (selection.format, selection.kind) {
        let mut out = ::csv::Writer::from_writer(&mut *out);
        csv::write_header(&mut out, kind)?;
        each(core, realm, kind, selection.secrets, |record| {
            Ok(count(csv::write(&mut out, kind, record).map_err(Into::into))?)
        })
        .await?;
        out.flush()?;
    } else {
        for kind in selection.kinds() {
            each(core, realm, kind, selection.secrets, |record| Ok(count(jsonl::write(&mut *out, record))?)).await?;
        }
    }
    out.flush()?;
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
