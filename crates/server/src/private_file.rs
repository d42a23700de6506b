//! Files that only their owner may read, whatever existed at the path before.
//!
//! Guarantees: content is never written to an existing file, which other users may be able to read or have open; a run
//! that ends half-way leaves the existing file unchanged. A pipe or device is written directly.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A file that replaces its target when it is finished. If it is dropped before, the draft is removed.
pub struct PrivateFile {
    file: BufWriter<File>,
    draft: Option<Draft>,
}

/// Temporary path of the content, and the target that it replaces.
struct Draft {
    path: PathBuf,
    target: PathBuf,
}

impl PrivateFile {
    /// Creates a file for this path with mode 0600.
    pub fn create(path: &Path) -> io::Result<Self> {
        if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(Self { file: BufWriter::new(file), draft: None });
        }
        // The target of a symbolic link is replaced, not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = target.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
        let draft = target.with_file_name(format!(".{name}.{}.draft", std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        Ok(Self { file: BufWriter::new(file), draft: Some(Draft { path: draft, target }) })
    }

    /// Syncs the content to disk and renames the draft to the target.
    pub fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        let Some(draft) = &self.draft else { return Ok(()) };
        self.file.get_ref().sync_all()?;
        fs::rename(&draft.path, &draft.target)?;
        self.draft = None;
        Ok(())
    }
}

impl Write for PrivateFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        if let Some(draft) = &self.draft {
            // An error leaves an unfinished draft, which only its owner can read.
            let _ = fs::remove_file(&draft.path);
        }
    }
}
