//! Opening the installation that a command works on.

use std::path::Path;

use anyhow::bail;
use gantry_core::clock::Clock;
use gantry_crypto::Random;

use crate::app::App;
use crate::config::Config;

/// The installation, made at the first time.
pub(super) async fn open(config: &Config) -> anyhow::Result<App> {
    App::build(config, Clock::system(), Random::system()).await
}

/// The installation, for commands that have nothing to do without one: they make none in a mistyped folder or an empty
/// database, and leave an older one to the server.
pub(super) async fn open_existing(config: &Config) -> anyhow::Result<App> {
    if let Some(path) = missing(config) {
        let path = path.display();
        bail!("there is no installation here: {path} is missing (see --data, --database-url, `gantry quickstart`)");
    }
    App::open_existing(config, Clock::system(), Random::system()).await
}

/// The database file, if the database is one, and is not there.
pub(super) fn missing(config: &Config) -> Option<&Path> {
    database_file(config).filter(|path| !path.exists())
}

/// Where SQLite's database is to be.
pub(super) fn database_file(config: &Config) -> Option<&Path> {
    config.database_url.strip_prefix("sqlite:").map(Path::new)
}
