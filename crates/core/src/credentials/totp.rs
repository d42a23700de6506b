//! Devices that make one-time codes: enrolled once a right code was shown, each code taken once.

use gantry_crypto::totp;
use gantry_db::Tx;

use super::store::{self, Credential};
use super::{CredentialState, CredentialType, fields};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::Fields;
use crate::realms::Realm;
use crate::users::User;

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
pub(crate) fn code_limit(core: &Core, realm: &Realm, actor: &Actor, user: &str) -> Result<CodeTry> {
    let counted = format!("{user} code");
    core.tries.check(core.clock.now_ms(), &realm.id, &counted, actor.origin.ip.as_deref())?;
    Ok(CodeTry { counted })
}

/// A slot that was taken.
pub(crate) struct CodeTry {
    counted: String,
}

impl CodeTry {
    /// The code was right: the slot is free again.
    pub(crate) fn succeeded(self, core: &Core, realm: &Realm, actor: &Actor) {
        core.tries.succeeded(&realm.id, &self.counted, actor.origin.ip.as_deref());
    }
}

/// Puts a device to use by a code that it shows.
pub async fn verify(core: &Core, realm: &Realm, actor: &Actor, id: &str, mut sent: Fields) -> Result<Credential> {
    actor.need(Access::Write)?;
    let digits = sent.line("code", 32).value().unwrap_or_default();
    sent.required("code", !digits.is_empty());
    let credential = store::find(&core.db, &realm.id, id).await?.ok_or(Error::NotFound("credential"))?;
    if credential.credential_type != CredentialType::Totp {
        sent.error("base", "not_totp", "Credential is of a type that needs no verification");
    }
    sent.finish()?;
    let slot = code_limit(core, realm, actor, &credential.user_id)?;
    let mut tx = core.db.begin().await?;
    if !spend_on(core, &mut tx, &credential, &digits).await? {
        return Err(Error::invalid("code", "mismatch", "Verification failed: Code is wrong, or was used before"));
    }
    store::activate(&mut tx, &realm.id, id).await?;
    let subject = Subject::user(&credential.user_id);
    events::record(core, &mut tx, realm, actor, EventType::UserUpdated, subject).await?;
    tx.commit().await?;
    slot.succeeded(core, realm, actor);
    Ok(Credential { state: CredentialState::Active, ..credential })
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
