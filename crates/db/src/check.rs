//! Checks of every statement, for tests: whether it prepares, matches its row type and uses an index.

use crate::db::{Db, Inner};
use crate::error::Result;
use crate::row::{ColumnSpec, Kind};
use crate::statement::Statement;
use crate::{postgres, sqlite};

/// A column as the engine describes it; `None` where the engine does not know, as for expressions.
struct Described {
    name: String,
    kind: Option<&'static str>,
    not_null: Option<bool>,
}

/// Prepares every statement and compares its columns with its row type. Returns one sentence per fault.
pub async fn shapes(db: &Db, statements: &[Statement]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for statement in statements {
        let described = match &db.inner {
            Inner::Sqlite(sqlite) => sqlite.read(|reader| describe_sqlite(reader, statement)),
            Inner::Postgres(postgres) => describe_postgres(postgres.lease().await?.client()?, statement).await,
        };
        match described {
            Ok(described) => compare(statement, &described, &mut faults),
            Err(error) => faults.push(format!("{:?} does not prepare: {error}", statement.place)),
        }
    }
    Ok(faults)
}

/// Explains every statement and returns the scans of whole tables that are listed in `growing`.
pub async fn scans(db: &Db, statements: &[Statement], growing: &[&str]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for statement in statements {
        for line in plan(db, statement).await? {
            let scanned = line.strip_prefix("SCAN ").or_else(|| line.trim().split_once("Seq Scan on ").map(|(_, t)| t));
            let table = scanned.and_then(|rest| rest.split_whitespace().next());
            if table.is_some_and(|table| growing.contains(&table)) {
                faults.push(format!("{:?} reads a whole table: {}", statement.place, line.trim()));
            }
        }
    }
    Ok(faults)
}

/// Returns the engine's query plan for the statement, line by line.
pub async fn plan(db: &Db, statement: &Statement) -> Result<Vec<String>> {
    match &db.inner {
        Inner::Sqlite(sqlite) => sqlite.read(|reader| explain_sqlite(reader, statement)),
        Inner::Postgres(postgres) => explain_postgres(postgres.lease().await?.client()?, statement).await,
    }
}

fn compare(statement: &Statement, described: &[Described], faults: &mut Vec<String>) {
    let place = statement.place;
    if described.len() != statement.columns.len() {
        faults.push(format!(
            "{place:?} returns {} columns, its row type has {}",
            described.len(),
            statement.columns.len()
        ));
        return;
    }
    for (is, claim) in described.iter().zip(&statement.columns) {
        let ColumnSpec { name, kind, nullable } = *claim;
        if is.name != name {
            faults.push(format!("{place:?}: column {} is read as field {name}", is.name));
        }
        if is.kind.is_some_and(|is| is != kind.name()) {
            faults.push(format!("{place:?}: column {name} is {:?}, read as {}", is.kind, kind.name()));
        }
        if is.not_null == Some(false) && !nullable {
            faults.push(format!("{place:?}: column {name} may be NULL, its field has no room for that"));
        }
    }
}

fn describe_sqlite(db: &rusqlite::Connection, statement: &Statement) -> Result<Vec<Described>> {
    let prepared = db.prepare(statement.sqlite).map_err(|e| sqlite::failure("prepare", e))?;
    let describe = |column: rusqlite::ColumnMetadata<'_>| {
        let name = column.name().to_owned();
        let (Some(table), Some(origin)) = (column.table_name(), column.origin_name()) else {
            return Ok(Described { name, kind: None, not_null: None });
        };
        let (declared, not_null): (String, bool) = db
            .query_row(
                "SELECT type, \"notnull\" OR pk > 0 FROM pragma_table_info(?1) WHERE name = ?2",
                [table, origin],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .map_err(|e| sqlite::failure("table_info", e))?;
        let kinds = [Kind::Text, Kind::Int, Kind::Bool, Kind::Real, Kind::Bytes];
        let kind = kinds.map(Kind::name).into_iter().find(|kind| *kind == declared).unwrap_or("another type");
        Ok(Described { name, kind: Some(kind), not_null: Some(not_null) })
    };
    prepared.columns_with_metadata().map(describe).collect()
}

async fn describe_postgres(db: &deadpool_postgres::ClientWrapper, statement: &Statement) -> Result<Vec<Described>> {
    let fail = |e| postgres::failure("prepare", e);
    let prepared = db.prepare(statement.postgres).await.map_err(fail)?;
    let mut described = Vec::new();
    for column in prepared.columns() {
        let kind = match column.type_().name() {
            "text" => Kind::Text.name(),
            "int8" => Kind::Int.name(),
            "bool" => Kind::Bool.name(),
            "float8" => Kind::Real.name(),
            "bytea" => Kind::Bytes.name(),
            _ => "another type",
        };
        let not_null = match (column.table_oid(), column.column_id()) {
            (Some(table), Some(id)) => Some(
                db.query_one("SELECT attnotnull FROM pg_attribute WHERE attrelid = $1 AND attnum = $2", &[&table, &id])
                    .await
                    .map_err(fail)?
                    .get(0),
            ),
            _ => None,
        };
        described.push(Described { name: column.name().to_owned(), kind: Some(kind), not_null });
    }
    Ok(described)
}

fn explain_sqlite(db: &rusqlite::Connection, statement: &Statement) -> Result<Vec<String>> {
    let fail = |e| sqlite::failure("explain", e);
    let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sqlite)).map_err(fail)?;
    let lines = explain.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<_, _>>();
    lines.map_err(fail)
}

/// Returns the generic plan with sequential scans made expensive: one that remains means that no index fits.
async fn explain_postgres(db: &deadpool_postgres::ClientWrapper, statement: &Statement) -> Result<Vec<String>> {
    let fail = |e| postgres::failure("explain", e);
    let params = db.prepare(statement.postgres).await.map_err(fail)?.params().len();
    let nulls = vec!["NULL"; params].join(", ");
    let call = if params == 0 { String::new() } else { format!("({nulls})") };
    db.batch_execute(&format!(
        "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan;
         PREPARE checked AS {}",
        statement.postgres
    ))
    .await
    .map_err(fail)?;
    let plan = db.simple_query(&format!("EXPLAIN EXECUTE checked{call}")).await;
    db.batch_execute("ROLLBACK; DEALLOCATE checked").await.map_err(fail)?;
    let lines = plan.map_err(fail)?.into_iter().filter_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    Ok(lines.collect())
}
