//! Tests of precedence, validation and hidden secrets.

use std::ffi::OsString;
use std::path::PathBuf;

use rstest::rstest;
use secrecy::ExposeSecret;

use super::{Config, Loaded, LogLevel, Sources, load};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn sources(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Sources {
    Sources {
        file: (!file.is_empty()).then(|| (PathBuf::from("gantry.toml"), file.to_owned())),
        environment: environment.iter().map(|(name, text)| (OsString::from(name), OsString::from(text))).collect(),
        command: None,
        flags: flags.iter().map(|(key, text)| (*key, (*text).to_owned())).collect(),
    }
}

fn loaded(sources: &Sources) -> Loaded {
    load(sources).unwrap_or_else(|problems| panic!("{problems}"))
}

fn config(file: &str) -> Config {
    loaded(&sources(file, &[], &[])).config
}

fn problems(sources: &Sources) -> Vec<String> {
    let problems = load(sources).err().expect("a configuration that is not usable");
    problems.0.iter().map(ToString::to_string).collect()
}

#[test]
fn without_configuration_it_starts_on_sqlite_in_data() {
    let config = config("");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(config.database_url, "sqlite:./data/gantry.db");
    assert_eq!(config.base_url.as_str(), "http://localhost:8000/");
    assert_eq!(config.login_domain, "localhost");
    assert!(config.master_key.is_none());
    assert_eq!((config.password_memory_kib, config.password_passes, config.password_lanes), (19_456, 2, 1));
    assert_eq!(config.password_queue, 32 * config.password_workers);
    assert_eq!(config.log_level, LogLevel::Info);
    assert!(config.smtp_url.is_none() && config.smtp_ca_file.is_none());
    assert_eq!(config.mail_from.address, "noreply@localhost");
}

#[rstest]
#[case::default("", None, None, None, "127.0.0.1:8000", "default")]
#[case::file("listen = '127.0.0.1:1'", None, None, None, "127.0.0.1:1", "gantry.toml")]
#[case::environment("listen = '127.0.0.1:1'", Some("127.0.0.1:2"), None, None, "127.0.0.1:2", "GANTRY_LISTEN")]
#[case::command("", Some("127.0.0.1:2"), Some("127.0.0.1:3"), None, "127.0.0.1:3", "`gantry demo`")]
#[case::flag("", Some("127.0.0.1:2"), Some("127.0.0.1:3"), Some("127.0.0.1:4"), "127.0.0.1:4", "--listen")]
#[case::empty_variable("listen = '127.0.0.1:1'", Some(""), None, None, "127.0.0.1:1", "gantry.toml")]
fn the_higher_layer_wins(
    #[case] file: &str,
    #[case] variable: Option<&str>,
    #[case] command: Option<&str>,
    #[case] flag: Option<&str>,
    #[case] expected: &str,
    #[case] origin: &str,
) {
    let environment: Vec<_> = variable.map(|text| ("GANTRY_LISTEN", text)).into_iter().collect();
    let flags: Vec<_> = flag.map(|text| ("listen", text)).into_iter().collect();
    let mut sources = sources(file, &environment, &flags);
    sources.command = command.map(|text| ("demo", vec![("listen", text.to_owned())]));
    let loaded = loaded(&sources);
    assert_eq!(loaded.config.listen.to_string(), expected);
    let table = loaded.to_string();
    let row = table.lines().find(|row| row.starts_with("listen ")).expect("a row");
    assert_eq!(row.split_whitespace().nth(1), Some(expected));
    assert!(row.ends_with(origin), "{row}");
}

#[test]
fn each_kind_can_be_set_everywhere() {
    let file = config("trusted_proxies = ['10.0.0.0/8']\n[password]\nmemory_kib = 8192\n[log]\nlevel = 'debug'");
    let environment = [
        ("GANTRY_TRUSTED_PROXIES", "10.0.0.0/8, "),
        ("GANTRY_PASSWORD_MEMORY_KIB", "8192"),
        ("GANTRY_LOG_LEVEL", "debug"),
        ("HOME", "/home/someone"),
    ];
    let environment = loaded(&sources("", &environment, &[])).config;
    for config in [file, environment] {
        assert_eq!(config.password_memory_kib, 8192);
        assert_eq!(config.log_level, LogLevel::Debug);
        assert!(config.trusted_proxies.contains([10, 1, 2, 3].into()));
        assert!(!config.trusted_proxies.contains([11, 1, 2, 3].into()));
    }
}

#[rstest]
#[case("listen = '127.0.0.1:9000'", "http://localhost:9000/", "localhost")]
#[case("listen = '0.0.0.0:80'", "http://localhost/", "localhost")]
#[case("base_url = 'https://Auth.Example.com'", "https://auth.example.com/", "auth.example.com")]
#[case("base_url = 'http://127.0.0.1:81'", "http://127.0.0.1:81/", "localhost")]
#[case("base_url = 'http://[::1]:81'", "http://[::1]:81/", "localhost")]
#[case("base_url = 'http://10.0.0.1'\nlogin_domain = 'Login.Example.com.'", "http://10.0.0.1/", "login.example.com")]
fn addresses_follow_one_another(#[case] file: &str, #[case] base_url: &str, #[case] login_domain: &str) {
    let config = config(file);
    assert_eq!((config.base_url.as_str(), config.login_domain.as_str()), (base_url, login_domain));
}

#[rstest]
#[case("lisen = 'x'", "`lisen` in gantry.toml is no setting; the nearest is `listen`")]
#[case(
    "[password]\nmemory = 1",
    "`password.memory` in gantry.toml is no setting; the nearest is `password.memory_kib`"
)]
#[case("[pasword]\npasses = 1", "`pasword.passes` in gantry.toml is no setting; the nearest is `password.passes`")]
#[case("[tries]\nminutes = '5'", "`tries.minutes` has to be a whole number (from gantry.toml)")]
#[case("trusted_proxies = [1]", "`trusted_proxies` has to be a list of texts (from gantry.toml)")]
#[case("listen = 8000", "`listen` has to be a text (from gantry.toml)")]
#[case(
    "listen = 'localhost'",
    "`listen` has to be an address and a port, such as 127.0.0.1:8000, and is \"localhost\" (from gantry.toml)"
)]
#[case("[tries]\nminutes = 0", "`tries.minutes` has to be between 1 and 1440, and is 0 (from gantry.toml)")]
#[case("[password]\nlanes = 2\nmemory_kib = 15", "`password.memory_kib` has to be between 16 and ")]
#[case("base_url = 'https://example.com/auth'", "`base_url` has to be an address such as https://auth.example.com")]
#[case("base_url = 'https://me@example.com'", "`base_url` has to be an address such as https://auth.example.com")]
#[case("base_url = 'https://10.0.0.1'", "`login_domain` has to be a domain")]
#[case("trusted_proxies = ['10.0.0.0/33']", "`trusted_proxies` has to hold addresses or networks")]
#[case("[log]\nlevel = 'loud'", "`log.level` has to be error, warn, info, debug or trace, and is \"loud\"")]
#[case("data = ''", "`data` has to be a directory")]
#[case(
    "[mail]\nfrom = 'noreply'",
    "`mail.from` has to be an email address, such as noreply@example.com or Example <noreply@example.com>, and is \"noreply\""
)]
#[case("[mail]\nsmtp_url = 'mail.example.com:25'", "`mail.smtp_url` has to be")]
#[case(
    "[mail]\nsmtp_url = 'smtp://u:p@mail.example.com?tls=none'",
    "`mail.smtp_url` would send its password unencrypted: leave out tls=none, or user and password (from gantry.toml)"
)]
#[case("a = 1\nb = ", "gantry.toml, line 2: ")]
fn a_mistake_in_the_file_is_told(#[case] file: &str, #[case] expected: &str) {
    let problems = problems(&sources(file, &[], &[]));
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with(expected), "{}", problems[0]);
}

