//! `gantry import`: users, orgs, memberships and credentials from files.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use gantry_core::imports::{self, Batch, Line, RecordKind, Refused, SeenNames, Tally};
use gantry_core::realms::Realm;
use gantry_core::{Core, Error};
use indicatif::{ProgressBar, ProgressStyle};

use super::open::open_existing;
use super::output::printable;
use super::realm_option::RealmOption;
use super::record_kind::Kind;
use super::say::say;
use crate::config::Config;
use crate::flags::DatabaseFlags;
use crate::records::{self, Format, Parsed, Source};

/// Number of lines written in one batch.
const BATCH: usize = 500;
/// Maximum number of refused lines that are shown without `--report`.
const SHOWN: usize = 20;

/// Bring users, orgs, memberships and credentials from elsewhere into a realm
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry import users.jsonl --realm Shop --dry-run
  gantry import users.csv --kind user --realm Shop --report refused.tsv
  gunzip -c users.jsonl.gz | gantry import - --realm Shop

JSON Lines hold one object a line, with `object` naming its kind; CSV files hold one kind. Password hashes of most other
software are taken as they are. A run that was cut off resumes where it was, and a repeated one changes nothing. See
docs/guide/import-export.md.")]
pub struct Import {
    /// Files, imported one after the other: CSV where the name ends so, JSON Lines otherwise; - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Realm to import into, by id or name
    #[arg(long, value_name = "REALM")]
    pub realm: String,
    /// Form of the files, whatever their names
    #[arg(long)]
    pub format: Option<Format>,
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
    if wanted.files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        bail!("standard input (-) can be read once only");
    }
    let app = open_existing(config).await?;
    let realm = RealmOption { realm: Some(wanted.realm.clone()) }.find(&app).await?;
    let mut whole = Tally::default();
    for path in &wanted.files {
        let options = Options { kind: wanted.kind.map(Into::into), dry_run: wanted.dry_run, shows_progress: true };
        let source = Source::open(path, wanted.format)?;
        let name = source.name.clone();
        let tally = read(&app.core, &realm, source, &options).await.with_context(|| name)?;
        whole.add(tally);
    }
    app.core.db.close().await;
    let (made, changed, same, refused) = (whole.made, whole.changed, whole.same, whole.refused.len());
    let would = if wanted.dry_run { "would be " } else { "" };
    say(format_args!("{made} {would}made, {changed} {would}changed, {same} unchanged, {refused} refused"))?;
    report(&whole.refused, wanted.report.as_deref())?;
    if refused > 0 {
        bail!("{refused} lines were refused");
    }
    Ok(())
}

/// Options for importing a file.
#[derive(Debug, Default)]
pub struct Options {
    /// Kind of the records that do not name one.
    pub kind: Option<RecordKind>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
    /// Shows a progress bar if standard error is a terminal.
    pub shows_progress: bool,
}

/// Imports one file. Resumes where an earlier run was interrupted.
pub async fn file(core: &Core, realm: &Realm, path: &Path, options: &Options) -> anyhow::Result<Tally> {
    read(core, realm, Source::open(path, None)?, options).await
}

async fn read(core: &Core, realm: &Realm, source: Source, options: &Options) -> anyhow::Result<Tally> {
    let begun = match &source.identity {
        Some(identity) if !options.dry_run => imports::begun(core, realm, identity).await?,
        _ => 0,
    };
    if begun > 0 {
        eprintln!("{}: goes on behind line {begun}", source.name);
    }
    let bar = bar(&source, options)?;
    let Source { name, file, format, identity, .. } = source;
    let (mut tally, mut lines): (Tally, Vec<Line>) = (Tally::default(), Vec::with_capacity(BATCH));
    let (mut last_line, mut names) = (begun, SeenNames::default());
    for parsed in records::lines(bar.wrap_read(file), format, options.kind)? {
        let number = match parsed? {
            Parsed::Line(line) => {
                let number = line.number;
                // Lines of an earlier run are recorded too, since later lines may repeat their names.
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
            write(core, realm, identity.as_deref(), options, (last_line, &mut lines), &mut tally).await?;
            bar.set_message(format!("{name}: line {last_line}"));
        }
    }
    write(core, realm, identity.as_deref(), options, (last_line, &mut lines), &mut tally).await?;
    bar.finish_and_clear();
    if !options.dry_run {
        imports::finish(core, realm, identity.as_deref()).await?;
    }
    tally.refused.sort_by_key(|refused| refused.line);
    Ok(tally)
}

async fn write(
    core: &Core,
    realm: &Realm,
    source: Option<&str>,
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

/// Creates a progress bar that counts bytes, since the number of lines is unknown in advance; hidden unless standard
/// error is a terminal.
fn bar(source: &Source, options: &Options) -> anyhow::Result<ProgressBar> {
    if !options.shows_progress || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let bar = match source.length {
        Some(length) => ProgressBar::new(length)
            .with_style(ProgressStyle::with_template("{spinner} {percent} %, {msg}, {eta} left")?),
        None => ProgressBar::no_length().with_style(ProgressStyle::with_template("{spinner} {msg}, {elapsed}")?),
    };
    Ok(bar.with_message(source.name.clone()))
}

/// Reports each error of each refused line as line number, field and message, separated by tabs in the report file.
fn report(refused: &[Refused], path: Option<&Path>) -> anyhow::Result<()> {
    let rows = refused.iter().flat_map(|line| line.errors.iter().map(move |error| (line.line, error)));
    let Some(path) = path else {
        for (line, error) in rows.take(SHOWN) {
            eprintln!("line {line}: {}: {}", printable(&error.field), printable(&error.text));
        }
        if refused.len() > SHOWN {
            eprintln!("… and more: --report FILE has them all");
        }
        return Ok(());
    };
    let mut file = BufWriter::new(File::create(path).with_context(|| path.display().to_string())?);
    for (line, error) in rows {
        writeln!(file, "{line}\t{}\t{}", printable(&error.field), printable(&error.text))?;
    }
    Ok(file.flush()?)
}
