//! TOTP devices: activated by a correct code. Each code is accepted only once.

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

/// Generates the secret of a new device.
pub(super) fn enrol(core: &Core, credential: &mut Credential) {
    let secret = totp::secret(&core.random);
    credential.state = CredentialState::New;
    credential.sealed = Some(core.master.seal(&fields::place(&credential.id), &secret, &core.random));
}

/// Returns the secret of a new device in base32 and the URI for a QR code.
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

/// Decrypts the device's secret.
pub(crate) fn secret_of(core: &Core, credential: &Credential) -> Result<Vec<u8>> {
    let sealed = credential.sealed.as_ref().ok_or_else(|| Error::internal("a device without a secret"))?;
    let secret = core.master.open(&fields::place(&credential.id), sealed).map_err(Error::internal)?;
    Ok(secret.to_vec())
}

/// An attempt to verify a code of a user. Correct passwords do not reset this count, or else an attacker who knows the
/// password could try codes without limit.
pub(crate) struct CodeAttempt {
    count: FailureCount,
    slots: LoginSlots,
}

impl CodeAttempt {
    /// Begins an attempt inside the transaction that checks the code. The user's row must be locked, and `login` must
    /// have been read since.
    ///
    /// # Errors
    /// [`Error::Limited`] after too many wrong codes of the user or from the IP address.
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

    /// Returns the counter for wrong codes.
    pub(crate) fn count(&self) -> &FailureCount {
        &self.count
    }

    /// Resets the count of wrong codes after a correct one.
    pub(crate) async fn succeeded(self, core: &Core, tx: &mut Tx, stored: StoredFailures<'_>) -> Result<()> {
        self.count.clear(tx, stored).await?;
        core.tries.give_back(&self.slots);
        Ok(())
    }
}

/// A verified device.
pub struct Verified {
    /// The credential of the device.
    pub credential: Credential,
    /// New recovery codes, if the user had none.
    pub codes: Option<recovery_codes::Made>,
}

/// Activates a device by a correct code. Creates recovery codes if the user has none.
///
/// # Errors
/// [`Error::Invalid`] for a wrong code. The error reveals if the device's clock is off: a user who enrols a device
/// knows its secret, so there is nothing to guess.
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

/// Returns the error for a wrong code of a new device.
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

/// Formats a number of minutes, such as `3 minutes`.
pub(crate) fn minutes_in_words(minutes: u64) -> String {
    if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") }
}

/// Returns by how many minutes the clock of one of the user's devices is behind, if the code was valid then. A code
/// that will be valid later is never reported: an attacker who guessed it would only need to wait.
pub(crate) async fn behind(core: &Core, realm: &Realm, user: &str, digits: &str) -> Result<Option<u64>> {
    for device in store::devices(&core.db, &realm.id, user).await? {
        let drift = totp::drift(&secret_of(core, &device)?, digits, core.clock.now_ms());
        if let Some(Drift::Behind { minutes }) = drift {
            return Ok(Some(minutes));
        }
    }
    Ok(None)
}

/// Returns whether the user has an active device.
pub(crate) async fn has_device(q: impl Query, realm: &Realm, user: &str) -> Result<bool> {
    Ok(!store::devices(q, &realm.id, user).await?.is_empty())
}

/// Consumes a code of one of the user's devices. Returns whether it was valid and unused.
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
