//! Imports and exports: idempotent, resumable, and a round trip loses nothing (docs/guide/import-export.md).

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use gantry::commands::export;
use gantry::commands::import::{self, Options};
use gantry_core::actor::Actor;
use gantry_core::imports::{RecordKind, Tally};
use gantry_core::realms::{self, Realm};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Engine, TestServer};

/// Made with bcrypt 4.0.1 through passlib 1.7.4: "correct horse".
const BCRYPT: &str = "$2b$05$R435ghnGzC3Iy1OuAT8TbOL0Dy6iR6TnHkxuwps.WyO3oxeCKdjei";

async fn realm(server: &TestServer, id: &str) -> Realm {
    realms::named(&server.app.core, &Actor::system(), id).await.expect("the realm")
}

pub fn written(server: &TestServer, name: &str, lines: &[Value]) -> PathBuf {
    let path = server.folder.path().join(name);
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    fs::write(&path, text.join("\n")).expect("written");
    path
}

pub async fn run(server: &TestServer, path: &Path, options: &Options) -> Tally {
    let realm = realm(server, server.realm()).await;
    import::file(&server.app.core, &realm, path, options).await.expect("imported")
}

pub fn counts(tally: &Tally) -> (u64, u64, u64, usize) {
    (tally.made, tally.changed, tally.same, tally.refused.len())
}

