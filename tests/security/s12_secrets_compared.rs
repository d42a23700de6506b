//! Check 12, its second half (the first, two thousand tries by the clock, is measured by `bench/src/guesses.rs`): secrets and their hashes are compared in constant time, by `token::same` alone.

use std::fs;
use std::path::{Path, PathBuf};

/// Names that hold a secret, a hash of one, or a signature.
const SECRET: [&str; 13] = [
    "hash",
    "secret",
    "csrf",
    "signature",
    "digest",
    "cookie",
    "form_token",
    "mac",
    // Of social logins, challenges and known browsers.
    "nonce",
    "verifier",
    "bound_to",
    "seed",
    "browser",
];

/// Columns that would hold a secret itself, which a statement would compare byte by byte. Those there are end in `_hash`.
const PLAIN_COLUMNS: [&str; 9] =
    ["token", "secret", "code", "cookie", "nonce", "verifier", "password", "api_key", "challenge"];

/// A person's two entries of one new password: both are theirs, neither is kept.
const OWN_ENTRIES: &str = "confirmation.expose_secret() != text";

/// A line that compares such a name with `==` or `!=`.
fn compares(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    ["==", "!="].iter().flat_map(|sign| code.match_indices(sign)).any(|(at, _)| {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '&' | '(' | ')' | ':');
        let left = code[..at].trim_end().rsplit(|c| !is_name(c)).next().unwrap_or_default();
        let right = code[at + 2..].trim_start().split(|c| !is_name(c)).next().unwrap_or_default();
        [left, right].iter().any(|side| {
            let last = side.trim_end_matches(['(', ')']).rsplit(['.', ':', '&']).next().unwrap_or_default();
            SECRET.iter().any(|secret| last == *secret || last.ends_with(&format!("_{secret}")))
        })
    })
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// A line of SQL that looks a secret up by itself.
fn looks_up(line: &str) -> bool {
    let of_column =
        |column: &str| ["WHERE ", "AND ", "OR "].iter().any(|before| line.contains(&format!("{before}{column} = $")));
    PLAIN_COLUMNS.into_iter().any(of_column)
}

#[test]
fn no_secret_is_compared_by_its_first_difference() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = Vec::new();
    sources(&crates, &mut found);
    assert!(found.len() > 50, "only {} files", found.len());
    let mut faults = Vec::new();
    for path in found {
        let text = fs::read_to_string(&path).expect("a file");
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = product.lines().enumerate().filter(|(_, line)| compares(line) && !line.contains(OWN_ENTRIES));
        let statements = product.lines().enumerate().filter(|(_, line)| looks_up(line));
        let lines = lines.chain(statements);
        faults.extend(lines.map(|(nth, line)| format!("{}:{}: {}", path.display(), nth + 1, line.trim())));
    }
    assert!(faults.is_empty(), "compare these with token::same:\n{}", faults.join("\n"));
}

#[test]
fn the_rule_sees_its_fault() {
    for fault in [
        "if key.secret_hash == token::hash(whole) {",
        "known != &user.password_hash",
        "a.signature == b",
        "if csrf == sent {",
        "pending.nonce == told",
        "if kept.bound_to != shown {",
        "sent_seed == seed(core, realm, origin, open)",
    ] {
        assert!(compares(fault), "{fault}");
    }
    assert!(looks_up("FIND: Row = \"SELECT id FROM x WHERE token = $1\""));
    assert!(!looks_up("FIND: Row = \"SELECT id FROM x WHERE token_hash = $1\""));
    for right in ["if count == 1 {", "token::same(&a.secret_hash, &b)", "// hash == hash", "hashes == 3"] {
        assert!(!compares(right), "{right}");
    }
}
