//! The typed configuration and its validation.
//!
//! Guarantees that a [`Config`] is usable: numbers are within their bounds, addresses parse, and automatic values (`0`
//! or empty) are resolved.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::thread;

use gantry_core::tries;
use gantry_crypto::password::{MAX_LANES, MAX_MEMORY_KIB, MAX_PASSES};
use gantry_crypto::seal::MasterKey;
use gantry_db::{check_postgres_url, masked_postgres_url};
use gantry_jobs::emails::message::Sender;
use ipnet::IpNet;
use secrecy::SecretString;
use url::{Host, Url};

use super::mail;
use super::reader::Reader;
use crate::proxy::TrustedProxies;

/// The settings of `gantry serve`, documented in `config.default.toml`. Not `Debug`, since it holds secrets.
#[derive(Clone)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Address and port of `/metrics`; `None` disables it.
    pub metrics_listen: Option<SocketAddr>,
    /// Directory of the SQLite database and the master key.
    pub data: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; may contain a password.
    pub database_url: String,
    /// Public URL: http or https, a host, optionally a port, and the path `/`.
    pub base_url: Url,
    /// Parent domain of the LoginRocket hosts, in lower case, without a trailing dot.
    pub login_domain: String,
    /// Proxies whose forwarding headers are trusted.
    pub trusted_proxies: TrustedProxies,
    /// Master key; `None` if it is in the file `<data>/master.key`.
    pub master_key: Option<SecretString>,
    /// Maximum size of a request body, in bytes.
    pub body_limit_bytes: usize,
    /// Deadline for a response.
    pub request_timeout_seconds: u64,
    /// Deadline for a request's head, and limit for an idle connection.
    pub header_timeout_seconds: u64,
    /// Deadline for the client to read the next part of a response or send the next part of a body.
    pub stall_timeout_seconds: u64,
    /// Maximum number of open connections.
    pub max_connections: usize,
    /// Maximum number of open connections of one address.
    pub max_connections_per_address: usize,
    /// Deadline for requests in flight to finish at shutdown.
    pub shutdown_seconds: u64,
    /// Number of pregenerated RS256 key pairs.
    pub rs256_keys_ahead: usize,
    /// Maximum number of realms of one account; 0 for no limit.
    pub realms_per_account: u32,
    /// Format of log lines.
    pub log_format: LogFormat,
    /// Minimum level of logged lines.
    pub log_level: LogLevel,
    /// Argon2 memory cost (m), in KiB.
    pub password_memory_kib: u32,
    /// Argon2 number of passes (t).
    pub password_passes: u32,
    /// Argon2 parallelism (p).
    pub password_lanes: u32,
    /// Number of password hashing threads, at least 1.
    pub password_workers: usize,
    /// Maximum number of passwords that wait for a hashing thread.
    pub password_queue: usize,
    /// Limits on password and code attempts, and on signups.
    pub tries: tries::Settings,
    /// Maximum number of calls per API key and minute; 0 for no limit.
    pub rates_calls_per_minute: u32,
    /// Maximum number of calls without a valid API key per address and minute; 0 for no limit.
    pub rates_wrong_keys_per_minute: u32,
    /// Deadline for one delivery attempt.
    pub delivery_timeout_seconds: u64,
    /// Backoff after the first failed delivery attempt, in milliseconds.
    pub delivery_first_retry_ms: i64,
    /// Networks that webhooks may reach besides public addresses.
    pub delivery_allowed_networks: Vec<IpNet>,
    /// Number of SQLite read connections that are kept open, at least 1.
    pub sqlite_readers: usize,
    /// Maximum number of connections to PostgreSQL.
    pub postgres_connections: usize,
    /// URL of the mail server with user and password; `None` keeps mails in the outbox.
    pub smtp_url: Option<SecretString>,
    /// CA certificates that the mail server's certificate is verified against; `None` for the public authorities.
    pub smtp_ca_file: Option<PathBuf>,
    /// Sender address of mails, optionally with a name.
    pub mail_from: Sender,
}

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Pretty on a terminal, JSON elsewhere.
    Auto,
    /// Human-readable lines.
    Pretty,
    /// One JSON object per line.
    Json,
}

/// Minimum level of logged lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Something is broken.
    Error,
    /// Something may be broken.
    Warn,
    /// Information for operators.
    Info,
    /// Information for developers.
    Debug,
    /// Everything.
    Trace,
}

