//! Opens the installation that a command works on.

use std::path::Path;

use anyhow::bail;
use gantry_core::clock::Clock;
use gantry_crypto::Random;

use crate::app::App;
use crate::config::Config;

/// Opens the installation, creating it if it does not exist.
pub(super) async fn open(config: &Config) -> anyhow::Result<App> {
    App::build(config, Clock::system(), Random::system()).await
}

/// Opens an existing installation, for commands that need one. Never creates one in a mistyped folder or an empty
/// database, and never migrates an older one, which is left to the server.
pub(super) async fn open_existing(config: &Config) -> anyhow::Result<App> {
    if let Some(path) = missing(config) {
        let path = path.display();
        bail!("there is no installation here: {path} is missing (see --data, --database-url, `gantry quickstart`)");
    }
    App::open_existing(config, Clock::system(), Random::system()).await
}

/// Returns the path of the SQLite database if it does not exist; `None` for PostgreSQL.
pub(super) fn missing(config: &Config) -> Option<&Path> {
    database_file(config).filter(|path| !path.exists())
}

/// Returns the path of the SQLite database; `None` for PostgreSQL.
pub(super) fn database_file(config: &Config) -> Option<&Path> {
    config.database_url.strip_prefix("sqlite:").map(Path::new)
}
