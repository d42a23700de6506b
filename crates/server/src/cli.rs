//! The command line.
//!
//! Guarantees that `--help` shows a newcomer what to type next. Each command's arguments are defined next to its code,
//! in `commands/`; the flags that are settings are in [`flags`](crate::flags).

use clap::{Parser, Subcommand};

use crate::commands::config::ConfigCommand;
use crate::commands::demo::Demo;
use crate::commands::doctor::Doctor;
use crate::commands::export::Export;
use crate::commands::import::Import;
use crate::commands::keys::Keys;
use crate::commands::migrate::Migrate;
use crate::commands::outbox::Outbox;
use crate::commands::quickstart::Quickstart;
use crate::commands::serve::Serve;
use crate::commands::sessions::Sessions;
use crate::commands::users::Users;
use crate::commands::version::Version;
use crate::flags::Flags;

const EXAMPLES: &str = "\
Examples:
  gantry demo                     see it work: server, sample app and a link to open
  gantry serve                    run it, on SQLite in ./data
  GANTRY_DATABASE_URL=postgres://gantry:secret@db/gantry gantry serve

Settings come from ./gantry.toml, GANTRY_* variables and flags; `gantry config show` lists them.";

/// A self-hosted server for user management: logins, signups and sessions for your apps.
#[derive(Debug, Parser)]
#[command(name = "gantry", version, after_help = EXAMPLES, arg_required_else_help = true)]
// Each command declares the flags that it uses. Before the command every flag is accepted, but none is made global.
#[command(mut_args(|arg| arg.global(false)))]
pub struct Cli {
    /// Settings, for whatever command.
    #[command(flatten)]
    pub flags: Flags,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    Serve(Serve),
    Demo(Demo),
    Quickstart(Quickstart),
    Migrate(Migrate),
    Keys(Keys),
    Users(Users),
    Sessions(Sessions),
    Import(Import),
    Export(Export),
    Outbox(Outbox),
    Doctor(Doctor),
    Config(ConfigCommand),
    Version(Version),
}

impl Command {
    /// Returns the settings that were given after the command's name.
    pub fn flags(&self) -> Flags {
        match self {
            Self::Serve(Serve { flags })
            | Self::Demo(Demo { flags, .. })
            | Self::Quickstart(Quickstart { flags, .. })
            | Self::Doctor(Doctor { flags, .. })
            | Self::Config(ConfigCommand { flags, .. }) => flags.clone(),
            Self::Migrate(Migrate { flags })
            | Self::Keys(Keys { flags, .. })
            | Self::Sessions(Sessions { flags, .. })
            | Self::Import(Import { flags, .. })
            | Self::Export(Export { flags, .. })
            | Self::Outbox(Outbox { flags, .. }) => flags.clone().into(),
            Self::Users(users) => users.flags(),
            Self::Version(_) => Flags::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use rstest::rstest;

    use super::*;
    use crate::commands::keys::{KeyAccess, KeysAction};
    use crate::config::{Sources, load, reference};
    use crate::flags::{AddressFlags, DatabaseFlags};

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
            assert!(matches!(cli.command, Command::Serve(_)));
            let flags = cli.command.flags().or(cli.flags);
            assert_eq!(flags.settings(), [("data", "x".to_owned()), ("listen", "127.0.0.1:1".to_owned())]);
        }
    }

    #[test]
    fn flags_and_the_demo_name_settings() {
        let text = || Some(String::from("x"));
        let flags = Flags {
            database: DatabaseFlags { config: None, data: text(), database_url: text() },
            addresses: AddressFlags { listen: text(), base_url: text() },
        };
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
            flags: cli.command.flags().settings(),
        };
        let config = load(&sources).unwrap_or_else(|problems| panic!("{problems}")).config;
        assert_eq!(config.database_url, "sqlite:./data/demo/gantry.db");
        assert_eq!(config.base_url.as_str(), "http://localhost:9000/");
    }

    #[rstest]
    #[case("http://localhost:3000", "http://localhost:3000/login")]
    #[case("https://example.com/app", "https://example.com/app/login")]
    #[case("http://localhost:3000/login", "http://localhost:3000/login")]
    #[case("https://example.com/app/login/", "https://example.com/app/login")]
    #[case("https://example.com/blogin", "https://example.com/blogin/login")]
    #[case("https://example.com/app/?a=b#c", "https://example.com/app/login")]
    fn logins_end_within_the_app(#[case] typed: &str, #[case] handler: &str) {
        let cli = parsed(&format!("gantry quickstart --app-url {typed} --email a@example.com"));
        let Command::Quickstart(wanted) = cli.command else { panic!("not quickstart") };
        assert_eq!(wanted.app_url.join("login").expect("an address").as_str(), handler);
    }

    #[test]
    fn keys_are_made_with_their_rights() {
        let cli = parsed("gantry keys create --name n --access admin_realm --realm rl_1 --realm rl_2 --account org_1");
        let Command::Keys(Keys { action: KeysAction::Create(create), .. }) = cli.command else {
            panic!("not keys create")
        };
        assert_eq!((create.name.as_str(), create.access), ("n", KeyAccess::AdminRealm));
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
    #[case("gantry quickstart --app-url http://localhost:3000 --email a@example.com --new-account")]
    #[case("gantry keys create --name n --access verify --expires 2027-12-31")]
    #[case("gantry keys create --name n --access verify --expires 2027-12-31T18:00:00+01:00")]
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
    #[case("gantry keys create --name n --access read --expires 2027-02-30")]
    #[case("gantry keys create --name n --access read --expires tomorrow")]
    #[case("gantry keys revoke")]
    #[case("gantry demo --app-listen nonsense")]
    #[case("gantry keys list --listen 127.0.0.1:1")]
    #[case("gantry version --data x")]
    fn is_refused(#[case] line: &str) {
        assert!(parse(line).is_err());
    }

    /// Returns the long help of the command at this path of names.
    fn help_of(names: &[&str]) -> String {
        let mut command = Cli::command();
        command.build();
        let found = names.iter().try_fold(&command, |command, name| command.find_subcommand(name));
        found.expect("a command").clone().render_long_help().to_string()
    }

    #[rstest]
    #[case(&["serve"], &["--config", "--data", "--database-url", "--listen", "--base-url"])]
    #[case(&["config", "show"], &["--config", "--data", "--database-url", "--listen", "--base-url"])]
    #[case(&["keys", "list"], &["--config", "--data", "--database-url"])]
    #[case(&["import"], &["--config", "--data", "--database-url"])]
    #[case(&["outbox"], &["--config", "--data", "--database-url"])]
    #[case(&["version"], &[])]
    fn help_shows_the_settings_that_matter(#[case] names: &[&str], #[case] expected: &[&str]) {
        let help = help_of(names);
        for flag in ["--config", "--data", "--database-url", "--listen", "--base-url"] {
            assert_eq!(help.contains(&format!("{flag} <")), expected.contains(&flag), "{flag}: {help}");
        }
    }

    #[test]
    fn a_flag_behind_the_command_outranks_one_before_it() {
        let cli = parsed("gantry --data x --database-url sqlite:y keys --data z list");
        let flags = cli.command.flags().or(cli.flags);
        assert_eq!(flags.settings(), [("data", "z".to_owned()), ("database_url", "sqlite:y".to_owned())]);
    }

    #[test]
    fn help_has_an_example() {
        let help = Cli::command().render_long_help().to_string();
        assert!(help.contains("gantry demo") && help.contains("--database-url <URL>"), "{help}");
    }
}