impl Config {
    /// Reads and validates every setting. Returns `None` if one is invalid; the reader's problems name it.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let r = reader;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let listen = r.parsed("listen", "an address and a port, such as 127.0.0.1:8000", |text| text.parse().ok());
        let base_url = listen.and_then(|listen| base_url(r, listen));
        let login_domain = base_url.as_ref().and_then(|base_url| login_domain(r, base_url));
        let metrics_listen = r.parsed("metrics_listen", "empty, or an address with a port", |text| {
            if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
        });
        let data =
            r.parsed("data", "a directory", |text| Some(text).filter(|text| !text.is_empty()).map(PathBuf::from));
        let database_url = database_url(r);
        let trusted_proxies = trusted_proxies(r);
        let delivery_allowed_networks = allowed_networks(r);
        let master_key = master_key(r);
        let log_format = r.parsed("log.format", "auto, pretty or json", log_format);
        let log_level = r.parsed("log.level", "error, warn, info, debug or trace", log_level);
        let smtp_url = mail::smtp_url(r);
        let mail_from = login_domain.as_ref().and_then(|login_domain| mail::from(r, login_domain));
        let password_lanes = r.number("password.lanes", 1..=i64::from(MAX_LANES));
        let least_memory = 8 * i64::from(password_lanes).max(1);
        let password_workers = r.number_or("password.workers", 0..=1024, cores);
        let most = i64::from(u32::MAX);
        let config = Self {
            body_limit_bytes: r.number("body_limit_bytes", 1024..=1 << 30),
            request_timeout_seconds: r.number("request_timeout_seconds", 1..=3600),
            header_timeout_seconds: r.number("header_timeout_seconds", 1..=3600),
            stall_timeout_seconds: r.number("stall_timeout_seconds", 1..=3600),
            max_connections: r.number("max_connections", 1..=1_000_000),
            max_connections_per_address: r.number("max_connections_per_address", 1..=1_000_000),
            shutdown_seconds: r.number("shutdown_seconds", 0..=3600),
            rs256_keys_ahead: r.number("rs256_keys_ahead", 0..=100),
            realms_per_account: r.number("realms_per_account", 0..=1_000_000),
            password_memory_kib: r.number("password.memory_kib", least_memory..=i64::from(MAX_MEMORY_KIB)),
            password_passes: r.number("password.passes", 1..=i64::from(MAX_PASSES)),
            password_lanes,
            password_workers,
            password_queue: r.number_or("password.queue", 0..=1_000_000, 32 * password_workers),
            tries: tries(r, most),
            rates_calls_per_minute: r.number("rates.calls_per_minute", 0..=10_000_000),
            rates_wrong_keys_per_minute: r.number("rates.wrong_keys_per_minute", 0..=10_000_000),
            delivery_timeout_seconds: r.number("delivery.timeout_seconds", 1..=300),
            delivery_first_retry_ms: r.number("delivery.first_retry_ms", 1..=3_600_000),
            sqlite_readers: r.number_or("sqlite.readers", 0..=1024, cores + 2),
            postgres_connections: r.number("postgres.connections", 1..=10_000),
            smtp_ca_file: Some(r.text("mail.smtp_ca_file")).filter(|path| !path.is_empty()).map(PathBuf::from),
            // Early returns come last, so that all mistakes are found first.
            listen: listen?,
            metrics_listen: metrics_listen?,
            data: data?,
            database_url: database_url?,
            base_url: base_url?,
            login_domain: login_domain?,
            trusted_proxies: trusted_proxies?,
            delivery_allowed_networks: delivery_allowed_networks?,
            master_key: master_key?,
            log_format: log_format?,
            log_level: log_level?,
            smtp_url: smtp_url?,
            mail_from: mail_from?,
        };
        r.problems.is_empty().then_some(config)
    }
}

fn tries(r: &mut Reader<'_>, most: i64) -> tries::Settings {
    tries::Settings {
        per_user: r.number("tries.per_user", 1..=most),
        per_address: r.number("tries.per_address", 1..=most),
        per_app: r.number("tries.per_app", 0..=most),
        signups_per_address: r.number("tries.signups_per_address", 1..=most),
        signups_per_app: r.number("tries.signups_per_app", 0..=most),
        minutes: r.number("tries.minutes", 1..=24 * 60),
        ..tries::Settings::default()
    }
}

