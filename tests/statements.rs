//! Every statement of the product, on both engines: it prepares, its row type tells the truth, it uses an index, and
//! on a tenant's table it names the tenant.

use std::fs;
use std::path::Path;

use gantry_core::{migrations, statements};
use gantry_db::{Db, Settings, check};
use rstest::rstest;

use crate::support::{Engine, fresh_database};

/// Tables that grow with users, realms or time.
const GROWING: &[&str] = &[
    "realms",
    "users",
    "u",
    "orgs",
    "o",
    "memberships",
    "m",
    "credentials",
    "c",
    "sessions",
    "s",
    "events",
    "connected_apps",
    "a",
    "jwt_keys",
    "k",
    "auth_providers",
    "remembered_sessions",
    "b",
    "api_keys",
    "r",
    "x",
    "connected_app_domains",
    "d",
    "realm_deletions",
    "one_time_tokens",
    "recovery_codes",
    "spent_challenges",
    "form_submissions",
    "signup_tokens",
    "app_hooks",
    "notifications",
    "n",
    "f",
    "e",
    "outbox_mails",
    "social_logins",
    "waiting_identities",
    "failed_attempts",
];

/// Statements that find their tenant by something only the tenant has: a secret, an address, an id that tells the realm.
/// Those about a hook are asked by whoever holds the hook.
const BY_PROOF: &[&str] =
    &["api_keys::FIND", "connected_apps::AT_SUBDOMAIN", "connected_apps::AT_DOMAIN", "notifications::CANCEL_OF_HOOK"];

/// Statements that look after all tenants alike: they remove what has run out, and deliver what is due.
const UPKEEP: &[&str] = &[
    "challenges::DELETE_EXPIRED",
    "form_submissions::DELETE_EXPIRED",
    "one_time_tokens::DELETE_EXPIRED",
    "sessions::DELETE_EXPIRED",
    "signup_tokens::DELETE_EXPIRED",
    "social_logins::DELETE_EXPIRED",
    "social_logins::FORGET_EXPIRED",
    "realms::EVERY",
    "app_hooks::DELIVERING",
    "notifications::RELEASE",
    "notifications::WAIT_ON",
    "notifications::GIVE_UP_OLD",
    "notifications::BUSY_HOOKS",
    "notifications::BACKLOG",
    "outbox::DELETE_OLD",
    // The operator's own.
    "outbox::NEWEST",
    "outbox::FIND",
];

