//! Parser of PostgreSQL URLs, compatible with libpq (PostgreSQL's documentation, "Connection URIs").
//!
//! Supports several hosts with a port each; `host` and `port` parameters, which replace those before the path;
//! directories of Unix sockets; percent-encoding, where `+` is a plus sign. Two things differ from libpq. TLS:
//! `disable` means no TLS; `require` and `verify-full` both check the certificate and the host name; without `sslmode`,
//! TLS is used unless all hosts are on this machine. And `target_session_attrs` defaults to `read-write`, since Gantry
//! writes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding as Binding, Host, LoadBalanceHosts, SslMode, TargetSessionAttrs};

const DEFAULT_PORT: u16 = 5432;

/// A silent peer is detected after 5 + 2 × 2 seconds without traffic.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(5);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(2);
const KEEPALIVE_RETRIES: u32 = 2;
/// Longest time that sent data may stay unacknowledged.
const USER_TIMEOUT: Duration = Duration::from_secs(10);
/// Timeout for opening a socket to one of the hosts.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Every supported parameter.
const KNOWN: [&str; 19] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    TCP_USER_TIMEOUT,
    "user",
];
/// Given in milliseconds, as in libpq; other durations are in seconds.
const TCP_USER_TIMEOUT: &str = "tcp_user_timeout";

/// Server location and connection settings.
pub(super) struct Address {
    pub(super) config: Config,
    /// Whether to connect without TLS.
    pub(super) is_plain: bool,
    /// File with the CA certificates; `None` for the public CAs.
    pub(super) roots: Option<String>,
}

/// Checks a URL without connecting. The error is a sentence without secrets.
pub fn check(url: &str) -> Result<(), String> {
    Address::parse(url).map(|_| ())
}

/// Returns the URL with its passwords hidden.
pub fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "***".to_owned() };
    let (before, query) = rest.split_once('?').map_or((rest, None), |(before, query)| (before, Some(query)));
    let before = match before.rsplit_once('@') {
        Some((credentials, rest)) => match credentials.split_once(':') {
            Some((user, _)) => format!("{user}:***@{rest}"),
            None => format!("{credentials}@{rest}"),
        },
        None => before.to_owned(),
    };
    let hide = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if decoded(name).is_ok_and(|name| name == "password") => format!("{name}=***"),
        _ => pair.to_owned(),
    };
    let query = query.map(|query| query.split('&').map(hide).collect::<Vec<_>>().join("&"));
    query.map_or_else(|| format!("{scheme}://{before}"), |query| format!("{scheme}://{before}?{query}"))
}

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
        let rest = rest.ok_or("it must begin with postgres://")?;
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (credentials, place) = before.rsplit_once('@').unwrap_or(("", before));
        let (hosts, database) = place.split_once('/').unwrap_or((place, ""));
        let parameters = Parameters::read(query)?;
        let mut config = Config::new();
        let (user, password) = credentials.split_once(':').map_or((credentials, None), |(u, p)| (u, Some(p)));
        if !user.is_empty() {
            config.user(decoded(user)?);
        }
        if let Some(password) = password {
            config.password(decoded(password)?.as_bytes());
        }
        if !database.is_empty() {
            config.dbname(decoded(database)?);
        }
        parameters.add_hosts(&mut config, hosts)?;
        parameters.apply(&mut config)?;
        parameters.apply_limits(&mut config)?;
        let is_plain = parameters.is_plain(&config)?;
        config.ssl_mode(if is_plain { SslMode::Disable } else { SslMode::Require });
        Ok(Self { config, is_plain, roots: parameters.get("sslrootcert").map(str::to_owned) })
    }

    /// Returns the longest time to get a connection: `at_least`, or longer if trying every host takes longer.
    pub(super) fn patience(&self, at_least: Duration) -> Duration {
        let hosts = self.config.get_hosts().len().max(self.config.get_hostaddrs().len());
        let each = self.config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT);
        at_least.max(each * u32::try_from(hosts).unwrap_or(1))
    }
}

/// Decoded query parameters. If one is repeated, its last value counts.
struct Parameters(BTreeMap<String, String>);

