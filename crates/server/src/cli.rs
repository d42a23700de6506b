//! The command line.
//!
//! Guarantees that `--help` tells a newcomer what to type next, and that flags which are settings go through the same
//! checks as every other setting ([`Flags::settings`]).

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use gantry_core::imports::RecordKind;
use url::Url;

const EXAMPLES: &str = "\
Examples:
  gantry demo                     see it work: server, sample app and a link to open
  gantry serve                    run it, on SQLite in ./data
  GANTRY_DATABASE_URL=postgres://gantry:secret@db/gantry gantry serve

Settings come from ./gantry.toml, GANTRY_* variables and flags; `gantry config show` lists them.";

/// A self-hosted server for user management: logins, signups and sessions for your apps.
#[derive(Debug, Parser)]
#[command(name = "gantry", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Cli {
    /// Settings, for whatever command.
    #[command(flatten)]
    pub flags: Flags,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The flags of every command.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Settings")]
pub struct Flags {
    /// Configuration file [default: ./gantry.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Directory for the SQLite database and the master key [default: ./data; of the demo: ./data/demo]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:8000]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub listen: Option<String>,
    /// sqlite:PATH or postgres://… (other users see flags: give a password by `GANTRY_DATABASE_URL`)
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Address that browsers and apps use [default: localhost and the port]
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,
}

impl Flags {
    /// The flags that are settings, by the names of the settings.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let flags = [
            ("data", &self.data),
            ("listen", &self.listen),
            ("database_url", &self.database_url),
            ("base_url", &self.base_url),
        ];
        flags.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect()
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    #[command(after_help = "\
Examples:
  gantry serve
  gantry serve --listen 0.0.0.0:8000 --base-url https://auth.example.com

The first start makes the database and a key that seals its secrets. Ctrl-C (or SIGTERM) finishes open requests and
stops; once more stops at once.")]
    Serve,
    /// Run the server with sample content and a small app that logs people in through it
    #[command(after_help = "\
Examples:
  gantry demo
  gantry demo --listen 127.0.0.1:9000 --app-listen 127.0.0.1:9001

The demo keeps its files in ./data/demo, whatever the configuration says, and leaves the database of `gantry serve`
alone; --data names another directory. Delete the demo's directory to start afresh.")]
    Demo(Demo),
    /// Make what an app needs to log people in, and print what to put into its configuration
    #[command(after_help = "\
Example:
  gantry quickstart --app-url http://localhost:3000/ --email you@example.com

Makes your account, a realm for your users, its login pages and an API key. The key is shown once.")]
    Quickstart(Quickstart),
    /// Bring the database up to date; `gantry serve` does this too, at its start
    Migrate,
    /// Make, list and revoke API keys
    #[command(subcommand)]
    Keys(Keys),
    /// Bring users, orgs, memberships and credentials from elsewhere into a realm
    #[command(after_help = "\
Examples:
  gantry import users.jsonl --realm rl_0YTIbM4Da9ezu1JaQzZbpK --dry-run
  gantry import users.csv --kind user --realm rl_0YTIbM4Da9ezu1JaQzZbpK --report refused.tsv

JSON Lines hold one object a line, with `object` telling its kind; CSV files hold one kind. Password hashes of most other
software are taken as they are. A run that was cut off goes on where it was, and a repeated one changes nothing. See
docs/guide/import-export.md.")]
    Import(Import),
    /// Write a realm's users, orgs, memberships and credentials to a file
    #[command(after_help = "\
Examples:
  gantry export --realm rl_0YTIbM4Da9ezu1JaQzZbpK --out realm.jsonl --secrets
  gantry export --realm rl_0YTIbM4Da9ezu1JaQzZbpK --kind user --out users.csv

Without --secrets, hashes of passwords, keys and devices' secrets are left out.")]
    Export(Export),
    /// Read the mails of an installation without an SMTP server
    #[command(after_help = "\
Without `mail.smtp_url` mails are not sent but kept for a week. This lists the newest; with an id, it shows one, whose
links work.")]
    Outbox(Outbox),
    /// Look for what is wrong with the set-up
    #[command(after_help = "\
Looks at the configuration, the database, the master key and the names that have to resolve, and says what to do about
what it finds.")]
    Doctor,
    /// Show or check the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the version
    Version,
}

/// `gantry demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Address and port for the sample app
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8001")]
    pub app_listen: SocketAddr,
}

