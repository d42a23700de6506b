//! The rules of the house that no lint knows: where SQL may stand, how long a file may be, which crate may lean on
//! which. Every message names the file, the line and the way out.
//!
//! Each rule is a function of a path and a text, tried below on a text that breaks it, so that a rule which no longer
//! sees anything fails as well.

mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use source::{Source, functions};

const MOST_LINES: usize = 500;
const MOST_LINES_OF_A_FN_IN_MOD: usize = 5;

/// The crates by layer, lowest first; a crate may use those of lower layers only.
const LAYERS: [&[&str]; 5] = [
    &["db", "crypto", "outbound"],
    &["core"],
    &["web", "social"],
    &["api", "loginrocket", "portal", "jobs"],
    &["server"],
];

/// What a layer may not know, by the crates that bring it.
const FOREIGN: [(&str, &[&str], &str); 5] = [
    (
        "core",
        &["axum", "gantry-outbound", "http", "hyper", "reqwest", "tower", "tower-http", "minijinja"],
        "core knows no HTTP and no HTML",
    ),
    ("crypto", &["axum", "hyper", "reqwest", "rusqlite", "tokio-postgres"], "crypto does no I/O"),
    ("db", &["axum", "hyper", "reqwest", "minijinja"], "db knows no product and no HTTP"),
    ("outbound", &["axum", "hyper", "gantry-crypto", "gantry-db"], "outbound makes requests and knows no product"),
    ("social", &["axum", "hyper", "minijinja"], "social speaks to providers, not to browsers"),
];

#[test]
fn every_source_file_is_tidy() {
    let mut faults = Vec::new();
    for (path, text) in files(&["rs"]) {
        let source = Source::new(&path, &text);
        faults.extend(RULES.iter().flat_map(|rule| rule(&source)));
    }
    report(&faults);
}

#[test]
fn nothing_is_left_for_later() {
    let endings = ["rs", "toml", "sql", "html", "css", "js", "mjs", "lua", "ftl"];
    let found = files(&endings);
    assert!(found.len() > 20, "only {} files found, the walk is broken", found.len());
    report(&found.iter().flat_map(|(path, text)| left_for_later(path, text)).collect::<Vec<_>>());
}

#[test]
fn crates_lean_on_lower_layers_only() {
    let mut faults = Vec::new();
    for (path, text) in files(&["toml"]) {
        if let Some(name) = path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml")) {
            faults.extend(layering(name, &path, &text));
        }
    }
    report(&faults);
}

