//! The master key: from the configuration, or from the file `master.key` in the data directory, which the first start
//! makes for its owner only.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use anyhow::{Context, bail};
use gantry_crypto::Random;
use gantry_crypto::seal::MasterKey;
use secrecy::ExposeSecret;

use crate::config::Config;

const FILE: &str = "master.key";

/// The key that this installation's secrets are sealed with.
pub fn load(config: &Config, random: &Random) -> anyhow::Result<MasterKey> {
    if let Some(text) = &config.master_key {
        return MasterKey::from_text(text.expose_secret()).context("the setting master_key");
    }
    let path = config.data.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => {
            let mode = fs::metadata(&path)?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                bail!("{} may be read by others (mode {mode:o}); run: chmod 600 {0}", path.display());
            }
            MasterKey::from_text(&text).with_context(|| format!("the file {}", path.display()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(config, random),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Written under another name first: a start that is killed half-way leaves no half key.
fn make(config: &Config, random: &Random) -> anyhow::Result<MasterKey> {
    let path = config.data.join(FILE);
    fs::create_dir_all(&config.data).with_context(|| format!("cannot make the folder {}", config.data.display()))?;
    let key = MasterKey::generate(random);
    let draft = path.with_extension("draft");
    let write = || -> std::io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        writeln!(file, "{}", key.to_text().expose_secret())?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        fs::File::open(&config.data)?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))?;
    Ok(key)
}