impl Parameters {
    fn read(query: &str) -> Result<Self, String> {
        let mut parameters = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or("a parameter after the question mark has no value")?;
            let name = decoded(name)?;
            if !KNOWN.contains(&&*name) {
                return Err(format!("its parameter {name} is unknown; known are {}", KNOWN.join(", ")));
            }
            parameters.insert(name, decoded(value)?);
        }
        Ok(Self(parameters))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn number(&self, name: &str) -> Result<Option<u64>, String> {
        let number = self.get(name).map(|value| value.trim().parse());
        number.transpose().map_err(|_| format!("its parameter {name} must be a whole number"))
    }

    /// Returns the meaning of the parameter's word; the first word is the default.
    fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<T, String> {
        let value = self.get(name).unwrap_or(words[0].0);
        let found = words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
        let all = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| format!("{name} {value} is not one of {}", all()))
    }

    /// Adds the hosts and ports. The parameters `host` and `port` replace those before the path.
    fn add_hosts(&self, config: &mut Config, before: &str) -> Result<(), String> {
        let mut ports = Vec::new();
        match self.get("host") {
            Some(hosts) => {
                for host in hosts.split(',') {
                    config.host(host);
                }
            }
            None => {
                for place in before.split(',').filter(|_| !before.is_empty()) {
                    let (host, port) = host_and_port(place)?;
                    config.host(decoded(host)?);
                    ports.push(port);
                }
            }
        }
        for address in self.get("hostaddr").unwrap_or_default().split(',').filter(|address| !address.is_empty()) {
            let address = address.parse::<IpAddr>().map_err(|_| "its parameter hostaddr must hold IP addresses")?;
            config.hostaddr(address);
        }
        let ports = self.get("port").map_or(ports, |ports| ports.split(',').collect());
        for port in &ports {
            let number = if port.is_empty() { Some(DEFAULT_PORT) } else { port.parse().ok().filter(|port| *port > 0) };
            config.port(number.ok_or("a port must be a number from 1 to 65535")?);
        }
        let (hosts, addresses) = (config.get_hosts().len(), config.get_hostaddrs().len());
        match (hosts, addresses) {
            (0, 0) => Err("it names no host".to_owned()),
            (1.., 1..) if hosts != addresses => {
                Err(format!("it has {hosts} hosts but {addresses} addresses in hostaddr"))
            }
            _ if ports.len() > 1 && ports.len() != hosts.max(addresses) => {
                Err(format!("it has {} hosts but {} ports", hosts.max(addresses), ports.len()))
            }
            _ => Ok(()),
        }
    }

    fn apply(&self, config: &mut Config) -> Result<(), String> {
        if let Some(user) = self.get("user") {
            config.user(user);
        }
        if let Some(password) = self.get("password") {
            config.password(password);
        }
        if let Some(database) = self.get("dbname") {
            config.dbname(database);
        }
        if let Some(options) = self.get("options") {
            config.options(options);
        }
        config.application_name(self.get("application_name").unwrap_or("gantry"));
        let writes = TargetSessionAttrs::ReadWrite;
        let targets = [("read-write", writes), ("primary", writes), ("any", TargetSessionAttrs::Any)];
        config.target_session_attrs(self.word("target_session_attrs", &targets)?);
        let binding = [("prefer", Binding::Prefer), ("require", Binding::Require), ("disable", Binding::Disable)];
        config.channel_binding(self.word("channel_binding", &binding)?);
        let order = [("disable", LoadBalanceHosts::Disable), ("random", LoadBalanceHosts::Random)];
        config.load_balance_hosts(self.word("load_balance_hosts", &order)?);
        Ok(())
    }

    /// Applies the timeouts that decide how soon a dead peer is detected.
    fn apply_limits(&self, config: &mut Config) -> Result<(), String> {
        let seconds = |name: &str, usual: Duration| {
            let given = self.number(name)?.filter(|seconds| *seconds > 0);
            Ok::<_, String>(given.map_or(usual, Duration::from_secs))
        };
        config.connect_timeout(seconds("connect_timeout", CONNECT_TIMEOUT)?);
        config.keepalives(self.number("keepalives")? != Some(0));
        config.keepalives_idle(seconds("keepalives_idle", KEEPALIVE_IDLE)?);
        config.keepalives_interval(seconds("keepalives_interval", KEEPALIVE_INTERVAL)?);
        let count = self.number("keepalives_count")?.and_then(|count| u32::try_from(count).ok());
        config.keepalives_retries(count.filter(|count| *count > 0).unwrap_or(KEEPALIVE_RETRIES));
        let timeout = self.number(TCP_USER_TIMEOUT)?.filter(|milliseconds| *milliseconds > 0);
        config.tcp_user_timeout(timeout.map_or(USER_TIMEOUT, Duration::from_millis));
        Ok(())
    }

    fn is_plain(&self, config: &Config) -> Result<bool, String> {
        let is_local = config.get_hosts().iter().all(is_of_this_machine)
            && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
        match self.get("sslmode") {
            None => Ok(is_local),
            Some("disable") => Ok(true),
            Some("require" | "verify-full") => Ok(false),
            Some(other) => Err(format!("sslmode {other} is not one of disable, require, verify-full")),
        }
    }
}

