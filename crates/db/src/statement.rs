//! Statements: constants with their row type, listed per file so that a test can prepare and check them all.

use std::marker::PhantomData;

use crate::row::{ColumnSpec, Row};

/// One statement and the row type it returns. Only [`statements!`](crate::statements) makes one, from constants.
#[derive(Debug)]
pub struct Sql<R> {
    pub(crate) name: &'static str,
    /// Text with `$1` parameters, for PostgreSQL.
    pub(crate) postgres: &'static str,
    /// Text with `?1` parameters, for SQLite, and without `FOR UPDATE SKIP LOCKED`: its single writer needs no row
    /// locks.
    pub(crate) sqlite: &'static str,
    row: PhantomData<fn() -> R>,
}

/// A statement without its row type, as the checks see it.
#[derive(Debug, Clone)]
pub struct Statement {
    /// File and constant that declare it.
    pub place: (&'static str, &'static str),
    /// The text with `$1` parameters.
    pub postgres: &'static str,
    /// The text with `?1` parameters.
    pub sqlite: &'static str,
    /// The row type's columns.
    pub columns: Vec<ColumnSpec>,
}

impl<R: Row> Sql<R> {
    #[doc(hidden)]
    pub const fn constant(name: &'static str, postgres: &'static str, sqlite: &'static str) -> Self {
        Self { name, postgres, sqlite, row: PhantomData }
    }

    #[doc(hidden)]
    pub fn listed(&self, file: &'static str) -> Statement {
        Statement { place: (file, self.name), postgres: self.postgres, sqlite: self.sqlite, columns: R::spec() }
    }
}

/// Declares a file's statements and `statements()`, the list of them all for the checks.
///
/// ```ignore
/// gantry_db::statements! {
///     /// Finds a user by its id.
///     FIND: User = "SELECT ", User::COLUMNS, " FROM users WHERE realm_id = $1 AND id = $2";
///     TOUCH: () = "UPDATE users SET last_login_at = $3 WHERE realm_id = $1 AND id = $2";
/// }
/// ```
/// A text consists of one or more constants, which are joined at compile time.
#[macro_export]
macro_rules! statements {
    ($($(#[$meta:meta])* $name:ident: $row:ty = $($part:expr),+;)+) => {
        $($(#[$meta])*
        const $name: $crate::Sql<$row> = {
            const PARTS: &[&str] = &[$($part),+];
            const LENGTH: usize = 0 $(+ $part.len())+;
            const BYTES: [u8; LENGTH] = $crate::joined(PARTS);
            const SQLITE: [u8; LENGTH] = $crate::question_marks(BYTES);
            match (::std::str::from_utf8(&BYTES), ::std::str::from_utf8(&SQLITE)) {
                (Ok(postgres), Ok(sqlite)) => $crate::Sql::constant(stringify!($name), postgres, sqlite),
                _ => panic!("joined UTF-8 is UTF-8"),
            }
        };)+

        /// Returns every statement of this file, for the checks.
        pub fn statements() -> Vec<$crate::Statement> {
            vec![$($name.listed(file!())),+]
        }
    };
}

/// Concatenates the parts. `LENGTH` must be the sum of their lengths.
#[doc(hidden)]
pub const fn joined<const LENGTH: usize>(parts: &[&str]) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let (mut at, mut part) = (0, 0);
    while part < parts.len() {
        let text = parts[part].as_bytes();
        let mut i = 0;
        while i < text.len() {
            bytes[at] = text[i];
            at += 1;
            i += 1;
        }
        part += 1;
    }
    bytes
}

/// Rewrites a statement for SQLite: `$1` becomes `?1`; `FOR UPDATE` and `SKIP LOCKED` become blanks.
#[doc(hidden)]
pub const fn question_marks<const LENGTH: usize>(mut bytes: [u8; LENGTH]) -> [u8; LENGTH] {
    let mut at = 0;
    while at < LENGTH {
        if bytes[at] == b'$' {
            bytes[at] = b'?';
        }
        bytes = blanked(bytes, at, b"FOR UPDATE");
        bytes = blanked(bytes, at, b"SKIP LOCKED");
        at += 1;
    }
    bytes
}

/// Replaces these words by blanks if they stand at this position.
const fn blanked<const LENGTH: usize>(mut bytes: [u8; LENGTH], at: usize, words: &[u8]) -> [u8; LENGTH] {
    let mut same = 0;
    while same < words.len() && at + same < LENGTH && bytes[at + same] == words[same] {
        same += 1;
    }
    if same == words.len() {
        while same > 0 {
            same -= 1;
            bytes[at + same] = b' ';
        }
    }
    bytes
}