fn people() -> Vec<Value> {
    vec![
        json!({"object": "org", "name": "Acme", "reference": "A-1", "custom": {"tier": "gold"}}),
        json!({"object": "user", "username": "Ada", "email": "Ada@Example.com", "first_name": "Ada",
            "reference": "R-1", "password_hash": BCRYPT, "created_at": 1_500_000_000, "custom": {"n": 1},
            "email_verification": "verified"}),
        json!({"object": "user", "username": "bob", "email": "bob@example.com", "state": "inactive"}),
        json!({"object": "user", "user_type": "api", "username": "robot"}),
        json!({"object": "membership", "user": "ada", "org": "Acme", "permissions": ["owner", "read"]}),
        json!({"object": "membership", "user_reference": "R-1", "permissions": "own"}),
    ]
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn people_come_with_their_passwords_and_memberships(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = written(&server, "people.jsonl", &people());
    assert_eq!(counts(&run(&server, &path, &Options::default()).await), (6, 0, 0, 0));
    let ada = server.get("users/ada?expand=memberships").await.json(200);
    let expected = json!({"email": "ada@example.com", "first_name": "Ada", "reference": "R-1", "custom": {"n": 1},
        "email_verification": "verified", "created_at": 1_500_000_000.0});
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(&ada[name], value, "{name}");
    }
    let memberships = ada["memberships"].as_array().expect("memberships");
    assert_eq!(memberships.len(), 2);
    assert!(
        memberships.iter().any(|one| one["org"]["name"] == "Acme" && one["permissions"] == json!(["owner", "read"]))
    );
    assert_eq!(server.get("users/bob").await.json(200)["state"], "inactive");
    // The old hash logs in, and is replaced by one of ours.
    let login = json!({"password": "correct horse"});
    server.post("users/ada/authenticate", login.clone()).await.json(200);
    let out = server.folder.path().join("out.jsonl");
    let realm = realm(&server, server.realm()).await;
    export::file(&server.app.core, &realm, &out, Some(RecordKind::User), true).await.expect("exported");
    let exported = fs::read_to_string(out).expect("a file");
    assert!(!exported.contains(BCRYPT) && exported.contains("$argon2id$"), "{exported}");
    // Repeated, it changes nothing; above all not the new hash.
    assert_eq!(counts(&run(&server, &path, &Options::default()).await), (0, 0, 6, 0));
    server.post("users/ada/authenticate", login).await.json(200);
    let events = server.get("events?event_type=user.created,realm.updated").await.json(200);
    let types: Vec<_> = events["collection"].as_array().expect("events").iter().map(|one| &one["event_type"]).collect();
    assert_eq!(types, ["realm.updated", "realm.updated"], "one for each import, none for each user");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_is_there_is_found_by_reference_or_name_and_brought_up_to_date(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = written(&server, "people.jsonl", &people());
    run(&server, &path, &Options::default()).await;
    let changes = [
        json!({"object": "user", "username": "augusta", "email": "ada@example.com", "reference": "R-1"}),
        json!({"object": "user", "username": "bob", "email": "bob@example.com", "first_name": "Bob"}),
        json!({"object": "org", "name": "Acme Ltd", "reference": "A-1"}),
        json!({"object": "membership", "user": "augusta", "org_reference": "A-1", "permissions": ["read"]}),
    ];
    let path = written(&server, "changes.jsonl", &changes);
    assert_eq!(counts(&run(&server, &path, &Options::default()).await), (0, 4, 0, 0));
    let ada = server.get("users/augusta?expand=memberships").await.json(200);
    assert_eq!(ada["custom"], json!({"n": 1}), "what is not sent stays");
    assert!(ada["memberships"].to_string().contains("Acme Ltd"), "{ada}");
    assert_eq!(server.get("users/bob").await.json(200)["name"], "Bob");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_breaks_a_rule_is_refused_with_its_line_and_the_rest_is_taken(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = server.folder.path().join("mixed.jsonl");
    let lines = [
        r#"{"object":"user","username":"good","email":"good@example.com"}"#,
        "no json",
        "[1]",
        r#"{"username":"untold"}"#,
        "",
        r#"{"object":"user","username":"a b","email":"nobody"}"#,
        r#"{"object":"user","username":"x","email":"x@example.com","password_hash":"plain"}"#,
        r#"{"object":"user","username":"y","email":"y@example.com","password":"secret"}"#,
        r#"{"object":"user","username":"z","email":"GOOD@example.com"}"#,
        r#"{"object":"membership","user":"nobody","org":"nothing"}"#,
        r#"{"object":"credential","user":"good","credential_type":"totp","name":"Phone","otp_secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}"#,
        r#"{"object":"user","username":"also","email":"also@example.com"}"#,
    ];
    fs::write(&path, lines.join("\n")).expect("written");
    let dry = run(&server, &path, &Options { dry_run: true, ..Options::default() }).await;
    assert_eq!(server.get("users").await.json(200)["collection"], json!([]), "a dry run keeps nothing");
    let tally = run(&server, &path, &Options::default()).await;
    assert_eq!(dry, tally, "and tells the same");
    assert_eq!(counts(&tally), (2, 0, 0, 9));
    let told: Vec<(u64, String)> = tally
        .refused
        .iter()
        .map(|one| (one.line, one.errors.iter().map(|e| e.field.as_ref()).collect::<Vec<_>>().join(" ")))
        .collect();
    let expected = [
        (2, "base"),
        (3, "base"),
        (4, "base"),
        (6, "email username"),
        (7, "password_hash"),
        (8, "password"),
        (9, "email"),
        (10, "user org"),
        (11, "credential_type"),
    ];
    assert_eq!(told, expected.map(|(line, fields)| (line, fields.to_owned())));
}

/// What is misspelt would be missing, and nobody would know.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_field_that_there_is_not_is_refused(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = written(
        &server,
        "misspelt.jsonl",
        &[
            json!({"object": "user", "username": "ada", "email": "ada@example.com", "pasword_hash": BCRYPT}),
            json!({"object": "org", "name": "Acme", "tier": null}),
            json!({"object": "user", "username": "bob", "email": "bob@example.com", "password_hash": BCRYPT}),
        ],
    );
    let tally = run(&server, &path, &Options::default()).await;
    assert_eq!(counts(&tally), (1, 0, 0, 2));
    let told: Vec<_> = tally.refused.iter().map(|one| (one.line, &*one.errors[0].field)).collect();
    assert_eq!(told, [(1, "pasword_hash"), (2, "tier")]);
    let table = server.folder.path().join("misspelt.csv");
    fs::write(&table, "username,email,pasword_hash\neve,eve@example.com,x\n").expect("written");
    let realm = realm(&server, server.realm()).await;
    let options = Options { kind: Some(RecordKind::User), ..Options::default() };
    let refused = import::file(&server.app.core, &realm, &table, &options).await.expect_err("told once");
    assert!(format!("{refused:#}").contains("pasword_hash is no field of a user"), "{refused:#}");
    server.get("users/eve").await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_round_trip_through_either_format_is_exact(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let mut all = people();
    all.extend([
        json!({"object": "org", "name": "=cmd()", "custom": {"k": "'+1"}}),
        json!({"object": "user", "username": "eve", "email": "eve@example.com", "first_name": "@eve", "last_name": "-, \"x\"\nline"}),
        json!({"object": "credential", "user": "robot", "credential_type": "api_key", "api_key_hash": "ab".repeat(32)}),
        json!({"object": "credential", "user": "ada", "credential_type": "totp", "name": "+Phone", "otp_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}),
    ]);
    all[7]["last_name"] = json!("-, \"x\"");
    server.post("auth_providers", json!({"auth_provider": {"provider_type": "totp"}})).await.json(201);
    let path = written(&server, "all.jsonl", &all);
    assert_eq!(counts(&run(&server, &path, &Options::default()).await), (10, 0, 0, 0));
    let core = &server.app.core;
    let first = realm(&server, server.realm()).await;
    let exported = server.folder.path().join("first.jsonl");
    assert_eq!(export::file(core, &first, &exported, None, true).await.expect("exported"), 10);
    let once = fs::read_to_string(&exported).expect("a file");

    let second = server.post("realms", json!({"realm": {"name": "Second"}})).await.json(201);
    let id = second["id"].as_str().expect("an id");
    let totp = Some(json!({"auth_provider": {"provider_type": "totp"}}));
    server.call_as(&server.key, Some(id), Method::POST, "auth_providers", totp.clone()).await.json(201);
    let second = realm(&server, id).await;
    let tally = import::file(core, &second, &exported, &Options::default()).await.expect("imported");
    assert_eq!(counts(&tally), (10, 0, 0, 0));
    let again = server.folder.path().join("second.jsonl");
    export::file(core, &second, &again, None, true).await.expect("exported");
    assert_eq!(fs::read_to_string(&again).expect("a file"), once);

    let third = server.post("realms", json!({"realm": {"name": "Third"}})).await.json(201);
    let id = third["id"].as_str().expect("an id");
    server.call_as(&server.key, Some(id), Method::POST, "auth_providers", totp).await.json(201);
    let third = realm(&server, id).await;
    for kind in [RecordKind::Org, RecordKind::User, RecordKind::Credential, RecordKind::Membership] {
        let csv = server.folder.path().join(format!("{kind:?}.csv"));
        export::file(core, &first, &csv, Some(kind), true).await.expect("exported");
        let text = fs::read_to_string(&csv).expect("a file");
        for cell in ["=cmd()", "@eve", "+Phone"] {
            assert!(!text.contains(&format!(",{cell}")) && !text.contains(&format!("\n{cell}")), "{cell} in {text}");
        }
        let options = Options { kind: Some(kind), ..Options::default() };
        let tally = import::file(core, &third, &csv, &options).await.expect("imported");
        assert!(tally.refused.is_empty(), "{tally:?}");
    }
    let through_csv = server.folder.path().join("third.jsonl");
    export::file(core, &third, &through_csv, None, true).await.expect("exported");
    assert_eq!(fs::read_to_string(&through_csv).expect("a file"), once);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn secrets_leave_only_when_they_are_asked_for(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = written(&server, "people.jsonl", &people());
    run(&server, &path, &Options::default()).await;
    let realm = realm(&server, server.realm()).await;
    let out = server.folder.path().join("out.jsonl");
    export::file(&server.app.core, &realm, &out, None, false).await.expect("exported");
    let text = fs::read_to_string(&out).expect("a file");
    assert!(!text.contains("hash") && !text.contains("credential"), "{text}");
    assert_eq!(fs::metadata(&out).expect("a file").permissions().mode() & 0o777, 0o600);
}

/// A name that another user has in any spelling is refused, and the report says whose it is.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_line_takes_nobody_elses_name(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = |name: &str, email: &str, reference: Option<&str>| json!({"object": "user", "username": name, "email": email, "reference": reference});
    let lines = [
        user("Νίκος", "nikos@example.com", Some("R-1")),
        user("ΝΊΚΟΣ", "other@example.com", Some("R-2")),
        user("Bob", "bob@example.com", None),
        user("BOB", "bob2@example.com", None),
        user("eve", "NIKOS@example.com", None),
        user("Bob", "bob@example.com", None),
    ];
    let path = written(&server, "names.jsonl", &lines);
    let tally = run(&server, &path, &Options::default()).await;
    let told: Vec<_> = tally.refused.iter().map(|one| (one.line, one.errors[0].text.as_str())).collect();
    let expected = [
        (2, "Username is νίκος, which line 1 has already in another spelling"),
        (4, "Username is bob, which line 3 has already in another spelling"),
        (5, "Email has already been taken by νίκος (reference R-1)"),
    ];
    assert_eq!((tally.made, told), (2, expected.to_vec()));
    assert_eq!(server.get("users/bob").await.json(200)["email"], "bob@example.com");
    // In a file of its own too, where the user is found by name and is somebody else.
    let path = written(&server, "later.jsonl", &[user("ΝΊΚΟΣ", "other@example.com", Some("R-2"))]);
    let tally = run(&server, &path, &Options::default()).await;
    assert_eq!(tally.refused[0].errors[0].text, "Username has already been taken by νίκος (reference R-1)");
    assert_eq!(server.get("users/%CE%BD%CE%AF%CE%BA%CE%BF%CF%82").await.json(200)["reference"], "R-1");
    let path = written(&server, "names.jsonl", &lines[..1]);
    assert_eq!(counts(&run(&server, &path, &Options::default()).await), (0, 0, 1, 0), "the same user once more");
}

/// Files as spreadsheets, Windows and attackers write them.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn lines_are_counted_and_bounded_whatever_the_file(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let refused = |tally: &Tally| tally.refused.iter().map(|one| one.line).collect::<Vec<_>>();
    let csv = Options { kind: Some(RecordKind::User), ..Options::default() };
    for (name, end) in [("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")] {
        let quoted = format!("{name}2,{name}2@example.com,\"two{end}lines\"");
        let rows = [
            "username,email,reference".to_owned(),
            format!("{name}1,{name}1@example.com,"),
            String::new(),
            format!("a b,{name}x@example.com,"),
            quoted,
            format!("{name}3,nobody,"),
            "too,few".to_owned(),
            format!("{name}4,{name}4@example.com,{}", "x".repeat(1 << 20)),
            format!("{name}5,{name}5@example.com,"),
        ];
        let path = server.folder.path().join(format!("{name}.csv"));
        fs::write(&path, "\u{feff}".to_owned() + &rows.join(end)).expect("written");
        let tally = run(&server, &path, &csv).await;
        assert_eq!((tally.made, refused(&tally)), (2, vec![4, 5, 7, 8, 9]), "{name}: {tally:?}");
    }
    let path = server.folder.path().join("marked.jsonl");
    let line =
        |name: &str| json!({"object": "user", "username": name, "email": format!("{name}@example.com")}).to_string();
    let long = format!("{{\"object\":\"user\",\"first_name\":\"{}\"}}", "x".repeat(1 << 20));
    fs::write(&path, format!("\u{feff}{}\r\n\r\n{long}\r\n{}", line("one"), line("two"))).expect("written");
    let tally = run(&server, &path, &Options::default()).await;
    assert_eq!((tally.made, refused(&tally)), (2, vec![3]), "{tally:?}");
    assert_eq!(tally.refused[0].errors[0].text, "The line is longer than 1 MiB");
}
