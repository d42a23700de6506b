//! Case-folded usernames of one file: lines with names that differ only in case most likely mean two users, and the
//! second must not overwrite the first.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::{Line, RecordKind};
use crate::error::FieldError;
use crate::text;
use crate::users::names;

/// The names of the lines so far, as hashes, so that those of millions of lines fit into memory.
#[derive(Debug, Default)]
pub struct SeenNames {
    hasher: RandomState,
    seen: HashMap<u64, SeenName>,
}

#[derive(Debug, Clone, Copy)]
struct SeenName {
    line: u64,
    /// Hash of the name as it was spelled.
    spelling: u64,
}

impl SeenNames {
    /// Returns an error if an earlier line has the line's username in another spelling. A name repeated in one spelling
    /// means one user.
    pub fn clash(&mut self, line: &Line) -> Option<FieldError> {
        if line.kind != RecordKind::User {
            return None;
        }
        let typed = line.fields.clone().line("username", 255).value()?;
        let folded = names::username(&typed).ok()?;
        let spelling = self.hasher.hash_one(text::trim(&typed));
        let seen = SeenName { line: line.number, spelling };
        let before = *self.seen.entry(self.hasher.hash_one(&folded)).or_insert(seen);
        if before.spelling == spelling {
            return None;
        }
        let sentence = format!("Username is {folded}, which line {} has already in another spelling", before.line);
        Some(FieldError::new("username", "taken", sentence))
    }
}
