//! Credentials in imports: password hashes, API key hashes and TOTP secrets, never a plain password or API key.

use gantry_crypto::{hex, password, token, totp};
use gantry_db::Tx;

use super::passwords::NewPassword;
use super::store::{self, Credential};
use super::{CredentialState, CredentialType, fields};
use crate::auth_providers::{self, ProviderType};
use crate::core::Core;
use crate::error::{FieldError, Result};
use crate::fields::{Fields, Sent};
use crate::realms::Realm;
use crate::words::word;

/// Maximum length of a password hash.
const LONGEST: usize = 1024;

/// Reads `password_hash` in one of the formats that logins can verify.
pub(crate) fn imported_hash(sent: &mut Fields) -> Option<NewPassword> {
    match sent.line("password_hash", LONGEST) {
        Sent::Value(text) if text.is_empty() => None,
        Sent::Value(text) if password::is_hash(&text) => Some(NewPassword::from_hash(text)),
        Sent::Value(_) => {
            sent.error("password_hash", "unknown", "Password hash is of no known form, or costs too much to verify");
            None
        }
        Sent::Null | Sent::Absent => None,
    }
}

/// Returns whether the user has a password.
pub(crate) async fn has_password(tx: &mut Tx, realm: &Realm, user: &str) -> Result<bool> {
    Ok(store::of_user(tx, &realm.id, user).await?.iter().any(|one| one.credential_type == CredentialType::Password))
}

/// Reads the API key or TOTP device of an import line. Returns `None` if the user already has it. The inner `Err` holds
/// the validation errors of the line.
pub(crate) async fn imported(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    user: Option<&str>,
    mut sent: Fields,
) -> Result<std::result::Result<Option<Credential>, Vec<FieldError>>> {
    let kind = word::<CredentialType>(&mut sent, "credential_type").value();
    sent.required("credential_type", kind.is_some());
    let mut credential = fields::fresh(core, realm, user.unwrap_or_default(), kind.unwrap_or(CredentialType::ApiKey));
    match kind {
        None => {}
        Some(CredentialType::ApiKey) => {
            let hash = sent.line("api_key_hash", 64).value().and_then(|text| hex::decode(&text));
            let fits = hash.as_ref().is_some_and(|hash| hash.len() == 32);
            if !fits {
                sent.error("api_key_hash", "invalid", "Api key hash must be a SHA-256 in 64 hexadecimal digits");
            }
            credential.api_key_hash = hash;
        }
        Some(CredentialType::Totp) => device(core, tx, realm, &mut credential, &mut sent).await?,
        Some(_) => {
            sent.error("credential_type", "unsupported", "Credential type must be api_key or totp to be imported");
        }
    }
    if let Sent::Value(at) = sent.time_ms("created_at") {
        credential.created_at = at;
    }
    let known = match user {
        Some(user) => store::of_user(tx, &realm.id, user).await?,
        None => Vec::new(),
    };
    let same = |one: &Credential| match &credential.api_key_hash {
        Some(hash) => one.api_key_hash.as_ref().is_some_and(|theirs| token::same(theirs, hash)),
        None => one.credential_type == credential.credential_type && one.name == credential.name,
    };
    let has_it = known.iter().any(same);
    Ok(sent.into_errors().map(|()| (!has_it).then_some(credential)))
}

async fn device(core: &Core, tx: &mut Tx, realm: &Realm, credential: &mut Credential, sent: &mut Fields) -> Result<()> {
    fields::apply_name(credential, sent);
    credential.state = word(sent, "state").value().unwrap_or(CredentialState::Active);
    match auth_providers::active_of(tx, realm, ProviderType::Totp).await? {
        Some(provider) => credential.auth_provider_id = Some(provider),
        None => sent.error("credential_type", "no_provider", "Credential type totp needs the realm's totp provider"),
    }
    match sent.line("otp_secret", 128).value().and_then(|text| totp::from_base32(&text)) {
        Some(secret) => {
            let place = fields::place(&credential.id);
            credential.sealed = Some(core.master.seal(&place, &secret, &core.random));
        }
        None => sent.error("otp_secret", "invalid", "Otp secret must be base32 of 16 to 64 bytes"),
    }
    Ok(())
}

pub(crate) async fn insert_imported(tx: &mut Tx, credential: &Credential) -> Result<()> {
    store::insert(tx, credential).await.map_err(super::keys::taken)
}
