//! What became of lines.

use crate::error::FieldError;

/// A line that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// From 1.
    pub line: u64,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

/// What became of lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Made.
    pub made: u64,
    /// Brought up to date.
    pub changed: u64,
    /// Were so already.
    pub same: u64,
    /// Not taken.
    pub refused: Vec<Refused>,
}

/// What became of one line.
pub(super) enum Outcome {
    Made,
    Changed,
    Same,
}

impl Tally {
    /// With another's counts.
    pub fn add(&mut self, other: Self) {
        self.made += other.made;
        self.changed += other.changed;
        self.same += other.same;
        self.refused.extend(other.refused);
    }
}