async fn database(engine: Engine, folder: &Path) -> Db {
    let url = fresh_database(engine, folder).await;
    let db = Db::open(&Settings { url, sqlite_readers: 1, postgres_connections: 2 }).await.expect("opens");
    db.migrate(migrations::ALL, 0).await.expect("migrates");
    db
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_prepares_and_returns_what_its_row_type_says(#[case] engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = database(engine, folder.path()).await;
    let faults = check::shapes(&db, &statements::all()).await.expect("checked");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn none_reads_a_whole_table_that_grows(#[case] engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = database(engine, folder.path()).await;
    let faults = check::scans(&db, &statements::all(), GROWING).await.expect("explained");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// SQLite has no statistics, and once went through a whole realm's sessions at each login. PostgreSQL has them.
#[tokio::test]
async fn each_about_one_user_reads_no_other_users_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = database(Engine::Sqlite, folder.path()).await;
    let (mut seen, mut faults) = (0, Vec::new());
    for statement in statements::all() {
        let demanded = statement.sqlite.replace("IS NULL OR user_id = ?", "");
        if demanded.contains("user_id = ?") {
            seen += 1;
            let plan = check::plan(&db, &statement).await.expect("explained");
            faults.extend(
                plan.into_iter()
                    .filter(|line| line.contains("_by_realm") || line.contains("_by_type"))
                    .map(|line| (statement.place, line)),
            );
        }
    }
    assert!(seen > 5, "{seen} statements");
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What waits in one lane is found without going through all that waits for its hook: an event once cost the more, the
/// longer a receiver had been dead.
#[tokio::test]
async fn each_about_one_lane_reads_no_other_lanes_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = database(Engine::Sqlite, folder.path()).await;
    let (mut seen, mut faults) = (0, Vec::new());
    for statement in statements::all() {
        if ["lane = ?", "f.lane = n.lane", "n.lane = lanes.lane"].iter().any(|asked| statement.sqlite.contains(asked)) {
            seen += 1;
            let plan = check::plan(&db, &statement).await.expect("explained").join("; ");
            if !plan.contains("notifications_by_lane (app_hook_id=? AND lane=?") {
                faults.push((statement.place, plan));
            }
        }
    }
    assert!(seen > 3, "{seen} statements");
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A late page of a list or search costs as much as its first: SQLite starts where the page before it ended. Where few rows are
/// sorted afterwards, the order is spelled so that no index has it.
#[tokio::test]
async fn each_page_starts_where_the_one_before_it_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = database(Engine::Sqlite, folder.path()).await;
    let (mut seen, mut faults) = (0, Vec::new());
    for statement in statements::all() {
        let (up, down) = (statement.sqlite.contains("id) > (?"), statement.sqlite.contains("id) < (?"));
        let sorted_afterwards = ["|| '', id)", "+ 0, id)"].iter().any(|order| statement.sqlite.contains(order));
        if (up || down) && !sorted_afterwards {
            seen += 1;
            let plan = check::plan(&db, &statement).await.expect("explained").join("; ");
            let bounds = if up { [">?", ">(?"] } else { ["<?", "<(?"] };
            if !bounds.iter().any(|bound| plan.contains(bound)) {
                faults.push((statement.place, plan));
            }
        }
    }
    assert!(seen > 10, "{seen} statements");
    assert!(faults.is_empty(), "{faults:#?}");
}

/// With a parameter as its limit, PostgreSQL expects a subselect to find a tenth of its table, and reads all of it to
/// change a few rows.
#[test]
fn batches_have_their_size_in_the_statement() {
    let of_batch = |statement: &&gantry_db::Statement| {
        let changes = ["UPDATE ", "DELETE "].iter().any(|word| statement.postgres.contains(word));
        changes && ["IN (SELECT", "(SELECT id FROM"].iter().any(|within| statement.postgres.contains(within))
    };
    let limited = |text: &str| {
        text.split("LIMIT ").skip(1).all(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()))
            || text.contains("LIMIT 16 FOR UPDATE")
    };
    let all = statements::all();
    let faults: Vec<_> = all
        .iter()
        .filter(of_batch)
        .filter(|statement| !limited(statement.postgres))
        .map(|statement| statement.place)
        .collect();
    assert!(all.iter().filter(of_batch).count() > 5);
    assert!(faults.is_empty(), "{faults:?}");
}

/// What few users share is found by its own index, not by going through all users in their order; a search goes along
/// the index of what it searches.
#[tokio::test]
async fn exact_filters_and_searches_use_their_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = database(Engine::Sqlite, folder.path()).await;
    let expected = [
        ("users", "NAMED_", "users_realm_id_username"),
        ("users", "ADDRESSED_", "users_by_email"),
        ("users", "REFERRED_", "users_by_reference"),
        ("users", "LIKE_NAME", "users_realm_id_username"),
        ("users", "LIKE_ADDRESS", "users_by_email"),
        ("users", "LIKE_WHOLE_NAME", "users_by_folded_name"),
        ("orgs", "REFERRED_", "orgs_by_reference"),
        ("events", "DOWN_OF_USER", "events_by_user"),
        ("events", "DOWN_OF_ORG", "events_by_org"),
        ("events", "DOWN_OF_MEMBERSHIP", "events_by_membership"),
        ("events", "DOWN_OF_APP_HOOK", "events_by_app_hook"),
        ("events", "DOWN_OF_PROVIDER", "events_by_auth_provider"),
        ("events", "DOWN_OF_APP,", "events_by_connected_app"),
        ("events", "DOWN_OF_TYPE", "events_by_type"),
        ("events", "DOWN_OF_REALM", "events_by_realm"),
    ];
    let mut faults = Vec::new();
    for (resource, name, index) in expected {
        let of = |place: (&str, &str)| {
            place.0.ends_with(&format!("{resource}/store.rs")) && format!("{},", place.1).starts_with(name)
        };
        let statements: Vec<_> = statements::all().into_iter().filter(|statement| of(statement.place)).collect();
        assert!(!statements.is_empty(), "{resource}::{name}");
        for statement in statements {
            let plan = check::plan(&db, &statement).await.expect("explained").join("; ");
            if !plan.contains(index) {
                faults.push((statement.place.1, index, plan));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn each_on_a_tenants_table_names_its_realm_or_account() {
    let mut faults = Vec::new();
    for statement in statements::all() {
        let (file, name) = statement.place;
        let resource = Path::new(file).parent().and_then(Path::file_name).expect("a folder").to_string_lossy();
        let place = format!("{resource}::{name}");
        let tenant = [
            "realm_id",
            "account_id",
            "FROM realms r WHERE",
            "UPDATE realms",
            "DELETE FROM realms",
            "INTO realms",
            "installation",
            "realm_deletions",
        ];
        if !tenant.iter().any(|word| statement.postgres.contains(word))
            && !BY_PROOF.contains(&place.as_str())
            && !UPKEEP.contains(&place.as_str())
        {
            faults.push(place);
        }
    }
    assert!(faults.is_empty(), "these name neither realm nor account: {faults:?}");
}

#[test]
fn the_list_holds_every_file_with_sql() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/core/src");
    let listed: Vec<String> = statements::all().iter().map(|statement| statement.place.0.replace('\\', "/")).collect();
    for folder in fs::read_dir(core).expect("the sources") {
        let store = folder.expect("an entry").path().join("store.rs");
        if store.exists() {
            let name = store.parent().and_then(Path::file_name).expect("a name").to_string_lossy().into_owned();
            let known = listed.iter().any(|file| file.ends_with(&format!("{name}/store.rs")));
            assert!(known, "crates/core/src/statements.rs does not list {name}::statements()");
        }
    }
}
