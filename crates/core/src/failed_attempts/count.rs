//! Keys of the rows that count failures.

use crate::core::Core;
use crate::realms::Realm;

/// Bytes of the keyed hash that maps unknown names to subjects: 65,536 subjects.
const SUBJECT_OF_NOBODY: usize = 2;

pub(super) const PASSWORD: &str = "password";
const CODE: &str = "code";
/// Codes are short, so all trusted browsers of a user share one count: more browsers do not allow more attempts.
const CODE_OF_KNOWN: &str = "code known";
const BROWSER: &str = "browser";

/// A count of failures, identified by its row's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailureCount {
    pub(super) realm_id: String,
    pub(super) subject: String,
    pub(super) counter: String,
    kind: CountKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CountKind {
    Passwords,
    Codes,
    OfKnownBrowser,
    OfNobody,
}

impl FailureCount {
    /// Returns the count of a user's wrong passwords: in this trusted browser, or in all other browsers together.
    pub(crate) fn passwords(realm: &Realm, user: &str, browser: Option<&str>) -> Self {
        match browser {
            Some(name) => Self::new(realm, user, format!("{BROWSER} {name}"), CountKind::OfKnownBrowser),
            None => Self::new(realm, user, PASSWORD.to_owned(), CountKind::Passwords),
        }
    }

    /// Returns the count of a user's wrong codes: in all trusted browsers together, or in all others.
    pub(crate) fn codes(realm: &Realm, user: &str, browser: Option<&str>) -> Self {
        match browser {
            Some(_) => Self::new(realm, user, CODE_OF_KNOWN.to_owned(), CountKind::OfKnownBrowser),
            None => Self::new(realm, user, CODE.to_owned(), CountKind::Codes),
        }
    }

    /// Returns the count of passwords that were tried for an unknown name.
    pub(crate) fn of_nobody(core: &Core, realm: &Realm, name: &str) -> Self {
        let mac = core.master.mac("failed attempts of nobody", &format!("{}\n{name}", realm.id));
        let subject = format!("nobody {}", gantry_crypto::hex::encode(&mac[..SUBJECT_OF_NOBODY]));
        Self::new(realm, &subject, PASSWORD.to_owned(), CountKind::OfNobody)
    }

    fn new(realm: &Realm, subject: &str, counter: String, kind: CountKind) -> Self {
        Self { realm_id: realm.id.clone(), subject: subject.to_owned(), counter, kind }
    }

    /// Returns the user's id, unless the name is unknown.
    pub(crate) fn user(&self) -> Option<&str> {
        (self.kind != CountKind::OfNobody).then_some(&self.subject)
    }

    /// Returns whether it counts wrong passwords from untrusted browsers, which lock the user out.
    pub(super) fn is_of_passwords(&self) -> bool {
        self.kind == CountKind::Passwords
    }

    /// Returns whether it counts for trusted browsers, where the limits of address and app do not apply.
    pub(crate) fn is_of_known_browser(&self) -> bool {
        self.kind == CountKind::OfKnownBrowser
    }

    /// Returns its key in memory.
    pub(super) fn key(&self) -> (&str, &str, &str) {
        (&self.realm_id, &self.subject, &self.counter)
    }
}

/// The counts of a user as a statement lists them: `COUNTER EMPTY_AT` of each, separated by commas.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoredFailures<'a>(pub(crate) Option<&'a str>);

impl StoredFailures<'_> {
    /// Returns when this count is empty, in epoch milliseconds; `None` without failures.
    pub(super) fn empty_at(self, count: &FailureCount) -> Option<i64> {
        let mut rows = self.0?.split(',').filter_map(|row| row.rsplit_once(' '));
        rows.find(|(counter, _)| *counter == count.counter)?.1.parse().ok()
    }
}
