//! The option `--kind` of `gantry import` and `gantry export`.

use clap::ValueEnum;
use gantry_core::imports::RecordKind;

/// The kinds of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Users
    User,
    /// Orgs
    Org,
    /// Memberships
    Membership,
    /// Keys of systems, devices of users
    Credential,
}

impl From<Kind> for RecordKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::User => Self::User,
            Kind::Org => Self::Org,
            Kind::Membership => Self::Membership,
            Kind::Credential => Self::Credential,
        }
    }
}