#[test]
fn a_variable_that_is_no_setting_is_told() {
    let environment = [("GANTRY_PASWORD_PASSES", "1"), ("GANTRY_PORT", "9000"), ("GANTRY_LISTEN", "x")];
    let problems = problems(&sources("", &environment, &[]));
    assert_eq!(problems[0], "the variable GANTRY_PASWORD_PASSES is no setting; the nearest is GANTRY_PASSWORD_PASSES");
    assert!(problems[1].starts_with("the variable GANTRY_PORT is no setting"), "{}", problems[1]);
    assert!(problems[2].ends_with("(from GANTRY_LISTEN)"), "{}", problems[2]);
    assert_eq!(problems.len(), 3);
}

#[test]
fn variables_that_kubernetes_sets_are_no_mistake() {
    let environment = [
        ("GANTRY_SERVICE_HOST", "10.96.0.1"),
        ("GANTRY_PORT", "tcp://10.96.0.1:8000"),
        ("GANTRY_PORT_8000_TCP_PROTO", "tcp"),
        ("GANTRY_CONFIG", "gantry.toml"),
    ];
    assert!(load(&sources("", &environment, &[])).is_ok());
}

#[test]
fn every_mistake_is_told_at_once() {
    let file = "listen = 'x'\ndatabase_url = 'mysql://h'\nmax_connections = 0\nnothing = 1\n[tries]\nper_user = 0";
    let problems = problems(&sources(file, &[], &[]));
    for name in ["listen", "database_url", "max_connections", "nothing", "tries.per_user"] {
        assert!(problems.iter().any(|problem| problem.starts_with(&format!("`{name}`"))), "{name}: {problems:?}");
    }
    assert_eq!(problems.len(), 5, "{problems:?}");
}