impl Demo {
    /// The settings that a demo has whatever the file and the environment say, so that it leaves a real installation
    /// alone; flags outrank them.
    pub fn settings() -> Vec<(&'static str, String)> {
        let settings = [
            ("data", "./data/demo"),
            ("database_url", ""),
            ("master_key", ""),
            ("listen", "127.0.0.1:8000"),
            ("base_url", ""),
            ("login_domain", ""),
            ("trusted_proxies", ""),
        ];
        settings.map(|(key, value)| (key, value.to_owned())).into()
    }
}

/// `gantry quickstart`.
#[derive(Debug, Args)]
pub struct Quickstart {
    /// Where your app is; people come back there, to `login`, after the login
    #[arg(long, value_name = "URL", value_parser = app_url)]
    pub app_url: Url,
    /// Your email address, which names your account's owner
    #[arg(long, value_name = "ADDR")]
    pub email: String,
    /// Your app's name, as login pages show it [default: the host of its URL]
    #[arg(long)]
    pub name: Option<String>,
}

/// The folder that an app is in, so that `login` is beside its pages.
fn app_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let mut url = url.ok_or("write it with http:// or https://, such as http://localhost:3000/")?;
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// `gantry keys …`.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make an API key and print it, once
    #[command(after_help = "\
Examples:
  gantry keys create --name 'shop backend' --access write --realm rl_0YTIbM4Da9ezu1JaQzZbpK
  gantry keys create --name terraform --access admin_account")]
    Create(KeysCreate),
    /// List API keys, without their secrets
    List,
    /// Revoke an API key; from then on it is refused
    #[command(after_help = "Example:\n  gantry keys revoke ko_0YTIbM4Da9ezu1JaQzZbpK")]
    Revoke {
        /// The key's id, as `gantry keys list` shows it
        #[arg(value_name = "KEY")]
        id: String,
    },
}

/// `gantry keys create`.
#[derive(Debug, Args)]
pub struct KeysCreate {
    /// What the key is for
    #[arg(long)]
    pub name: String,
    /// What the key may do
    #[arg(long)]
    pub access: Access,
    /// Realm that the key is for; can be given several times [default: every realm of the account]
    #[arg(long = "realm", value_name = "REALM")]
    pub realms: Vec<String>,
    /// Most calls per minute with this key, 0 for no limit [default: as configured for every key]
    #[arg(long, value_name = "NUMBER")]
    pub calls_per_minute: Option<u32>,
    /// Account that the key belongs to; needed where there are several
    #[arg(long, value_name = "ORG")]
    pub account: Option<String>,
}

/// `gantry import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Files, imported one after the other: CSV where the name ends so, JSON Lines otherwise
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Realm to import into
    #[arg(long, value_name = "REALM")]
    pub realm: String,
    /// What the lines hold that do not tell; needed for CSV
    #[arg(long)]
    pub kind: Option<Kind>,
    /// Check everything and keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// File for the refused lines: line, field and reason, parted by tabs
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// `gantry outbox`.
#[derive(Debug, Args)]
pub struct Outbox {
    /// The mail to show
    pub id: Option<String>,
    /// As it would go over the wire
    #[arg(long, requires = "id")]
    pub raw: bool,
}

/// `gantry export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Realm to export
    #[arg(long, value_name = "REALM")]
    pub realm: String,
    /// File to write: CSV if the name ends so, JSON Lines otherwise
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Only these records; needed for CSV
    #[arg(long)]
    pub kind: Option<Kind>,
    /// With hashes of passwords and keys, and devices' secrets
    #[arg(long)]
    pub secrets: bool,
}

/// The kinds of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Users
    User,
    /// Orgs
    Org,
    /// Memberships
    Membership,
    /// Keys of systems, devices of users
    Credential,
}

impl From<Kind> for RecordKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::User => Self::User,
            Kind::Org => Self::Org,
            Kind::Membership => Self::Membership,
            Kind::Credential => Self::Credential,
        }
    }
}

/// The rights of an API key; each holds those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Access {
    /// See users, orgs and everything else of its realms
    Read,
    /// Make and change them
    Write,
    /// Change the settings of its realms
    AdminRealm,
    /// Make and delete realms, keys and team members
    AdminAccount,
}