type Rule = fn(&Source<'_>) -> Vec<String>;

const RULES: [Rule; 5] = [sql_outside_the_store, too_long, no_opening, logic_in_mod, allowed_lints];

fn sql_outside_the_store(source: &Source<'_>) -> Vec<String> {
    let mut steps = source.path.split('/').map(|step| step.strip_suffix(".rs").unwrap_or(step));
    let exempt = ["crates/db/", "tests/"].iter().any(|folder| source.path.starts_with(folder));
    if exempt || steps.any(|step| step == "store") {
        return Vec::new();
    }
    let sql = source.literals.iter().filter(|(_, literal)| is_sql(literal));
    sql.map(|(line, _)| source.fault(*line, "SQL outside store.rs: move the statement there and call it")).collect()
}

fn is_sql(literal: &str) -> bool {
    let words: Vec<&str> = literal.split_whitespace().collect();
    let after = |first: &str, second: &str| words.windows(2).any(|pair| pair == [first, second]);
    let select = words.iter().any(|word| *word == "SELECT" || word.ends_with("(SELECT"));
    let update = words.iter().skip_while(|word| **word != "UPDATE").any(|word| *word == "SET");
    select || update || after("INSERT", "INTO") || after("DELETE", "FROM") || after("CREATE", "TABLE")
}

fn too_long(source: &Source<'_>) -> Vec<String> {
    let lines = source.code.lines().count();
    let fault = || source.fault(lines, &format!("{lines} lines, {MOST_LINES} are the most: split it by subject"));
    (lines > MOST_LINES).then(fault).into_iter().collect()
}

fn no_opening(source: &Source<'_>) -> Vec<String> {
    let opening = source.text.starts_with("//! ");
    let fault = || source.fault(1, "open the file with `//!` lines: what it is for, what it guarantees");
    (!opening).then(fault).into_iter().collect()
}

fn logic_in_mod(source: &Source<'_>) -> Vec<String> {
    let file = source.path.rsplit('/').next().unwrap_or_default();
    if !["mod.rs", "lib.rs"].contains(&file) {
        return Vec::new();
    }
    let long = functions(&source.code).into_iter().filter(|(_, lines)| *lines > MOST_LINES_OF_A_FN_IN_MOD);
    let way_out = format!("{file} declares, documents and re-exports: move this logic to a file named after it");
    long.map(|(line, _)| source.fault(line, &way_out)).collect()
}

fn allowed_lints(source: &Source<'_>) -> Vec<String> {
    let allowed = |code: &str| code.contains("#[allow(") || code.contains("#![allow(");
    let lines = source.code.lines().enumerate().filter(|(_, code)| allowed(code));
    let way_out = "say #[expect(lint, reason = \"…\")]: it ends with its reason";
    lines.map(|(index, _)| source.fault(index + 1, way_out)).collect()
}

fn left_for_later(path: &str, text: &str) -> Vec<String> {
    // Written in halves, so that this file does not accuse itself.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"]].map(|halves| halves.concat());
    let calls = [["todo", "!"], ["unimplemented", "!"], ["#[", "ignore"]].map(|halves| halves.concat());
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words = || line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let found = marks.iter().find(|mark| words().any(|word| word == **mark));
        if let Some(mark) = found.or_else(|| calls.iter().find(|call| line.contains(*call))) {
            faults.push(format!("{path}:{}: {mark}: do it now, or write an issue", index + 1));
        }
    }
    faults
}

fn layering(name: &str, path: &str, manifest: &str) -> Vec<String> {
    let layer = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name));
    let Some(own) = layer(name) else { return vec![format!("{path}:1: give {name} its layer in tests/tidy.rs")] };
    let foreign = FOREIGN.iter().filter(|(layer, ..)| *layer == name);
    let mut faults = Vec::new();
    for (line, dependency) in dependencies(manifest) {
        let ours = dependency.strip_prefix("gantry-").or((dependency == "gantry").then_some("server"));
        if ours.is_some_and(|ours| layer(ours).is_none_or(|theirs| theirs >= own)) {
            faults.push(format!("{path}:{line}: {name} may not use {dependency}: arrows point down, see LAYERS"));
        }
        for (.., reason) in foreign.clone().filter(|(_, crates, _)| crates.contains(&dependency)) {
            faults.push(format!("{path}:{line}: no {dependency} here, {reason}: do it in a layer above"));
        }
    }
    faults
}

/// The names under `[dependencies]` and its siblings, with their lines.
fn dependencies(manifest: &str) -> Vec<(usize, &str)> {
    let mut inside = false;
    let mut names = Vec::new();
    for (index, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            inside = line.trim_end().ends_with("dependencies]");
        } else if inside && let Some(name) = line.split(['.', '=', ' ']).next().filter(|name| !name.is_empty()) {
            names.push((index + 1, name));
        }
    }
    names
}

