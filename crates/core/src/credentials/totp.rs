//! Devices that make one-time codes: enrolled once a right code was shown, each code taken once.

use gantry_crypto::totp::{self, Drift};
use gantry_db::{Query, Tx};

use super::store::{self, Credential};
use super::{CredentialState, CredentialType, fields};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::failed_attempts::{self, FailureCount, StoredFailures};
use crate::fields::Fields;
use crate::known_browsers;
use crate::realms::Realm;
use crate::recovery_codes;
use crate::text;
use crate::tries::LoginSlots;
use crate::users::{self, Login, User};

/// Gives the device its secret.
pub(super) fn enrol(core: &Core, credential: &mut Credential) {
    let secret = totp::secret(&core.random);
    credential.state = CredentialState::New;
    credential.sealed = Some(core.master.seal(&fields::place(&credential.id), &secret, &core.random));
}

/// What is shown of a new device: its secret in base32, and the address for a QR code.
pub(super) fn provisioning(
    core: &Core,
    realm: &Realm,
    user: &User,
    credential: &Credential,
) -> Result<Option<(String, String)>> {
    if credential.credential_type != CredentialType::Totp || credential.state != CredentialState::New {
        return Ok(None);
    }
    let secret = secret_of(core, credential)?;
    Ok(Some((totp::base32(&secret), totp::uri(&secret, &realm.name, &user.username))))
}

/// The device's secret.
pub(crate) fn secret_of(core: &Core, credential: &Credential) -> Result<Vec<u8>> {
    let sealed = credential.sealed.as_ref().ok_or_else(|| Error::internal("a device without a secret"))?;
    let secret = core.master.open(&fields::place(&credential.id), sealed).map_err(Error::internal)?;
    Ok(secret.to_vec())
}

/// A code that is tried for a user. Right passwords do not empty this count, or whoever knows the password could try codes
/// without end.
pub(crate) struct CodeAttempt {
    count: FailureCount,
    slots: LoginSlots,
}

impl CodeAttempt {
    /// Begins an attempt inside the transaction that looks at the code. The user has to be locked, and `login` read since.
    ///
    /// # Errors
    /// [`Error::Limited`] after too many wrong ones, of the user or from the address.
    pub(crate) fn begin(core: &Core, realm: &Realm, actor: &Actor, user: &str, login: &Login) -> Result<Self> {
        let browser = known_browsers::name(core, realm, (user, login.known_browsers), &actor.origin);
        let count = FailureCount::codes(realm, user, browser.as_deref());
        count.check(core, login.failures())?;
        let slots = if count.is_of_known_browser() {
            LoginSlots::default()
        } else {
            core.tries.login(core.clock.now_ms(), actor.origin.ip.as_deref(), actor.origin.app.as_deref())?
        };
        Ok(Self { count, slots })
    }

    /// Where it is counted if it is wrong.
    pub(crate) fn count(&self) -> &FailureCount {
        &self.count
    }

    /// The code was right: the wrong ones before it are forgotten.
    pub(crate) async fn succeeded(self, core: &Core, tx: &mut Tx, stored: StoredFailures<'_>) -> Result<()> {
        self.count.clear(tx, stored).await?;
        core.tries.give_back(&self.slots);
        Ok(())
    }
}

/// A device in use.
pub struct Verified {
    /// Itself.
    pub credential: Credential,
    /// The user's recovery codes, if they had none.
    pub codes: Option<recovery_codes::Made>,
}

/// Puts a device to use by a code that it shows; a user without recovery codes gets some.
///
/// # Errors
/// [`Error::Invalid`] for a wrong code, telling so if the device's clock is off: whoever enrols a device has its secret,
/// so there is nothing to guess.
pub async fn verify(core: &Core, realm: &Realm, actor: &Actor, id: &str, mut sent: Fields) -> Result<Verified> {
    actor.need(Access::Write)?;
    let digits = sent.line("code", 32).value().map(|typed| text::code(&typed)).unwrap_or_default();
    sent.required("code", !digits.is_empty());
    let credential = store::find(&core.db, &realm.id, id).await?.ok_or(Error::NotFound("credential"))?;
    if credential.credential_type != CredentialType::Totp {
        sent.error("base", "not_totp", "Credential is of a type that needs no verification");
    }
    sent.finish()?;
    let mut tx = core.db.begin().await?;
    let owner = users::locked_login(&mut tx, realm, &credential.user_id).await?;
    let (owner, login) = owner.ok_or(Error::NotFound("credential"))?;
    let attempt = CodeAttempt::begin(core, realm, actor, &owner.id, &login)?;
    if !spend_on(core, &mut tx, &credential, &digits).await? {
        failed_attempts::count_failure(core, &mut tx, realm, actor, attempt.count()).await?;
        tx.commit().await?;
        let drift = totp::drift(&secret_of(core, &credential)?, &digits, core.clock.now_ms());
        return Err(mismatch(drift));
    }
    store::activate(&mut tx, &realm.id, id).await?;
    let codes = recovery_codes::make_first(core, &mut tx, realm, actor, &credential.user_id).await?;
    let subject = Subject::user(&credential.user_id);
    events::record(core, &mut tx, realm, actor, EventType::UserUpdated, subject).await?;
    attempt.succeeded(core, &mut tx, login.failures()).await?;
    tx.commit().await?;
    Ok(Verified { credential: Credential { state: CredentialState::Active, ..credential }, codes })
}

/// What is wrong with a code that a new device shows.
fn mismatch(drift: Option<Drift>) -> Error {
    let refuse = |code, text: String| Error::invalid("code", code, format!("Verification failed: {text}"));
    let (code, minutes, way) = match drift {
        None => return refuse("mismatch", "Code is wrong, or was used before".to_owned()),
        Some(Drift::Behind { minutes }) => ("clock_behind", minutes, "behind"),
        Some(Drift::Ahead { minutes }) => ("clock_ahead", minutes, "ahead"),
    };
    let text = format!(
        "Code is of another time: the device's clock is about {} {way}, please set it",
        minutes_in_words(minutes)
    );
    refuse(code, text)
}

/// `3 minutes`
pub(crate) fn minutes_in_words(minutes: u64) -> String {
    if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") }
}

/// Minutes by which the clock of one of the user's devices is behind, if this code was right then. That a code will be
/// right later is never told: whoever guesses would only have to wait.
pub(crate) async fn behind(core: &Core, realm: &Realm, user: &str, digits: &str) -> Result<Option<u64>> {
    for device in store::devices(&core.db, &realm.id, user).await? {
        let drift = totp::drift(&secret_of(core, &device)?, digits, core.clock.now_ms());
        if let Some(Drift::Behind { minutes }) = drift {
            return Ok(Some(minutes));
        }
    }
    Ok(None)
}

/// Whether the user has a device in use.
pub(crate) async fn has_device(q: impl Query, realm: &Realm, user: &str) -> Result<bool> {
    Ok(!store::devices(q, &realm.id, user).await?.is_empty())
}

/// Whether one of the user's devices shows this code now; it is taken once.
pub(crate) async fn spend_code(core: &Core, tx: &mut Tx, realm: &Realm, user: &str, digits: &str) -> Result<bool> {
    for device in store::devices(&mut *tx, &realm.id, user).await? {
        if spend_on(core, tx, &device, digits).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn spend_on(core: &Core, tx: &mut Tx, device: &Credential, digits: &str) -> Result<bool> {
    match totp::step(&secret_of(core, device)?, digits, core.clock.now_ms()) {
        Some(step) => store::spend_step(tx, &device.realm_id, &device.id, step).await,
        None => Ok(false),
    }
}
