//! Which row a failure is counted in.

use crate::core::Core;
use crate::realms::Realm;

/// Subjects that the names share that are nobody's: 16 bits.
const SUBJECT_OF_NOBODY: usize = 2;

pub(super) const PASSWORD: &str = "password";
const CODE: &str = "code";
/// Codes are short, so all known browsers of a user have one count: many browsers give no more tries.
const CODE_OF_KNOWN: &str = "code known";
const BROWSER: &str = "browser";

/// One count of failures, named by its row's key.
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
    /// Wrong passwords of a user: in this known browser, or in all others together.
    pub(crate) fn passwords(realm: &Realm, user: &str, browser: Option<&str>) -> Self {
        match browser {
            Some(name) => Self::new(realm, user, format!("{BROWSER} {name}"), CountKind::OfKnownBrowser),
            None => Self::new(realm, user, PASSWORD.to_owned(), CountKind::Passwords),
        }
    }

    /// Wrong codes of a user: in all known browsers together, or in all others.
    pub(crate) fn codes(realm: &Realm, user: &str, browser: Option<&str>) -> Self {
        match browser {
            Some(_) => Self::new(realm, user, CODE_OF_KNOWN.to_owned(), CountKind::OfKnownBrowser),
            None => Self::new(realm, user, CODE.to_owned(), CountKind::Codes),
        }
    }

    /// Passwords tried for a name that is nobody's.
    pub(crate) fn of_nobody(core: &Core, realm: &Realm, name: &str) -> Self {
        let mac = core.master.mac("failed attempts of nobody", &format!("{}\n{name}", realm.id));
        let subject = format!("nobody {}", gantry_crypto::hex::encode(&mac[..SUBJECT_OF_NOBODY]));
        Self::new(realm, &subject, PASSWORD.to_owned(), CountKind::OfNobody)
    }

    fn new(realm: &Realm, subject: &str, counter: String, kind: CountKind) -> Self {
        Self { realm_id: realm.id.clone(), subject: subject.to_owned(), counter, kind }
    }

    /// The user, if it is one's.
    pub(crate) fn user(&self) -> Option<&str> {
        (self.kind != CountKind::OfNobody).then_some(&self.subject)
    }

    /// Whether it counts what locks the user: wrong passwords from unknown browsers.
    pub(super) fn is_of_passwords(&self) -> bool {
        self.kind == CountKind::Passwords
    }

    /// Whether it counts for a browser that the user is known in, where neither address nor app matter.
    pub(crate) fn is_of_known_browser(&self) -> bool {
        self.kind == CountKind::OfKnownBrowser
    }

    /// What names it in memory.
    pub(super) fn key(&self) -> (&str, &str, &str) {
        (&self.realm_id, &self.subject, &self.counter)
    }
}

/// The counts of a user as a statement lists them: `COUNTER EMPTY_AT` of each, with commas in between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoredFailures<'a>(pub(crate) Option<&'a str>);

impl StoredFailures<'_> {
    /// When this count is empty; none without failures.
    pub(super) fn empty_at(self, count: &FailureCount) -> Option<i64> {
        let mut rows = self.0?.split(',').filter_map(|row| row.rsplit_once(' '));
        rows.find(|(counter, _)| *counter == count.counter)?.1.parse().ok()
    }
}
