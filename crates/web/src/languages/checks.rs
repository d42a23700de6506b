//! Consistency checks of the files in `locales/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::Languages;
use super::catalogue::Files;

/// Folders with sources and templates that use message keys.
const ASKING: [&str; 3] = ["../../templates", "../loginrocket/src", "src/mails"];

/// Returns the keys of a file, each with its parameters.
fn keys(name: &str) -> BTreeMap<String, BTreeSet<String>> {
    let file = Files::get(name).expect("a file");
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in String::from_utf8_lossy(&file.data).lines().filter(|line| !line.starts_with('#')) {
        if let Some((key, _)) = line.split_once(" = ").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase())) {
            current = key.to_owned();
            assert!(keys.insert(current.clone(), BTreeSet::new()).is_none(), "{name} says {current} twice");
        }
        for part in line.split("{ $").skip(1) {
            let parameter: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            keys.get_mut(&current).expect("a key before its parameters").insert(parameter);
        }
    }
    keys
}

fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push_str(&fs::read_to_string(&path).expect("text"));
        }
    }
}

#[test]
fn every_language_says_what_english_says() {
    let english = keys("en.ftl");
    assert!(english.len() > 50);
    for name in Files::iter() {
        let own = keys(&name);
        let missing: Vec<_> = english.keys().filter(|key| !own.contains_key(*key)).collect();
        let strange: Vec<_> = own.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty() && strange.is_empty(), "{name} lacks {missing:?} and alone has {strange:?}");
        for (key, parameters) in &own {
            assert_eq!(parameters, &english[key], "{name}: the parameters of {key}");
        }
    }
}

#[test]
fn every_word_is_asked_for() {
    let mut asking = String::new();
    for folder in ASKING {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut asking);
    }
    let unused: Vec<_> = keys("en.ftl").into_keys().filter(|key| !asking.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

/// Checks `t("key")` in templates and `say("key")` in the sources.
#[test]
fn every_word_that_is_asked_for_is_there() {
    let mut asking = String::new();
    for folder in ASKING {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut asking);
    }
    let english = keys("en.ftl");
    let mut asked = 0;
    for call in [" t(\"", "(t(\"", "say(\"", "say_with(\""] {
        for rest in asking.split(call).skip(1) {
            let key = rest.split('"').next().expect("a key");
            asked += 1;
            assert!(english.contains_key(key), "{key} is asked for and nowhere");
        }
    }
    assert!(asked > 50, "{asked}");
}

#[test]
fn all_files_are_read_and_what_takes_nothing_is_ready() {
    let languages = Languages::load().expect("readable files");
    assert_eq!(languages.all().count(), Files::iter().count());
    for (tag, expected) in
        [("en", "Log in"), ("de", "Anmelden"), ("es", "Iniciar sesión"), ("fr", "Se connecter"), ("ja", "ログイン")]
    {
        let language = languages.named(tag).expect("a language");
        assert_eq!(language.say("login-title"), expected);
    }
    let english = languages.named("en-GB").expect("English");
    assert_eq!(english.say_with("login-new", &[("app", "Acme")]), "New to Acme?");
    assert_eq!(languages.accepted("tlh, de-AT;q=0.9, en;q=0.8").tag(), "de");
    assert_eq!(languages.accepted("tlh").tag(), "en");
    assert_eq!(languages.accepted("").tag(), "en");
}