/// `gantry config …`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting, its value and where the value comes from
    Show,
    /// Say OK, or everything that is wrong with the settings
    Check,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use rstest::rstest;

    use super::*;
    use crate::config::{Sources, load, reference};

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    fn parsed(line: &str) -> Cli {
        parse(line).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn clap_finds_no_contradiction() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_may_stand_before_and_behind_the_command() {
        for line in ["gantry --data x --listen 127.0.0.1:1 serve", "gantry serve --listen 127.0.0.1:1 --data x"] {
            let cli = parsed(line);
            assert!(matches!(cli.command, Command::Serve));
            assert_eq!(cli.flags.settings(), [("data", "x".to_owned()), ("listen", "127.0.0.1:1".to_owned())]);
        }
    }

    #[test]
    fn flags_and_the_demo_name_settings() {
        let text = || Some(String::from("x"));
        let flags = Flags { config: None, data: text(), listen: text(), database_url: text(), base_url: text() };
        let names = flags.settings().into_iter().chain(Demo::settings()).map(|(key, _)| key);
        for name in names {
            assert!(reference::entries().iter().any(|entry| entry.key == name), "{name}");
        }
    }

    #[test]
    fn a_demo_keeps_to_itself() {
        let cli = parsed("gantry demo --listen 127.0.0.1:9000");
        let Command::Demo(demo) = &cli.command else { panic!("not the demo") };
        assert_eq!(demo.app_listen.to_string(), "127.0.0.1:8001");
        let real = "database_url = 'postgres://db/gantry'\nbase_url = 'https://auth.example.com'";
        let sources = Sources {
            file: Some(("gantry.toml".into(), real.to_owned())),
            environment: vec![("GANTRY_DATA".into(), "/srv/gantry".into())],
            command: Some(("demo", Demo::settings())),
            flags: cli.flags.settings(),
        };
        let config = load(&sources).unwrap_or_else(|problems| panic!("{problems}")).config;
        assert_eq!(config.database_url, "sqlite:./data/demo/gantry.db");
        assert_eq!(config.base_url.as_str(), "http://localhost:9000/");
    }

    #[rstest]
    #[case("http://localhost:3000", "http://localhost:3000/login")]
    #[case("https://example.com/app", "https://example.com/app/login")]
    #[case("https://example.com/app/?a=b#c", "https://example.com/app/login")]
    fn logins_end_within_the_app(#[case] typed: &str, #[case] handler: &str) {
        let cli = parsed(&format!("gantry quickstart --app-url {typed} --email a@example.com"));
        let Command::Quickstart(wanted) = cli.command else { panic!("not quickstart") };
        assert_eq!(wanted.app_url.join("login").expect("an address").as_str(), handler);
    }

    #[test]
    fn keys_are_made_with_their_rights() {
        let cli = parsed("gantry keys create --name n --access admin_realm --realm rl_1 --realm rl_2 --account org_1");
        let Command::Keys(Keys::Create(create)) = cli.command else { panic!("not keys create") };
        assert_eq!((create.name.as_str(), create.access), ("n", Access::AdminRealm));
        assert_eq!((create.realms, create.account), (vec!["rl_1".into(), "rl_2".into()], Some("org_1".into())));
    }

    #[rstest]
    #[case("gantry migrate")]
    #[case("gantry keys list")]
    #[case("gantry keys revoke ko_1")]
    #[case("gantry doctor")]
    #[case("gantry config show")]
    #[case("gantry config check --config other.toml")]
    #[case("gantry version")]
    #[case("gantry quickstart --app-url http://localhost:3000 --email a@example.com --name Shop")]
    fn is_understood(#[case] line: &str) {
        parsed(line);
    }

    #[rstest]
    #[case("gantry")]
    #[case("gantry sreve")]
    #[case("gantry quickstart --email a@example.com")]
    #[case("gantry quickstart --app-url nonsense --email a@example.com")]
    #[case("gantry quickstart --app-url localhost:3000 --email a@example.com")]
    #[case("gantry keys create --name n")]
    #[case("gantry keys create --name n --access root")]
    #[case("gantry keys revoke")]
    #[case("gantry demo --app-listen nonsense")]
    fn is_refused(#[case] line: &str) {
        assert!(parse(line).is_err());
    }

    #[test]
    fn help_has_an_example() {
        let help = Cli::command().render_long_help().to_string();
        assert!(help.contains("gantry demo") && help.contains("--database-url <URL>"), "{help}");
    }
}
