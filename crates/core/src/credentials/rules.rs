//! Finds, creates, changes and deletes credentials.

use gantry_db::{Query, Tx};
use secrecy::SecretString;

use super::store::{self, Credential};
use super::{CredentialType, fields, keys, passwords, totp};
use crate::actor::{Access, Actor};
use crate::auth_providers::{self, ProviderType};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::{Fields, Sent};
use crate::one_time_tokens::{self, Purpose};
use crate::realms::Realm;
use crate::recovery_codes;
use crate::sessions;
use crate::users::{self, Key, User, UserType};
use crate::words::{Word, word};

/// A credential with those secrets that may be revealed now.
pub struct Shown {
    /// The stored credential.
    pub credential: Credential,
    /// The API key, if it was just created or is readable.
    pub api_key: Option<SecretString>,
    /// Access token of the social provider.
    pub access_token: Option<SecretString>,
    /// Of a new TOTP device: its secret in base32 and the URI for a QR code.
    pub provisioning: Option<(String, String)>,
}

/// Returns one credential. Its secrets allow logging in as the user, so they are included only for the right `write`.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<Shown> {
    actor.need(Access::Read)?;
    let credential = store::find(&core.db, &realm.id, id).await?.ok_or(Error::NotFound("credential"))?;
    if !actor.may(Access::Write) {
        return Ok(Shown { credential, api_key: None, access_token: None, provisioning: None });
    }
    shown(core, &core.db, realm, credential).await
}

async fn shown(core: &Core, q: impl Query, realm: &Realm, credential: Credential) -> Result<Shown> {
    let key = Key::Id(credential.user_id.clone());
    let (user, _) = users::read(core, q, realm, &key).await?;
    let api_key = match credential.credential_type {
        CredentialType::ApiKey => keys::readable(core, realm, &credential)?,
        _ => None,
    };
    let provisioning = totp::provisioning(core, realm, &user, &credential)?;
    let access_token = match (&credential.sealed, social(credential.credential_type)) {
        (Some(sealed), Some(_)) => {
            let opened = core.master.open(&fields::place(&credential.id), sealed).map_err(Error::internal)?;
            std::str::from_utf8(&opened).ok().map(SecretString::from)
        }
        _ => None,
    };
    Ok(Shown { credential, api_key, access_token, provisioning })
}

/// Returns the provider type of a social identity, `None` for other credentials.
fn social(credential_type: CredentialType) -> Option<ProviderType> {
    match credential_type {
        CredentialType::ApiKey | CredentialType::Password | CredentialType::Totp => None,
        other => ProviderType::parse(other.as_str()),
    }
}

/// Adds a credential to a user.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, mut sent: Fields) -> Result<Shown> {
    actor.need(Access::Write)?;
    let user_id = sent.line("user_id", 255).value().unwrap_or_default();
    sent.required("user_id", !user_id.is_empty());
    let wanted: Option<CredentialType> = word(&mut sent, "credential_type").value();
    sent.required("credential_type", wanted.is_some());
    let user = users::resolve(&core.db, realm, &user_id).await?;
    if user.is_none() && !user_id.is_empty() {
        sent.error("user_id", "unknown", "User can't be found in this realm");
    }
    let (Some(user), Some(wanted)) = (user, wanted) else {
        sent.finish()?;
        return Err(Error::internal("a missing field was not refused"));
    };
    let needed = if wanted == CredentialType::ApiKey { UserType::Api } else { UserType::Human };
    if user.user_type != needed {
        let rule = format!("Credential type {} is not for users of this type", wanted.as_str());
        sent.error("credential_type", "wrong_user_type", rule);
    }
    match wanted {
        CredentialType::ApiKey => create_key(core, realm, actor, &user, sent).await,
        CredentialType::Password => create_password(core, realm, actor, &user, sent).await,
        _ => create_at_provider(core, realm, actor, (&user, wanted), sent).await,
    }
}

async fn create_key(core: &Core, realm: &Realm, actor: &Actor, user: &User, mut sent: Fields) -> Result<Shown> {
    let wanted = keys::wanted_key(&mut sent, true);
    sent.finish()?;
    let wanted = wanted.ok_or_else(|| Error::internal("a wrong key was not refused"))?;
    let mut tx = core.db.begin().await?;
    let (credential, key) = keys::insert_key(core, &mut tx, realm, &user.id, wanted).await?;
    changed(core, &mut tx, realm, actor, &user.id).await?;
    tx.commit().await?;
    Ok(Shown { credential, api_key: Some(key), access_token: None, provisioning: None })
}

async fn create_password(core: &Core, realm: &Realm, actor: &Actor, user: &User, mut sent: Fields) -> Result<Shown> {
    let policy = core.password_policy(realm).await?;
    let wanted = passwords::wanted(&mut sent, &policy, user, true);
    sent.finish()?;
    let wanted = wanted.ok_or_else(|| Error::internal("a missing password was not refused"))?;
    let hash = wanted.hash(core).await?;
    let mut tx = core.db.begin().await?;
    let credential = passwords::insert_password(core, &mut tx, realm, user, hash).await?;
    changed(core, &mut tx, realm, actor, &user.id).await?;
    tx.commit().await?;
    Ok(Shown { credential, api_key: None, access_token: None, provisioning: None })
}

