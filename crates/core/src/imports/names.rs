//! The usernames of one file, folded: two lines whose names differ in case alone are two people to whoever wrote the
//! file, and the second must not overwrite the first.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::{Line, RecordKind};
use crate::error::FieldError;
use crate::text;
use crate::users::names;

/// The names of the lines so far, as hashes, so that a file of millions fits into memory.
#[derive(Debug, Default)]
pub struct SeenNames {
    hasher: RandomState,
    seen: HashMap<u64, SeenName>,
}

#[derive(Debug, Clone, Copy)]
struct SeenName {
    line: u64,
    /// The name as it was spelled.
    spelling: u64,
}

impl SeenNames {
    /// Why the line's username is refused, if an earlier line has the same name in another spelling. A repeated name is the
    /// same user once more.
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
