//! Outcomes of import lines.

use crate::error::FieldError;

/// A refused line, with its errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Line number, from 1.
    pub line: u64,
    /// Validation errors of the line.
    pub errors: Vec<FieldError>,
}

/// Outcomes of lines, counted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Number of created records.
    pub made: u64,
    /// Number of updated records.
    pub changed: u64,
    /// Number of unchanged records.
    pub same: u64,
    /// Refused lines.
    pub refused: Vec<Refused>,
}

/// Outcome of one line.
pub(super) enum Outcome {
    Made,
    Changed,
    Same,
}

impl Tally {
    /// Adds the counts of another tally.
    pub fn add(&mut self, other: Self) {
        self.made += other.made;
        self.changed += other.changed;
        self.same += other.same;
        self.refused.extend(other.refused);
    }
}
