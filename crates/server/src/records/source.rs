//! Where an import reads its records: a file, or standard input.

use std::fs::File;
use std::io::stdin;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

use anyhow::Context as _;
use gantry_crypto::{hex, token};

use super::format::Format;

/// An open file or pipe.
pub struct Source {
    /// What it is called in messages.
    pub name: String,
    /// From its beginning.
    pub file: File,
    /// Its form.
    pub format: Format,
    /// How many bytes it has; a pipe does not say.
    pub length: Option<u64>,
    /// What tells the file apart from others: where it lies, how long it is, when it was written. Standard input cannot
    /// be told apart, so nothing resumes there.
    pub identity: Option<String>,
}

impl Source {
    /// Opens the file, or standard input for `-`.
    pub fn open(path: &Path, format: Option<Format>) -> anyhow::Result<Self> {
        let (name, format) = (path.display().to_string(), Format::of(path, format));
        if path == Path::new("-") {
            let file = File::from(stdin().as_fd().try_clone_to_owned()?);
            // A file that the shell opened has a length; what was read of it before is not ours to know.
            let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
            return Ok(Self { name: "standard input".to_owned(), file, format, length, identity: None });
        }
        let file = File::open(path).with_context(|| name.clone())?;
        let metadata = file.metadata()?;
        let identity = metadata.is_file().then(|| identity(path, &metadata)).transpose()?;
        Ok(Self { name, file, format, length: metadata.is_file().then_some(metadata.len()), identity })
    }
}

fn identity(path: &Path, metadata: &std::fs::Metadata) -> anyhow::Result<String> {
    let written = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let text = format!("{}\n{}\n{}", path.canonicalize()?.display(), metadata.len(), written.as_nanos());
    Ok(hex::encode(&token::hash(&text)))
}
