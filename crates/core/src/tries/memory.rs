//! All rate limits of one process, each with its own memory.

use super::attempts::Attempts;
use super::limits::{AddressLimit, AddressSlots, KeyLimit, KeySlot};
use super::quota::Quota;
use super::settings::Settings;
use crate::error::Result;

/// Minutes until a full email bucket is empty again: fewer emails flood an inbox than guesses break a password.
const MAIL_MINUTES: u32 = 60;
/// Failed logins of unknown users that are recorded as events, per realm.
const EVENTS_OF_NOBODY: u32 = 600;

/// All limits of this process.
pub struct Tries {
    pub(crate) attempts: Attempts,
    pub(super) logins: AddressLimit,
    signups: AddressLimit,
    social: AddressLimit,
    typed: AddressLimit,
    mails: AddressLimit,
    inboxes: KeyLimit,
    logins_of_app: Option<KeyLimit>,
    signups_of_app: Option<KeyLimit>,
    events_of_nobody: KeyLimit,
}

/// Slots of a login attempt from an unknown browser.
#[derive(Debug, Default)]
pub(crate) struct LoginSlots {
    address: Option<AddressSlots>,
    app: Option<KeySlot>,
}

impl Tries {
    /// Creates empty buckets.
    pub fn new(settings: &Settings) -> Self {
        let usual = |burst| Quota::new(burst, settings.minutes);
        let of_app = |burst| (burst > 0).then(|| KeyLimit::new(usual(burst)));
        Self {
            attempts: Attempts::new(usual(settings.per_user)),
            logins: AddressLimit::new(usual(settings.per_address)),
            signups: AddressLimit::new(usual(settings.signups_per_address)),
            social: AddressLimit::new(usual(settings.social_per_address)),
            typed: AddressLimit::new(usual(settings.typed_per_address)),
            mails: AddressLimit::new(Quota::new(settings.mails_per_address, MAIL_MINUTES)),
            inboxes: KeyLimit::new(Quota::new(settings.mails_per_inbox, MAIL_MINUTES)),
            logins_of_app: of_app(settings.per_app),
            signups_of_app: of_app(settings.signups_per_app),
            events_of_nobody: KeyLimit::new(usual(EVENTS_OF_NOBODY)),
        }
    }

    /// Takes a slot of the address and of the app for a login.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited) with the time until the next try can pass.
    pub(crate) fn login(&self, now_ms: i64, address: Option<&str>, app: Option<&str>) -> Result<LoginSlots> {
        let address = address.map(|address| self.logins.take(now_ms, address)).transpose()?;
        let mut slots = LoginSlots { address, app: None };
        if let (Some(limit), Some(app)) = (&self.logins_of_app, app) {
            match limit.take(now_ms, app) {
                Ok(slot) => slots.app = Some(slot),
                Err(refused) => {
                    self.give_back(&slots);
                    return Err(refused);
                }
            }
        }
        Ok(slots)
    }

    /// Returns the slots of a login that succeeded or did not take place.
    pub(crate) fn give_back(&self, slots: &LoginSlots) {
        if let Some(address) = &slots.address {
            self.logins.give_back(address);
        }
        if let (Some(limit), Some(slot)) = (&self.logins_of_app, &slots.app) {
            limit.give_back(slot);
        }
    }

    /// Takes a slot for a signup from this address, and one for the app.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited) with the time until the next one can pass.
    pub fn signup(&self, now_ms: i64, address: Option<&str>, app: Option<&str>) -> Result<()> {
        let from = address.map(|address| self.signups.take(now_ms, address)).transpose()?;
        let (Some(limit), Some(app)) = (&self.signups_of_app, app) else { return Ok(()) };
        limit.take(now_ms, app).map(|_| ()).inspect_err(|_| {
            if let Some(from) = &from {
                self.signups.give_back(from);
            }
        })
    }

    /// Takes a slot for a social login that is begun from this address.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited) with the time until the next one can pass.
    pub fn social(&self, now_ms: i64, address: Option<&str>) -> Result<()> {
        take(&self.social, now_ms, address)
    }

    /// Takes a slot for a check of a password while it is typed at this address.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited) with the time until the next one can pass.
    pub fn typed(&self, now_ms: i64, address: Option<&str>) -> Result<()> {
        take(&self.typed, now_ms, address)
    }

    /// Takes a slot for an email that is requested from this address.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited) with the time until the next one can pass.
    pub fn mail_from(&self, now_ms: i64, address: Option<&str>) -> Result<()> {
        take(&self.mails, now_ms, address)
    }

    /// Takes a slot for an email to this inbox, wherever it is requested.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited) with the time until the next one can pass.
    pub fn mail_to(&self, now_ms: i64, realm: &str, inbox: &str) -> Result<()> {
        self.inboxes.take(now_ms, (realm, inbox)).map(|_| ())
    }

    /// Returns whether to record another failed login of an unknown user: visitors must not fill the table of events.
    pub(crate) fn records_nobody(&self, now_ms: i64, realm: &str) -> bool {
        self.events_of_nobody.take(now_ms, realm).is_ok()
    }
}

fn take(limit: &AddressLimit, now_ms: i64, address: Option<&str>) -> Result<()> {
    address.map_or(Ok(()), |address| limit.take(now_ms, address).map(|_| ()))
}