#[rstest]
#[case("postgres://gantry:hunter2@db/gantry", "postgres://gantry:***@db/gantry")]
#[case("postgres://db/gantry?user=a&password=hunter2", "postgres://db/gantry?user=a&password=***")]
#[case("postgres://gantry:hunter2@db1:5432,db2:5433/gantry", "postgres://gantry:***@db1:5432,db2:5433/gantry")]
#[case("postgresql:///gantry?host=/run/postgresql", "postgresql:///gantry?host=/run/postgresql")]
#[case("postgresql://gantry@db/gantry?sslmode=require", "postgresql://gantry@db/gantry?sslmode=require")]
#[case("sqlite:/var/lib/gantry/gantry.db", "sqlite:/var/lib/gantry/gantry.db")]
fn the_password_of_a_database_is_not_shown(#[case] url: &str, #[case] shown: &str) {
    let loaded = loaded(&sources("", &[("GANTRY_DATABASE_URL", url)], &[]));
    assert_eq!(loaded.config.database_url, url);
    let table = loaded.to_string();
    assert!(!table.contains("hunter2"), "{table}");
    let row = table.lines().find(|row| row.starts_with("database_url")).expect("a row");
    assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["database_url", shown, "GANTRY_DATABASE_URL"]);
}

#[rstest]
#[case("smtps://key-hunter2:key-hunter2@mail.example.com", "smtps://***:***@mail.example.com")]
#[case("smtp://me%40example.com:hunter2@mail.example.com:2587", "smtp://***:***@mail.example.com:2587")]
#[case("smtp://10.0.0.1?tls=none", "smtp://10.0.0.1?tls=none")]
fn who_sends_mails_is_not_shown(#[case] url: &str, #[case] shown: &str) {
    let file = "base_url = 'https://example.com'\n[mail]\nsmtp_ca_file = '/etc/ca.pem'";
    let loaded = loaded(&sources(file, &[("GANTRY_MAIL_SMTP_URL", url)], &[]));
    assert_eq!(loaded.config.smtp_url.as_ref().expect("the URL").expose_secret(), url);
    assert_eq!(loaded.config.smtp_ca_file, Some(PathBuf::from("/etc/ca.pem")));
    let table = loaded.to_string();
    let row = |name: &str| table.lines().find(|row| row.starts_with(name)).expect("a row").split_whitespace();
    assert_eq!(row("mail.smtp_url").collect::<Vec<_>>(), ["mail.smtp_url", shown, "GANTRY_MAIL_SMTP_URL"]);
    assert_eq!(row("mail.from").collect::<Vec<_>>(), ["mail.from", "noreply@example.com", "default"]);
    assert!(!table.contains("hunter2"), "{table}");
}

#[test]
fn the_master_key_is_kept_and_not_shown() {
    let loaded = loaded(&sources("", &[("GANTRY_MASTER_KEY", KEY)], &[]));
    assert_eq!(loaded.config.master_key.as_ref().expect("the key").expose_secret(), KEY);
    let table = loaded.to_string();
    assert!(!table.contains(KEY), "{table}");
    assert!(table.lines().any(|row| row.starts_with("master_key") && row.contains(" *** ")), "{table}");
}

#[test]
fn mistakes_in_secrets_are_told_without_them() {
    let environment = [
        ("GANTRY_MASTER_KEY", "hunter2"),
        ("GANTRY_DATABASE_URL", "mysql://a:hunter2@h/d"),
        ("GANTRY_MAIL_SMTP_URL", "smtp://a:hunter2@h?tls=maybe"),
    ];
    let file = "master_key = 'hunter2\n";
    for problem in problems(&sources(file, &environment, &[])) {
        assert!(!problem.contains("hunter2"), "{problem}");
    }
}