fn base_url(reader: &mut Reader<'_>, listen: SocketAddr) -> Option<Url> {
    let port = listen.port();
    let is_bare = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && (url.path() == "/" && url.query().is_none() && url.fragment().is_none())
            && (url.username().is_empty() && url.password().is_none())
    };
    let url = reader.parsed("base_url", "an address such as https://auth.example.com, without a path", |text| {
        let text = if text.is_empty() { format!("http://localhost:{port}") } else { text.to_owned() };
        Url::parse(&text).ok().filter(is_bare)
    })?;
    reader.shown.insert("base_url", url.as_str().trim_end_matches('/').to_owned());
    Some(url)
}

fn login_domain(reader: &mut Reader<'_>, base_url: &Url) -> Option<String> {
    let should = "a domain, such as example.com; it has to be set where `base_url` is an IP address";
    let domain = reader.parsed("login_domain", should, |text| {
        let host = if text.is_empty() { base_url.host()?.to_owned() } else { Host::parse(text).ok()? };
        let loopback = match &host {
            Host::Domain(domain) => return Some(domain.trim_end_matches('.').to_owned()),
            Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
            Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
        };
        // Names under localhost need no set-up; names under an IP address do not exist.
        (text.is_empty() && loopback).then(|| "localhost".to_owned())
    })?;
    reader.shown.insert("login_domain", domain.clone());
    Some(domain)
}

fn database_url(reader: &mut Reader<'_>) -> Option<String> {
    let data = reader.text("data");
    let is_postgres = |text: &str| text.starts_with("postgres://") || text.starts_with("postgresql://");
    let url = reader.parsed("database_url", "empty, sqlite:PATH or postgres://user@host/name", |text| {
        if text.is_empty() {
            return Some(format!("sqlite:{}", PathBuf::from(data).join("gantry.db").display()));
        }
        let is_sqlite = text.strip_prefix("sqlite:").is_some_and(|path| !path.is_empty());
        (is_sqlite || is_postgres(text)).then(|| text.to_owned())
    })?;
    if !is_postgres(&url) {
        reader.shown.insert("database_url", url.clone());
        return Some(url);
    }
    reader.shown.insert("database_url", masked_postgres_url(&url));
    if let Err(why) = check_postgres_url(&url) {
        reader.refuse("database_url", &format!("cannot be used: {why}"));
        return None;
    }
    Some(url)
}

fn trusted_proxies(reader: &mut Reader<'_>) -> Option<TrustedProxies> {
    let proxies = TrustedProxies::parse(&reader.list("trusted_proxies")).ok();
    if proxies.is_none() {
        reader.refuse("trusted_proxies", "has to hold addresses or networks such as 10.0.0.0/8");
    }
    proxies
}

fn allowed_networks(reader: &mut Reader<'_>) -> Option<Vec<IpNet>> {
    let network = |text: &&str| text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok();
    let networks = reader.list("delivery.allowed_networks").iter().map(network).collect::<Option<_>>();
    if networks.is_none() {
        reader.refuse("delivery.allowed_networks", "has to hold addresses or networks such as 10.0.0.0/8");
    }
    networks
}

/// Reads the master key. `Some(None)` if the configuration has none, `None` if it is invalid.
#[expect(clippy::option_option, reason = "a broken key and no key are not the same")]
fn master_key(reader: &mut Reader<'_>) -> Option<Option<SecretString>> {
    let should = "43 characters of base64url or 64 hexadecimal digits";
    let key = reader.parsed("master_key", should, |text| {
        if text.is_empty() {
            return Some(None);
        }
        MasterKey::from_text(text).is_ok().then(|| Some(SecretString::from(text)))
    })?;
    let file = PathBuf::from(reader.text("data")).join("master.key");
    let shown = if key.is_some() { "***".to_owned() } else { format!("(in {})", file.display()) };
    reader.shown.insert("master_key", shown);
    Some(key)
}

fn log_format(text: &str) -> Option<LogFormat> {
    match text {
        "auto" => Some(LogFormat::Auto),
        "pretty" => Some(LogFormat::Pretty),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}

fn log_level(text: &str) -> Option<LogLevel> {
    match text {
        "error" => Some(LogLevel::Error),
        "warn" => Some(LogLevel::Warn),
        "info" => Some(LogLevel::Info),
        "debug" => Some(LogLevel::Debug),
        "trace" => Some(LogLevel::Trace),
        _ => None,
    }
}
