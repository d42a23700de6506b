//! The master key: from the configuration, or from the file `master.key` in the data directory, which the first start
//! creates with access for its owner only.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, bail};
use gantry_crypto::Random;
use gantry_crypto::seal::MasterKey;
use secrecy::ExposeSecret;

use crate::config::Config;
use crate::private_file::PrivateFile;

const FILE: &str = "master.key";

/// Loads the key with which this installation's secrets are sealed.
pub fn load(config: &Config) -> anyhow::Result<MasterKey> {
    find(config)?.with_context(|| {
        let path = config.data.join(FILE);
        format!(
            "{} is missing, and the database's secrets are sealed with it: restore the file that belongs to the \
             database, or set GANTRY_MASTER_KEY (see --data)",
            path.display()
        )
    })
}

/// Loads the master key, or creates one at the first start.
pub fn load_or_make(config: &Config, random: &Random) -> anyhow::Result<MasterKey> {
    match find(config)? {
        Some(key) => Ok(key),
        None => make(config, random),
    }
}

fn find(config: &Config) -> anyhow::Result<Option<MasterKey>> {
    if let Some(text) = &config.master_key {
        return MasterKey::from_text(text.expose_secret()).context("the setting master_key").map(Some);
    }
    let path = config.data.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => {
            let mode = fs::metadata(&path)?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                bail!("{} may be read by others (mode {mode:o}); run: chmod 600 {0}", path.display());
            }
            MasterKey::from_text(&text).with_context(|| format!("the file {}", path.display())).map(Some)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Creates a key and its file. It is written under a temporary name first, so that a start that is killed half-way
/// leaves no partial key.
fn make(config: &Config, random: &Random) -> anyhow::Result<MasterKey> {
    let path = config.data.join(FILE);
    fs::create_dir_all(&config.data).with_context(|| format!("cannot make the folder {}", config.data.display()))?;
    let key = MasterKey::generate(random);
    let write = || -> std::io::Result<()> {
        let mut file = PrivateFile::create(&path)?;
        writeln!(file, "{}", key.to_text().expose_secret())?;
        file.finish()?;
        fs::File::open(&config.data)?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))?;
    Ok(key)
}
