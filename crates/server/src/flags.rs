//! Flags that are settings, in groups that commands share.
//!
//! Guarantees: a command accepts, and its help shows, only the settings that it uses; before the command every flag is
//! accepted; flags go through the same checks as all other settings ([`Flags::settings`]).

use std::path::PathBuf;

use clap::Args;

/// What leads to the installation.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct DatabaseFlags {
    /// Configuration file [default: ./gantry.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Directory for the SQLite database and the master key [default: ./data; the demo has its own]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<String>,
    /// sqlite:PATH or postgres://… (other users see flags: give a password by `GANTRY_DATABASE_URL`)
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
}

/// Where the server listens, and what browsers call it.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct AddressFlags {
    /// Address and port to listen on [default: 127.0.0.1:8000]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub listen: Option<String>,
    /// Address that browsers and apps use [default: localhost and the port]
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,
}

/// All of them.
#[derive(Debug, Default, Clone, Args)]
pub struct Flags {
    /// What leads to the installation.
    #[command(flatten)]
    pub database: DatabaseFlags,
    /// Where the server listens.
    #[command(flatten)]
    pub addresses: AddressFlags,
}

impl From<DatabaseFlags> for Flags {
    fn from(database: DatabaseFlags) -> Self {
        Self { database, ..Self::default() }
    }
}

impl Flags {
    /// Fills in flags that are unset here from the flags before the command.
    #[must_use]
    pub fn or(self, before: Self) -> Self {
        let (database, addresses) = (before.database, before.addresses);
        Self {
            database: DatabaseFlags {
                config: self.database.config.or(database.config),
                data: self.database.data.or(database.data),
                database_url: self.database.database_url.or(database.database_url),
            },
            addresses: AddressFlags {
                listen: self.addresses.listen.or(addresses.listen),
                base_url: self.addresses.base_url.or(addresses.base_url),
            },
        }
    }

    /// Returns the flags that were given, as pairs of setting name and value.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let flags = [
            ("data", &self.database.data),
            ("listen", &self.addresses.listen),
            ("database_url", &self.database.database_url),
            ("base_url", &self.addresses.base_url),
        ];
        flags.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect()
    }
}
