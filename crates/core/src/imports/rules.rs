//! Running an import in batches of lines.

use gantry_db::Tx;

use super::store;
use super::tally::{Outcome, Refused, Tally};
use super::{RecordKind, credentials, memberships, orgs, users};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, FieldError, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::Fields;
use crate::realms::Realm;

/// One line of a file.
pub struct Line {
    /// Line number, from 1.
    pub number: u64,
    /// Kind of its record.
    pub kind: RecordKind,
    /// Fields of its record, with `object`.
    pub fields: Fields,
}

/// Context of a batch of lines that are written together.
pub struct Batch<'a> {
    /// Identifies the file; none if it cannot be identified, and the import cannot resume.
    pub source: Option<&'a str>,
    /// Number of the batch's last line.
    pub last_line: u64,
    /// Whether everything is validated but nothing is written.
    pub dry_run: bool,
}

/// Returns the last line that an unfinished earlier run of this file has written; 0 if there is none.
pub async fn begun(core: &Core, realm: &Realm, source: &str) -> Result<u64> {
    let lines = store::progress(&core.db, &realm.id, source).await?;
    Ok(lines.and_then(|lines| u64::try_from(lines).ok()).unwrap_or(0))
}

/// Writes a batch. Invalid lines are refused, and the rest is written.
pub async fn run(core: &Core, realm: &Realm, batch: &Batch<'_>, lines: &[Line]) -> Result<Tally> {
    match all(core, realm, batch, lines).await {
        // A concurrent request took a name. Each line is then written in a batch of its own.
        Err(Error::Invalid(errors)) => {
            if let [line] = lines {
                let refused = vec![Refused { line: line.number, errors }];
                return Ok(Tally { refused, ..Tally::default() });
            }
            let mut tally = Tally::default();
            for line in lines {
                let one = Batch { last_line: line.number, ..*batch };
                tally.add(Box::pin(run(core, realm, &one, std::slice::from_ref(line))).await?);
            }
            Ok(tally)
        }
        done => done,
    }
}

async fn all(core: &Core, realm: &Realm, batch: &Batch<'_>, lines: &[Line]) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut tx = core.db.begin().await?;
    for line in lines {
        match one(core, &mut tx, realm, line).await? {
            Ok(Outcome::Made) => tally.made += 1,
            Ok(Outcome::Changed) => tally.changed += 1,
            Ok(Outcome::Same) => tally.same += 1,
            Err(errors) => tally.refused.push(Refused { line: line.number, errors }),
        }
    }
    if batch.dry_run {
        return Ok(tally);
    }
    if let Some(source) = batch.source {
        let last_line = i64::try_from(batch.last_line).unwrap_or(i64::MAX);
        store::set_progress(&mut tx, &realm.id, source, last_line).await?;
    }
    tx.commit().await?;
    Ok(tally)
}

/// Writes one line. Inner `Err`: validation errors of this line; nothing of it has been written.
async fn one(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    line: &Line,
) -> Result<std::result::Result<Outcome, Vec<FieldError>>> {
    let strangers = strangers(line);
    if !strangers.is_empty() {
        return Ok(Err(strangers));
    }
    let fields = line.fields.clone();
    match line.kind {
        RecordKind::User => users::write(core, tx, realm, fields).await,
        RecordKind::Org => orgs::write(core, tx, realm, fields).await,
        RecordKind::Membership => memberships::write(core, tx, realm, fields).await,
        RecordKind::Credential => credentials::write(core, tx, realm, fields).await,
    }
}

/// Returns an error for each unknown field of the line.
fn strangers(line: &Line) -> Vec<FieldError> {
    let known = line.kind.fields();
    let unknown = line.fields.names().filter(|name| *name != "object" && !known.contains(name));
    unknown.map(|name| FieldError::new(name.to_owned(), "unknown", line.kind.has_no(name))).collect()
}

/// Ends an import: records it as one update of the realm, and deletes its progress, so that a repetition starts over.
pub async fn finish(core: &Core, realm: &Realm, source: Option<&str>) -> Result<()> {
    let mut tx = core.db.begin().await?;
    if let Some(source) = source {
        store::forget_progress(&mut tx, &realm.id, source).await?;
    }
    events::record(core, &mut tx, realm, &Actor::system(), EventType::RealmUpdated, Subject::REALM).await?;
    tx.commit().await?;
    Ok(())
}
