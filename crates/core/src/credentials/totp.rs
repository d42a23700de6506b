//! Devices that make one-time codes: enrolled once a right code was shown, each code taken once.

use gantry_crypto::totp::{self, Drift};
use gantry_db::{Query, Tx};

use super::store::{self, Credential};
use super::{CredentialState, CredentialType, fields};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::Fields;
use crate::known_browsers;
use crate::realms::Realm;
use crate::recovery_codes;
use crate::text;
use crate::tries::Try;
use crate::users::{self, Key, User};

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

/// Takes a slot for a try of a code. Right passwords do not empty this count, or whoever knows the password could try
/// codes without end.
///
/// # Errors
/// [`Error::Limited`] after too many.
pub(crate) async fn code_limit(core: &Core, realm: &Realm, actor: &Actor, user: &str) -> Result<CodeTry> {
    let known = known_browsers::name_of(core, &core.db, realm, user, &actor.origin).await?;
    let slot = CodeTry { counted: format!("{user} code"), browser: known.map(|_| ALL_KNOWN) };
    core.tries.check(core.clock.now_ms(), &slot.of(realm, actor))?;
    Ok(slot)
}

/// A slot that was taken.
pub(crate) struct CodeTry {
    counted: String,
    browser: Option<&'static str>,
}

/// Codes are short, so all known browsers of a user have one count: whoever once made many of them has no more tries.
const ALL_KNOWN: &str = "all";

impl CodeTry {
    /// The code was right: the slot is free again.
    pub(crate) fn succeeded(self, core: &Core, realm: &Realm, actor: &Actor) {
        core.tries.succeeded(&self.of(realm, actor));
    }

    fn of<'a>(&'a self, realm: &'a Realm, actor: &'a Actor) -> Try<'a> {
        actor.origin.tries(realm, &self.counted, self.browser)
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
    let slot = code_limit(core, realm, actor, &credential.user_id).await?;
    let mut tx = core.db.begin().await?;
    let owner = Key::Id(credential.user_id.clone());
    users::lock(&mut tx, realm, &owner).await?.ok_or(Error::NotFound("credential"))?;
    if !spend_on(core, &mut tx, &credential, &digits).await? {
        let drift = totp::drift(&secret_of(core, &credential)?, &digits, core.clock.now_ms());
        return Err(mismatch(drift));
    }
    store::activate(&mut tx, &realm.id, id).await?;
    let codes = recovery_codes::make_first(core, &mut tx, realm, actor, &credential.user_id).await?;
    let subject = Subject::user(&credential.user_id);
    events::record(core, &mut tx, realm, actor, EventType::UserUpdated, subject).await?;
    tx.commit().await?;
    slot.succeeded(core, realm, actor);
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