/// Splits `[::1]:5432`, `db.example.com:5432` or `%2Frun%2Fpostgresql` into host and port; the port may be missing.
fn host_and_port(place: &str) -> Result<(&str, &str), String> {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or("an IPv6 address lacks its closing bracket")?;
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, port)),
            None if rest.is_empty() => Ok((host, "")),
            None => Err("a colon and a port must follow an IPv6 address".to_owned()),
        };
    }
    Ok(place.split_once(':').unwrap_or((place, "")))
}

fn is_of_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        Host::Unix(_) => true,
    }
}

fn decoded(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Cow::into_owned).map_err(|_| "its percent-encoding is not of UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Address {
        Address::parse(url).unwrap_or_else(|why| panic!("{url}: {why}"))
    }

    fn hosts(url: &str) -> (Vec<String>, Vec<u16>) {
        let config = parse(url).config;
        let name = |host: &Host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        };
        (config.get_hosts().iter().map(name).collect(), config.get_ports().to_vec())
    }

    /// Examples of PostgreSQL's documentation (34.1.1.2); the other cases as `psql` reads them.
    #[test]
    fn hosts_are_read_as_libpq_reads_them() {
        for (url, names, ports) in [
            ("postgresql://localhost", &["localhost"][..], &[5432][..]),
            ("postgresql://localhost:5433", &["localhost"], &[5433]),
            ("postgresql://host1:123,host2:456/somedb", &["host1", "host2"], &[123, 456]),
            ("postgres://u@h1,h2:5433/db", &["h1", "h2"], &[5432, 5433]),
            ("postgres://u@/db?host=h1,h2&port=5433", &["h1", "h2"], &[5433]),
            ("postgres://u@/db?host=h1,h2&port=5433,", &["h1", "h2"], &[5433, 5432]),
            ("postgres://u@ignored:1/db?host=h1&port=2", &["h1"], &[2]),
            ("postgresql:///dbname?host=localhost&port=5433", &["localhost"], &[5433]),
            ("postgresql://[2001:db8::1234]/database", &["2001:db8::1234"], &[5432]),
            ("postgresql://[::1]:5433/database", &["::1"], &[5433]),
            ("postgresql:///dbname?host=/var/lib/postgresql", &["/var/lib/postgresql"], &[]),
            ("postgresql://%2Fvar%2Flib%2Fpostgresql/dbname", &["/var/lib/postgresql"], &[5432]),
        ] {
            let expected = (names.iter().map(|name| (*name).to_owned()).collect(), ports.to_vec());
            assert_eq!(hosts(url), expected, "{url}");
        }
    }

    #[test]
    fn values_are_percent_decoded_and_not_as_forms() {
        let url = "postgres://a%40b:p%3Aw+d@h/d%20b?options=-c%20search_path%3Dfoo+bar&application_name=x%26y";
        let config = parse(url).config;
        assert_eq!(config.get_user(), Some("a@b"));
        assert_eq!(config.get_password(), Some(&b"p:w+d"[..]));
        assert_eq!(config.get_dbname(), Some("d b"));
        assert_eq!(config.get_options(), Some("-c search_path=foo+bar"));
        assert_eq!(config.get_application_name(), Some("x&y"));
        let config = parse("postgres://h/db?user=u&password=a@b&dbname=other").config;
        assert_eq!((config.get_user(), config.get_password()), (Some("u"), Some(&b"a@b"[..])));
        assert_eq!(config.get_dbname(), Some("other"));
    }

    #[test]
    fn limits_have_values_unless_they_are_given() {
        let config = parse("postgres://h/db").config;
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        assert_eq!(config.get_application_name(), Some("gantry"));
        assert_eq!(config.get_keepalives_idle(), KEEPALIVE_IDLE);
        assert_eq!(config.get_keepalives_interval(), Some(KEEPALIVE_INTERVAL));
        assert_eq!(config.get_keepalives_retries(), Some(KEEPALIVE_RETRIES));
        assert_eq!(config.get_tcp_user_timeout(), Some(&USER_TIMEOUT));
        let given = "keepalives_idle=60&keepalives_count=9&tcp_user_timeout=1500&connect_timeout=7";
        let address = parse(&format!("postgres://h1,h2/db?{given}&target_session_attrs=any"));
        let config = &address.config;
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::Any);
        assert_eq!(config.get_keepalives_idle(), Duration::from_mins(1));
        assert_eq!(config.get_keepalives_retries(), Some(9));
        assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_millis(1500)), "libpq's are milliseconds");
        assert_eq!(address.patience(Duration::from_secs(5)), Duration::from_secs(14));
    }

    #[test]
    fn tls_is_for_every_host_elsewhere() {
        for (url, is_plain) in [
            ("postgres://localhost/db", true),
            ("postgres://127.0.0.1,[::1]/db", true),
            ("postgres:///db?host=/tmp", true),
            ("postgres://localhost,db.example.com/db", false),
            ("postgres://localhost/db?hostaddr=192.0.2.1", false),
            ("postgres://localhost/db?sslmode=require", false),
            ("postgres://db.example.com/db?sslmode=disable", true),
        ] {
            assert_eq!(parse(url).is_plain, is_plain, "{url}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_a_secret() {
        for (url, why) in [
            ("mysql://h/db", "postgres://"),
            ("postgres:///db", "no host"),
            ("postgres://u:hunter2@h/db?schema=public", "schema is unknown"),
            ("postgres://u:hunter2@h/db?sslmode=prefer", "prefer is not one of disable"),
            ("postgres://u:hunter2@h/db?target_session_attrs=standby", "standby is not one of read-write"),
            ("postgres://u:hunter2@h/db?connect_timeout=soon", "connect_timeout must be a whole number"),
            ("postgres://u:hunter2@h:0/db", "a port must be"),
            ("postgres://u:hunter2?@h/db", "no value"),
            ("postgres://h1,h2/db?port=1,2,3", "2 hosts but 3 ports"),
            ("postgres://h1/db?hostaddr=192.0.2.1,192.0.2.2", "1 hosts but 2 addresses"),
            ("postgres://h/db?options", "no value"),
            ("postgres://[::1/db", "closing bracket"),
        ] {
            let told = check(url).expect_err(url);
            assert!(told.contains(why) && !told.contains("hunter2"), "{url}: {told}");
        }
    }

    #[test]
    fn passwords_are_masked_and_the_rest_is_shown() {
        for (url, shown) in [
            ("postgres://u:hunter2@h1:1,h2:2/db", "postgres://u:***@h1:1,h2:2/db"),
            ("postgres://u:hun@ter2@h/db?options=-c%20a%3Db", "postgres://u:***@h/db?options=-c%20a%3Db"),
            ("postgres://u@h/db?password=hunter2&sslmode=require", "postgres://u@h/db?password=***&sslmode=require"),
            ("postgres://u@h/db?pass%77ord=hunter2", "postgres://u@h/db?pass%77ord=***"),
        ] {
            assert_eq!(masked(url), shown);
        }
    }
}