/// The repository's files with one of these endings, by path; what builds and package managers made is left out.
fn files(endings: &[&str]) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in a folder of the repository");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository is readable") {
            let path: PathBuf = entry.expect("an entry of the repository is readable").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
            if path.is_dir() {
                let made = name == "node_modules" || name == ".git" || path.join("CACHEDIR.TAG").exists();
                folders.extend((!made).then_some(path));
            } else if endings.iter().any(|ending| path.extension().is_some_and(|own| own == *ending)) {
                let relative = path.strip_prefix(root).expect("below the root").to_str().expect("names are UTF-8");
                found.insert(relative.to_owned(), fs::read_to_string(&path).expect("source files are UTF-8"));
            }
        }
    }
    found
}

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn each_rule_sees_its_fault() {
    let long = format!("//! Long.\n{}", "fn f() {}\n".repeat(500));
    let logic = "//! Mod.\nfn f() {\n    1;\n    2;\n    3;\n    4;\n    5;\n    6;\n}\n";
    let cases: [(Rule, &str, &str, usize); 9] = [
        (sql_outside_the_store, "crates/core/src/users/rules.rs", "//! A.\nlet q = \"SELECT id\n FROM users\";", 2),
        (
            sql_outside_the_store,
            "crates/web/src/a.rs",
            "/* \" */ let c = '\"';\nlet q = r#\"UPDATE \"t\" SET x = 1\"#;",
            2,
        ),
        (sql_outside_the_store, "bench/src/a.rs", "\n\nf(\"DELETE\n FROM t\")", 3),
        (too_long, "xtask/src/a.rs", &long, 501),
        (no_opening, "xtask/src/a.rs", "// An ordinary comment.\n", 1),
        (no_opening, "xtask/src/a.rs", "", 1),
        (logic_in_mod, "crates/core/src/users/mod.rs", logic, 2),
        (allowed_lints, "xtask/src/a.rs", "//! A.\n#[allow(dead_code)]\nfn f() {}", 2),
        (allowed_lints, "xtask/src/a.rs", "#![allow(dead_code)]", 1),
    ];
    for (rule, path, text, line) in cases {
        let faults = rule(&Source::new(path, text));
        assert_eq!(faults.len(), 1, "{path}: {text}: {faults:?}");
        assert!(faults[0].starts_with(&format!("{path}:{line}: ")), "{}", faults[0]);
    }
}

#[test]
fn rules_pass_what_is_right() {
    let text = "//! SELECT id FROM users is only spoken of here, and so is #[allow(lint)].\n\
        fn f<'a>(word: &'a str) -> char {\n    g(\"please SELECT\\\"ed INSERT\", '\\'', b'\"');\n    1;\n}\n";
    let statement = "//! Store.\nconst Q: &str = \"SELECT id FROM users\";\n";
    for (path, text) in
        [("crates/web/src/mod.rs", text), ("crates/core/src/users/store.rs", statement), ("tests/a.rs", statement)]
    {
        let source = Source::new(path, text);
        let faults: Vec<String> = RULES.iter().flat_map(|rule| rule(&source)).collect();
        assert_eq!(faults, Vec::<String>::new());
    }
}

#[test]
fn work_left_for_later_is_seen() {
    let line = ["// TO", "DO: more"].concat();
    assert_eq!(left_for_later("a.rs", &format!("\n{line}\n// a word like TODOS is none\n")).len(), 1);
    assert_eq!(left_for_later("a.rs", &["    #[", "ignore]"].concat()).len(), 1);
    assert_eq!(left_for_later("a.rs", &["todo", "!()"].concat()).len(), 1);
}

#[test]
fn upward_dependencies_are_seen() {
    let manifest = |dependency: &str| format!("[package]\nname = \"x\"\n\n[dependencies]\n{dependency}\n");
    let faults = |name: &str, dependency: &str| layering(name, "Cargo.toml", &manifest(dependency));
    assert_eq!(faults("api", "gantry-loginrocket.workspace = true").len(), 1);
    assert_eq!(faults("db", "gantry-crypto = { path = \"../crypto\" }").len(), 1);
    assert_eq!(faults("web", "gantry = { workspace = true }").len(), 1);
    assert_eq!(faults("core", "axum.workspace = true").len(), 1);
    assert_eq!(faults("newcomer", "serde.workspace = true").len(), 1);
    assert_eq!(faults("core", "gantry-db.workspace = true\nserde.workspace = true"), Vec::<String>::new());
    assert!(faults("api", "gantry-loginrocket.workspace = true")[0].starts_with("Cargo.toml:5: "));
}
