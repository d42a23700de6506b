//! `gantry import`: users, orgs, memberships and credentials from files.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, bail};
use clap::Args;
use gantry_core::actor::Actor;
use gantry_core::imports::{self, Batch, Line, RecordKind, Refused, SeenNames, Tally};
use gantry_core::realms::{self, Realm};
use gantry_core::{Core, Error};
use gantry_crypto::{hex, token};
use indicatif::{ProgressBar, ProgressStyle};

use super::open::open_existing;
use super::record_kind::Kind;
use super::say::{say, visible};
use crate::config::Config;
use crate::flags::DatabaseFlags;
use crate::records::{self, Parsed};

/// Lines that are written together.
const BATCH: usize = 500;
/// Refused lines that are shown when no report was asked for.
const SHOWN: usize = 20;

/// Bring users, orgs, memberships and credentials from elsewhere into a realm
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry import users.jsonl --realm rl_0YTIbM4Da9ezu1JaQzZbpK --dry-run
  gantry import users.csv --kind user --realm rl_0YTIbM4Da9ezu1JaQzZbpK --report refused.tsv

JSON Lines hold one object a line, with `object` naming its kind; CSV files hold one kind. Password hashes of most other
software are taken as they are. A run that was cut off resumes where it was, and a repeated one changes nothing. See
docs/guide/import-export.md.")]
pub struct Import {
    /// Files, imported one after the other: CSV where the name ends so, JSON Lines otherwise
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Realm to import into
    #[arg(long, value_name = "REALM")]
    pub realm: String,
    /// Kind of the records that do not name their own; required for CSV
    #[arg(long)]
    pub kind: Option<Kind>,
    /// Check everything and keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// File for the refused lines: line, field and reason, separated by tabs
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Settings.
    #[command(flatten)]
    pub flags: DatabaseFlags,
}

/// Imports every file.
pub async fn run(config: &Config, wanted: &Import) -> anyhow::Result<()> {
    let app = open_existing(config).await?;
    let realm = realms::named(&app.core, &Actor::system(), &wanted.realm).await.context("no such realm")?;
    let mut whole = Tally::default();
    for path in &wanted.files {
        let options = Options { kind: wanted.kind.map(Into::into), dry_run: wanted.dry_run, shows_progress: true };
        let tally = file(&app.core, &realm, path, &options).await.with_context(|| path.display().to_string())?;
        whole.add(tally);
    }
    app.core.db.close().await;
    let (made, changed, same, refused) = (whole.made, whole.changed, whole.same, whole.refused.len());
    let would = if wanted.dry_run { "would be " } else { "" };
    say(format_args!("{made} {would}made, {changed} {would}changed, {same} were so already, {refused} refused"))?;
    report(&whole.refused, wanted.report.as_deref())?;
    if refused > 0 {
        bail!("{refused} lines were refused");
    }
    Ok(())
}

/// How a file is imported.
#[derive(Debug, Default)]
pub struct Options {
    /// What lines are that do not tell.
    pub kind: Option<RecordKind>,
    /// Nothing is kept, everything is checked.
    pub dry_run: bool,
    /// A bar on a terminal.
    pub shows_progress: bool,
}

/// Imports one file, from where an earlier run of it was cut off.
pub async fn file(core: &Core, realm: &Realm, path: &Path, options: &Options) -> anyhow::Result<Tally> {
    let source = source(path)?;
    let begun = if options.dry_run { 0 } else { imports::begun(core, realm, &source).await? };
    if begun > 0 {
        eprintln!("{}: goes on behind line {begun}", path.display());
    }
    let bar = bar(path, options)?;
    let (mut tally, mut lines): (Tally, Vec<Line>) = (Tally::default(), Vec::with_capacity(BATCH));
    let (mut last_line, mut names) = (begun, SeenNames::default());
    for parsed in records::open(path, options.kind)? {
        let number = match parsed? {
            Parsed::Line(line) => {
                let number = line.number;
                // Of lines from an earlier run too: a later one may still have their names.
                let clash = names.clash(&line);
                match clash {
                    _ if number <= begun => continue,
                    Some(clash) => tally.refused.push(Refused { line: number, errors: vec![clash] }),
                    None => lines.push(line),
                }
                number
            }
            Parsed::Refused(refused) if refused.line > begun => {
                let number = refused.line;
                tally.refused.push(refused);
                number
            }
            Parsed::Refused(_) => continue,
        };
        last_line = last_line.max(number);
        if lines.len() == BATCH {
            write(core, realm, &source, options, (last_line, &mut lines), &mut tally).await?;
            bar.set_position(last_line);
        }
    }
    write(core, realm, &source, options, (last_line, &mut lines), &mut tally).await?;
    bar.finish_and_clear();
    if !options.dry_run {
        imports::finish(core, realm, &source).await?;
    }
    tally.refused.sort_by_key(|refused| refused.line);
    Ok(tally)
}

async fn write(
    core: &Core,
    realm: &Realm,
    source: &str,
    options: &Options,
    (last_line, lines): (u64, &mut Vec<Line>),
    tally: &mut Tally,
) -> Result<(), Error> {
    if !lines.is_empty() {
        let batch = Batch { source, last_line, dry_run: options.dry_run };
        tally.add(imports::run(core, realm, &batch, lines).await?);
        lines.clear();
    }
    Ok(())
}

/// What tells a file apart: where it lies, how long it is, when it was written.
fn source(path: &Path) -> anyhow::Result<String> {
    let metadata = path.metadata()?;
    let written = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let text = format!("{}\n{}\n{}", path.canonicalize()?.display(), metadata.len(), written.as_nanos());
    Ok(hex::encode(&token::hash(&text)))
}

/// Counts lines; how many there are is not known before the end.
fn bar(path: &Path, options: &Options) -> anyhow::Result<ProgressBar> {
    if !options.shows_progress || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let style = ProgressStyle::with_template("{spinner} {msg}: line {human_pos}, {per_sec}")?;
    Ok(ProgressBar::no_length().with_style(style).with_message(name))
}

/// Each broken rule of each refused line: line, field, sentence, parted by tabs.
fn report(refused: &[Refused], path: Option<&Path>) -> anyhow::Result<()> {
    let rows = refused.iter().flat_map(|line| line.errors.iter().map(move |error| (line.line, error)));
    let Some(path) = path else {
        for (line, error) in rows.take(SHOWN) {
            eprintln!("line {line}: {}: {}", visible(&error.field), visible(&error.text));
        }
        if refused.len() > SHOWN {
            eprintln!("… and more: --report FILE has them all");
        }
        return Ok(());
    };
    let mut file = BufWriter::new(File::create(path).with_context(|| path.display().to_string())?);
    for (line, error) in rows {
        writeln!(file, "{line}\t{}\t{}", visible(&error.field), visible(&error.text))?;
    }
    Ok(file.flush()?)
}
