//! The operator's commands for users and sessions, beside a running server: what they do, what they print for people and
//! for scripts, and how they refuse.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Engine, Installation, Running, command};

const PASSWORD: &str = "tr0mbone-under-glass";

/// A server that runs, and commands on its installation.
struct Desk {
    folder: TempDir,
    at: Installation,
    _server: Running,
}

impl Desk {
    async fn open(engine: Engine) -> Self {
        let folder = TempDir::new().expect("a folder");
        let at = Installation::make(engine, folder.path()).await;
        let server = at.serve().await;
        Self { folder, at, _server: server }
    }

    fn run(&self, words: &[&str], input: &str) -> Output {
        let mut command = command(self.folder.path(), &self.at.database, self.at.port);
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        // A command that reads nothing may have ended before.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        child.wait_with_output().expect("it ends")
    }

    /// What it prints.
    fn said(&self, words: &[&str]) -> String {
        let output = self.run(words, "");
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    fn json(&self, words: &[&str]) -> Value {
        let text = self.said(words);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{words:?}: {error}: {text}"))
    }

    /// What it says against it.
    fn refused(&self, words: &[&str], code: i32) -> String {
        let output = self.run(words, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
        assert!(output.stdout.is_empty(), "{words:?}: {}", String::from_utf8_lossy(&output.stdout));
        said
    }

    async fn logs_in(&self, user: &str, password: &str) -> u16 {
        let body = json!({"password": password});
        let path = format!("users/{user}/authenticate");
        self.at.call(Method::POST, &path, Some(body)).await.expect("an answer").0
    }

    /// How a session's check is answered.
    async fn checks(&self, token: &str) -> u16 {
        self.at.call(Method::GET, &format!("sessions/{token}"), None).await.expect("an answer").0
    }

    async fn events(&self, user: &str) -> Vec<String> {
        let listed = self.at.json(Method::GET, &format!("events?user_id={user}&direction=asc"), None, 200).await;
        let types = listed["collection"].as_array().expect("events").iter();
        types.map(|event| event["event_type"].as_str().expect("a type").to_owned()).collect()
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn users_are_created_with_a_password_that_no_argument_holds(#[case] engine: Engine) {
    let desk = Desk::open(engine).await;
    let words = ["users", "create", "ada", "--email", "ada@example.com", "--password-stdin", "--json"];
    let output = desk.run(&words, &format!("{PASSWORD}\nsecond line\n"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(!said.contains(PASSWORD), "{said}");
    let made: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(text(&made["user"], "object"), "user");
    assert_eq!(desk.logs_in("ada", PASSWORD).await, 200);
    assert_eq!(desk.events(text(&made["user"], "id")).await[0], "user.created");

    let made = desk.json(&["users", "create", "bob", "--email", "bob@example.com", "--generate-password", "--json"]);
    assert_eq!(desk.logs_in("bob", text(&made, "password")).await, 200);

    let made = desk.json(&["users", "create", "billing", "--api", "--json"]);
    let body = json!({"api_key": text(&made, "api_key")});
    desk.at.json(Method::POST, "users/authenticate_key", Some(body), 200).await;

    // What cannot be is refused with the option's name, and makes nobody.
    let taken = desk.run(&["users", "create", "eve", "--email", "ada@example.com", "--generate-password"], "");
    let said = String::from_utf8_lossy(&taken.stderr).into_owned();
    assert!(taken.status.code() == Some(1) && said.contains("--email: Email has already been taken"), "{said}");
    let short = desk.run(&["users", "create", "eve", "--email", "eve@example.com", "--password-stdin"], "short\n");
    let said = String::from_utf8_lossy(&short.stderr).into_owned();
    assert!(said.contains("the password on standard input: Password is too short"), "{said}");
    let said = desk.refused(&["users", "create", "eve", "--email", "eve@example.com", "--password-stdin"], 1);
    assert!(said.contains("standard input has no password"), "{said}");
    desk.refused(&["users", "create", "eve", "--email", "eve@example.com"], 2);
    desk.refused(&["users", "create", "eve", "--password-stdin", "--mail"], 2);
    assert!(desk.refused(&["users", "show", "eve"], 1).contains("there is no user eve in the realm rl_"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_link_sets_a_password_once_and_is_mailed_to_nobody(#[case] engine: Engine) {
    let desk = Desk::open(engine).await;
    let made = desk.json(&["users", "create", "ada", "--email", "ada@example.com", "--link", "--json"]);
    let id = text(&made, "user_id").to_owned();
    assert_eq!(desk.events(&id).await, ["user.created", "user.password_token.created"]);
    assert_eq!(
        desk.said(&["users", "show", "ada"]).lines().find(|line| line.starts_with("credentials")),
        Some("credentials")
    );

    // A second link ends the first one.
    let renewed = desk.json(&["users", "reset-password", "ada@example.com", "--link", "--json"]);
    let token = |issued: &Value| text(issued, "link").split_once("?token=").expect("a token").1.to_owned();
    assert!(text(&renewed, "link").starts_with(&format!("http://{}/password/reset?", desk.at.login_host)), "{renewed}");
    let set = |token: String| {
        let body = json!({"user": {"token": token, "password": PASSWORD}});
        desk.at.call(Method::POST, "users/--/reset_password_with_token", Some(body))
    };
    assert_eq!(set(token(&made)).await.expect("an answer").0, 422);
    assert_eq!(set(token(&renewed)).await.expect("an answer").0, 200);
    assert_eq!(set(token(&renewed)).await.expect("an answer").0, 422);
    assert_eq!(desk.logs_in("ada", PASSWORD).await, 200);

    let seconds = |value: &Value| value.as_f64().expect("epoch seconds");
    let made_at = seconds(&desk.at.json(Method::GET, "users/ada", None, 200).await["created_at"]);
    let lifetime = seconds(&renewed["expires_at"]) - made_at;
    assert!((86_399.0..86_700.0).contains(&lifetime), "{lifetime} seconds");
    assert_eq!(desk.json(&["outbox", "--json"]), json!([]));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_reset_is_mailed_to_the_users_own_address(#[case] engine: Engine) {
    let desk = Desk::open(engine).await;
    let said = desk.said(&["users", "create", "ada", "--email", "ada@example.com", "--mail"]);
    assert!(said.contains("mail to  ada@example.com") && !said.contains("kpw_"), "{said}");
    let mail = (0..200).find_map(|_| desk.json(&["outbox", "--json"]).as_array().expect("a list").first().cloned());
    let mail = mail.expect("the running server delivers it");
    assert_eq!(text(&mail, "to"), "ada@example.com");
    let shown = desk.json(&["outbox", text(&mail, "id"), "--json"]);
    assert!(text(&shown, "text").contains("/password/reset?token=kpw_"), "{shown}");

    let said = desk.said(&["users", "reset-password", "ada"]);
    assert!(said.contains("works    once, until 20"), "{said}");
    // To nobody, nothing is sent, and the link before stays as good as it was.
    desk.said(&["users", "create", "robot", "--api"]);
    assert!(desk.refused(&["users", "reset-password", "robot"], 1).contains("User has no password"));
    let said = desk.refused(&["users", "create", "eve", "--mail"], 1);
    assert!(said.contains("--email: Email can't be blank"), "{said}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn lists_show_everything_page_by_page(#[case] engine: Engine) {
    const USERS: usize = 450;
    let desk = Desk::open(engine).await;
    let lines = (0..USERS).map(|n| {
        let state = if n % 100 == 0 { "inactive" } else { "active" };
        json!({"object": "user", "username": format!("user{n:03}"), "email": format!("u{n:03}@example.com"),
            "state": state})
        .to_string()
    });
    let file = desk.folder.path().join("users.jsonl");
    fs::write(&file, lines.collect::<Vec<_>>().join("\n")).expect("written");
    desk.said(&["import", &file.display().to_string(), "--realm", &desk.at.realm]);

    let listed = desk.json(&["users", "list", "--json"]);
    let names: Vec<_> = listed.as_array().expect("a list").iter().map(|user| text(user, "username")).collect();
    assert_eq!(names, (0..USERS).map(|n| format!("user{n:03}")).collect::<Vec<_>>());
    // The same objects as the API answers.
    let answered = desk.at.json(Method::GET, "users?max_results=1&expand=custom", None, 200).await;
    assert_eq!(listed[0], answered["collection"][0]);

    let table = desk.said(&["users", "list"]);
    assert_eq!(table.lines().count(), USERS + 1);
    let column = table.lines().next().expect("titles").find("username").expect("a title");
    assert!(table.lines().skip(1).all(|line| line[column..].starts_with("user")), "{table}");
    assert_eq!(desk.said(&["users", "list", "--state", "inactive"]).lines().count(), 6);
    assert_eq!(desk.said(&["users", "list", "--search", "user44"]).lines().count(), 11);
    assert_eq!(desk.said(&["users", "list", "--email", "u007@example.com"]).lines().count(), 2);

    let most = desk.run(&["users", "list", "--max", "207", "--json"], "");
    assert_eq!(serde_json::from_slice::<Value>(&most.stdout).expect("JSON").as_array().map(Vec::len), Some(207));
    assert!(String::from_utf8_lossy(&most.stderr).contains("--max ended the list"));
    desk.refused(&["users", "list", "--max", "0"], 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn sessions_are_listed_and_ended(#[case] engine: Engine) {
    let desk = Desk::open(engine).await;
    let (ada, bob) = (desk.at.user("ada").await, desk.at.user("bob").await);
    let (first, second) = (desk.at.session(&ada).await, desk.at.session(&ada).await);
    let other = desk.at.session(&bob).await;
    let listed = desk.json(&["sessions", "list", "--json"]);
    let users: Vec<_> = listed.as_array().expect("a list").iter().map(|one| text(&one["user"], "username")).collect();
    assert_eq!(users, ["ada", "ada", "bob"]);
    assert_eq!(desk.json(&["sessions", "list", "--user", "bob@example.com", "--json"])[0], listed[2]);
    assert_eq!(desk.said(&["sessions", "list", "--user", "ada"]).lines().count(), 3);
    assert_eq!(desk.json(&["sessions", "list", "--max", "2", "--json"]).as_array().map(Vec::len), Some(2));

    desk.said(&["sessions", "end", text(&listed[0], "id")]);
    assert_eq!(desk.checks(&first).await, 404);
    assert_eq!(desk.checks(&second).await, 200);
    assert!(desk.refused(&["sessions", "end", text(&listed[0], "id")], 1).contains("there is no such session"));
    assert!(desk.said(&["sessions", "end", "--user", "ada"]).contains("ended every session of ada (usr_"));
    assert_eq!(desk.checks(&second).await, 404);
    assert_eq!(desk.checks(&other).await, 200, "another user's goes on");
    desk.refused(&["sessions", "end"], 2);
    desk.refused(&["sessions", "end", "kss_x", "--user", "ada"], 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_locked_user_is_unlocked_beside_the_server(#[case] engine: Engine) {
    let desk = Desk::open(engine).await;
    let ada = desk.at.user("ada").await;
    while desk.logs_in("ada", "wrong").await != 429 {}
    assert_eq!(desk.logs_in("ada", PASSWORD).await, 429);
    let shown = desk.said(&["users", "show", "ada"]);
    assert!(shown.lines().any(|line| line.starts_with("locked until") && line.contains("  20")), "{shown}");
    assert!(desk.said(&["users", "unlock", "ada@example.com"]).starts_with("unlocked ada (usr_"));
    assert_eq!(desk.logs_in("ada", PASSWORD).await, 200);
    assert!(desk.events(text(&ada, "id")).await.contains(&"user.unlocked".to_owned()));
    assert!(desk.refused(&["users", "unlock", "nobody"], 1).contains("there is no user nobody"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_realm_is_named_by_id_or_name(#[case] engine: Engine) {
    let desk = Desk::open(engine).await;
    desk.at.user("ada").await;
    assert_eq!(desk.json(&["users", "show", "ada", "--json"])["realm_id"], json!(desk.at.realm));
    for name in ["Shop", "Twin", "Twin"] {
        desk.at.json(Method::POST, "realms", Some(json!({"realm": {"name": name}})), 201).await;
    }
    let said = desk.refused(&["users", "list"], 1);
    assert!(said.contains("There are several realms: ") && said.contains(&desk.at.realm), "{said}");
    assert!(desk.refused(&["users", "list", "--realm", "Twin"], 1).contains("Several realms have this name"));
    assert!(desk.refused(&["users", "list", "--realm", "Nowhere"], 1).contains("--realm: there is no realm Nowhere"));
    assert_eq!(desk.said(&["users", "list", "--realm", "Shop"]), "");
    assert_eq!(desk.json(&["users", "--realm", &desk.at.realm, "list", "--json"]).as_array().map(Vec::len), Some(1));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn imports_and_exports_go_through_pipes(#[case] engine: Engine) {
    let desk = Desk::open(engine).await;
    let realm = desk.at.realm.as_str();
    let line = |n| format!("{{\"object\":\"user\",\"username\":\"u{n:04}\",\"email\":\"u{n:04}@example.com\"}}\n");
    let lines = (0..1200).map(line).collect::<Vec<_>>().concat();
    let dry = desk.run(&["import", "-", "--realm", realm, "--dry-run"], &lines);
    assert!(String::from_utf8_lossy(&dry.stdout).starts_with("1200 would be made, "), "{dry:?}");
    let import = desk.run(&["import", "-", "--realm", realm], &lines);
    assert_eq!(String::from_utf8_lossy(&import.stdout), "1200 made, 0 changed, 0 unchanged, 0 refused\n");
    let again = desk.run(&["import", "-", "--realm", realm], &lines);
    assert_eq!(String::from_utf8_lossy(&again.stdout), "0 made, 0 changed, 1200 unchanged, 0 refused\n");
    desk.refused(&["import", "-", "-", "--realm", realm], 1);

    // The records alone go to standard output; what is said about them does not.
    let out = desk.folder.path().join("out.jsonl");
    let piped = desk.run(&["export", "--realm", realm, "--out", "-"], "");
    assert!(String::from_utf8_lossy(&piped.stderr).contains("1200 records"), "{piped:?}");
    desk.said(&["export", "--realm", realm, "--out", &out.display().to_string()]);
    assert_eq!(piped.stdout, fs::read(&out).expect("a file"));
    let csv = desk.said(&["export", "--realm", realm, "--out", "-", "--format", "csv", "--kind", "user"]);
    assert_eq!(csv.lines().count(), 1201);
    let import = desk.run(&["import", "-", "--realm", realm, "--format", "csv", "--kind", "user"], &csv);
    assert_eq!(String::from_utf8_lossy(&import.stdout), "0 made, 0 changed, 1200 unchanged, 0 refused\n");

    // As behind `head -1`.
    let mut export = command(desk.folder.path(), &desk.at.database, desk.at.port);
    export.args(["export", "--realm", realm, "--out", "-"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = export.spawn().expect("it runs");
    drop(running.stdout.take());
    let ended = running.wait_with_output().expect("it ends");
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
}

/// On a terminal, which `script` is for the command.
#[tokio::test]
async fn a_terminal_sees_how_far_a_long_job_is() {
    let desk = Desk::open(Engine::Sqlite).await;
    let line = |n| format!("{{\"object\":\"user\",\"user_type\":\"api\",\"username\":\"u{n}\"}}\n");
    let lines = (0..2000).map(line).collect::<Vec<_>>().concat();
    let file = desk.folder.path().join("users.jsonl");
    fs::write(&file, lines).expect("written");
    let (data, realm) = (desk.folder.path().display(), &desk.at.realm);
    let gantry = command(desk.folder.path(), &desk.at.database, desk.at.port);
    let program = gantry.get_program().to_string_lossy().into_owned();
    for words in [format!("import {data}/users.jsonl"), format!("export --out {data}/out.jsonl")] {
        let line = format!("{program} --data {data} {words} --realm {realm}");
        let mut script = Command::new("script");
        script.env_clear().env("TERM", "xterm").env("PATH", "/usr/bin:/bin").current_dir(desk.folder.path());
        let shown = script.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).output().expect("it runs");
        let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(shown.contains(" %, ") && shown.contains(" left"), "{words}: {shown:?}");
    }
}

/// Hashes of passwords are in there.
#[tokio::test]
async fn an_export_is_its_owners_whatever_was_there_before() {
    let desk = Desk::open(Engine::Sqlite).await;
    desk.at.user("ada").await;
    let at = |name: &str| desk.folder.path().join(name);
    fs::write(at("old.jsonl"), "old").expect("written");
    fs::set_permissions(at("old.jsonl"), fs::Permissions::from_mode(0o644)).expect("opened up");
    std::os::unix::fs::symlink(at("old.jsonl"), at("link.jsonl")).expect("linked");
    let mut opened_before = fs::File::open(at("old.jsonl")).expect("opened");
    for name in ["new.jsonl", "link.jsonl"] {
        let out = at(name).display().to_string();
        desk.said(&["export", "--realm", &desk.at.realm, "--out", &out, "--secrets"]);
        let mode = fs::metadata(at(name)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert!(fs::read_to_string(at("old.jsonl")).expect("a file").contains("$argon2id$"));
    let mut seen = String::new();
    opened_before.read_to_string(&mut seen).expect("read");
    assert_eq!(seen, "old", "whoever had it open before sees nothing new");
    // What fails leaves the file that was there, and nothing beside it.
    let out = at("old.jsonl").display().to_string();
    desk.refused(&["export", "--realm", "Nowhere", "--out", &out], 1);
    desk.refused(&["export", "--realm", &desk.at.realm, "--out", &out, "--format", "csv"], 1);
    assert!(fs::read_to_string(at("old.jsonl")).expect("a file").contains("$argon2id$"));
    let names = fs::read_dir(desk.folder.path()).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("draft")));
}

/// The commands that the operator's guide gives, one after the other as an operator would type them.
#[tokio::test]
async fn the_guides_recipes_work() {
    let guide =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/operating.md")).expect("the guide");
    let (_, section) = guide.split_once("\n## Users and sessions\n").expect("the section");
    let section = section.split("\n## ").next().unwrap_or(section);
    let lines: Vec<_> = section.lines().filter_map(|line| line.strip_prefix("gantry ")).collect();
    assert!(lines.len() > 9, "{lines:?}");
    let desk = Desk::open(Engine::Sqlite).await;
    let ada = desk.at.user("ada").await;
    desk.at.session(&ada).await;
    let session = text(&desk.json(&["sessions", "list", "--json"])[0], "id").to_owned();
    for line in &lines {
        let line = line.replace("kss_0YTIbM4Da9ezu1JaQzZbpK", &session);
        let typed = line.strip_suffix(" < password.txt");
        let words: Vec<_> = typed.unwrap_or(&line).split(' ').collect();
        let output = desk.run(&words, if typed.is_some() { PASSWORD } else { "" });
        assert!(output.status.success(), "gantry {line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    for command in [
        "users list",
        "users show",
        "users create",
        "users unlock",
        "users reset-password",
        "sessions list",
        "sessions end",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(command)), "no recipe for gantry {command}");
    }
}