/// Creates a TOTP device or a social identity. Both belong to one of the realm's active providers.
async fn create_at_provider(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    (user, wanted): (&User, CredentialType),
    mut sent: Fields,
) -> Result<Shown> {
    let mut credential = fields::fresh(core, realm, &user.id, wanted);
    let provider_type = social(wanted).unwrap_or(ProviderType::Totp);
    let provider_id = sent.line("auth_provider_id", 255).value().unwrap_or_default();
    sent.required("auth_provider_id", !provider_id.is_empty());
    if !provider_id.is_empty() {
        let provider = auth_providers::active_one(&core.db, realm, &provider_id).await?;
        match provider.filter(|provider| provider.provider_type == provider_type) {
            Some(provider) => credential.auth_provider_id = Some(provider.id),
            None => sent.error(
                "auth_provider_id",
                "unknown",
                format!("Auth provider can't be found among the active {} providers", provider_type.as_str()),
            ),
        }
    }
    if wanted == CredentialType::Totp {
        fields::apply_name(&mut credential, &mut sent);
        totp::enrol(core, &mut credential);
    } else {
        fields::apply_social(core, &mut credential, &mut sent);
    }
    sent.finish()?;
    let mut tx = core.db.begin().await?;
    store::insert(&mut tx, &credential).await.map_err(taken)?;
    changed(core, &mut tx, realm, actor, &user.id).await?;
    let made = shown(core, &mut tx, realm, credential).await?;
    tx.commit().await?;
    Ok(made)
}

/// Changes a credential: a password (ends all sessions, unless `keep_sessions` is sent as true), an API key, the name
/// of a device, or the token of a social provider.
pub async fn update(core: &Core, realm: &Realm, actor: &Actor, id: &str, mut sent: Fields) -> Result<Shown> {
    actor.need(Access::Write)?;
    let before = store::find(&core.db, &realm.id, id).await?.ok_or(Error::NotFound("credential"))?;
    let key = Key::Id(before.user_id.clone());
    let (user, _) = users::read(core, &core.db, realm, &key).await?;
    let policy = core.password_policy(realm).await?;
    let is = |kind| before.credential_type == kind;
    let password =
        if is(CredentialType::Password) { passwords::wanted(&mut sent, &policy, &user, false) } else { None };
    let new_key = if is(CredentialType::ApiKey) { keys::wanted_key(&mut sent, false) } else { None };
    let keep_sessions = matches!(sent.boolean("keep_sessions"), Sent::Value(true));
    let password = match password {
        Some(password) if !sent.has_error("password") => Some(password.hash(core).await?),
        _ => None,
    };

    let mut tx = core.db.begin().await?;
    users::lock(&mut tx, realm, &key).await?;
    let locked = store::lock(&mut tx, &realm.id, id).await?;
    let mut credential = locked.ok_or(Error::NotFound("credential"))?;
    match credential.credential_type {
        CredentialType::Totp => fields::apply_name(&mut credential, &mut sent),
        kind if social(kind).is_some() => fields::apply_social(core, &mut credential, &mut sent),
        _ => {}
    }
    sent.finish()?;
    let api_key = if let Some(wanted) = new_key {
        Some(keys::replace_key(core, &mut tx, realm, &mut credential, wanted).await?)
    } else {
        store::update(&mut tx, &credential).await.map_err(taken)?;
        None
    };
    if let Some(password) = password {
        passwords::replace_password(core, &mut tx, realm, &user, password).await?;
        if !keep_sessions {
            sessions::end_all(&mut tx, realm, &user.id).await?;
        }
    }
    changed(core, &mut tx, realm, actor, &user.id).await?;
    let told = shown(core, &mut tx, realm, credential).await?;
    tx.commit().await?;
    Ok(Shown { api_key: api_key.or(told.api_key), ..told })
}

/// Deletes a credential, even the user's last one.
pub async fn delete(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<()> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    let found = store::find(&mut tx, &realm.id, id).await?.ok_or(Error::NotFound("credential"))?;
    // The user's row is locked first, as everywhere. If the last two devices are deleted concurrently, the second
    // deletion sees that none is left.
    users::lock(&mut tx, realm, &Key::Id(found.user_id)).await?;
    let locked = store::lock(&mut tx, &realm.id, id).await?;
    let credential = locked.ok_or(Error::NotFound("credential"))?;
    store::delete(&mut tx, &realm.id, id).await?;
    if credential.credential_type == CredentialType::Totp
        && !totp::has_device(&mut tx, realm, &credential.user_id).await?
    {
        recovery_codes::end_all(&mut tx, realm, &credential.user_id).await?;
    }
    if credential.credential_type == CredentialType::Password {
        one_time_tokens::end_all(&mut tx, realm, &credential.user_id, Purpose::Login).await?;
    }
    changed(core, &mut tx, realm, actor, &credential.user_id).await?;
    tx.commit().await?;
    Ok(())
}

/// Records a change of a credential as a change of its user.
async fn changed(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, user: &str) -> Result<()> {
    events::record(core, tx, realm, actor, EventType::UserUpdated, Subject::user(user)).await?;
    Ok(())
}

pub(super) fn taken(error: gantry_db::Error) -> Error {
    if error.is_unique("credentials_auth_provider_id_provider_user_id") {
        Error::invalid("provider_user_id", "taken", "Provider user id has already been taken")
    } else {
        error.into()
    }
}
