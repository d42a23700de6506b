//! Source of an import's records: a file or standard input.

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
    /// Name of the source in messages.
    pub name: String,
    /// The file, positioned at its beginning.
    pub file: File,
    /// Format of the records.
    pub format: Format,
    /// Size in bytes; `None` for a pipe.
    pub length: Option<u64>,
    /// Hash of the file's path, size and modification time, which identifies it when an import is resumed. `None` for
    /// standard input and pipes, whose imports cannot be resumed.
    pub identity: Option<String>,
}

impl Source {
    /// Opens the file, or standard input for `-`.
    pub fn open(path: &Path, format: Option<Format>) -> anyhow::Result<Self> {
        let (name, format) = (path.display().to_string(), Format::of(path, format));
        if path == Path::new("-") {
            let file = File::from(stdin().as_fd().try_clone_to_owned()?);
            // A file that the shell redirected has a length; whether parts of it were read before is unknown.
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
