//! Finds, lists, creates, updates and deletes the realm's providers, and reads their settings.

use gantry_db::{Query, Tx};
use secrecy::SecretString;

use super::store::{self, AuthProvider};
use super::{LoginRocket, ProviderType, Settings, fields};
use crate::actor::{Access, Actor};
use crate::core::{Core, WHOLE_REALM};
use crate::credentials::PasswordPolicy;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::Fields;
use crate::json;
use crate::page::{Listed, Offer, Page};
use crate::realms::Realm;
use crate::recovery_codes;
use crate::words::{State, Word, word};

/// Sort orders and page size of the list of providers.
pub const OFFER: Offer = Offer { sorts: &["id"], descending: false, most: 100 };

/// Inserts the password provider of a new realm. It is part of the realm, so no event is recorded for it.
pub(crate) async fn insert_default(core: &Core, tx: &mut Tx, realm: &Realm) -> Result<()> {
    let settings = Settings::default_of(ProviderType::Password);
    Ok(store::insert(tx, &fresh(core, realm, ProviderType::Password, &settings)).await?)
}

/// Enables LoginRocket in the realm.
pub(crate) async fn insert_login_rocket(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    settings: &LoginRocket,
) -> Result<()> {
    let settings = Settings::LoginRocket(settings.clone());
    let provider = fresh(core, realm, ProviderType::LoginRocket, &settings);
    store::insert(tx, &provider).await?;
    events::record(core, tx, realm, actor, EventType::AuthProviderCreated, Subject::auth_provider(&provider.id))
        .await?;
    Ok(())
}

fn fresh(core: &Core, realm: &Realm, provider_type: ProviderType, settings: &Settings) -> AuthProvider {
    let now = core.clock.now_ms();
    AuthProvider {
        id: core.new_id("ap", now),
        realm_id: realm.id.clone(),
        provider_type,
        state: State::Active,
        name: None,
        client_id: None,
        client_secret: None,
        scopes: None,
        settings: json::to_text(settings),
        created_at: now,
    }
}

/// A provider with its settings.
pub struct Shown {
    /// The stored provider.
    pub provider: AuthProvider,
    /// Settings of its provider type.
    pub settings: Settings,
    /// Client secret at the provider, for callers with the right `admin_realm`.
    pub client_secret: Option<SecretString>,
}

/// Returns one provider by its id, or by its type if a realm has at most one of that type.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, key: &str) -> Result<Shown> {
    actor.need(Access::Read)?;
    shown(core, actor, by_key(&core.db, realm, key).await?)
}

async fn by_key(q: impl Query, realm: &Realm, key: &str) -> Result<AuthProvider> {
    let found = match ProviderType::parse(key) {
        Some(kind) => store::of_type(q, &realm.id, kind).await?,
        None => store::find(q, &realm.id, key).await?,
    };
    found.ok_or(Error::NotFound("auth provider"))
}

fn shown(core: &Core, actor: &Actor, provider: AuthProvider) -> Result<Shown> {
    let settings = Settings::read(provider.provider_type, &provider.settings).map_err(Error::internal)?;
    let client_secret = match &provider.client_secret {
        Some(sealed) if actor.need(Access::AdminRealm).is_ok() => {
            let opened = core.master.open(&fields::place(&provider.id), sealed).map_err(Error::internal)?;
            std::str::from_utf8(&opened).ok().map(SecretString::from)
        }
        _ => None,
    };
    Ok(Shown { provider, settings, client_secret })
}

/// Lists the realm's providers.
pub async fn list(core: &Core, realm: &Realm, actor: &Actor, page: &Page) -> Result<Listed<Shown>> {
    actor.need(Access::Read)?;
    let listed = page.listed(store::list(&core.db, &realm.id, page).await?);
    listed.with(|provider| shown(core, actor, provider))
}

/// Creates a provider. A realm has at most one of each type, except `oauth2`.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, mut sent: Fields) -> Result<Shown> {
    actor.need(Access::AdminRealm)?;
    let Some(kind) = word::<ProviderType>(&mut sent, "provider_type").value() else {
        sent.required("provider_type", false);
        sent.finish()?;
        return Err(Error::internal("a missing type was not refused"));
    };
    let mut settings = Settings::default_of(kind);
    let mut provider = fresh(core, realm, kind, &settings);
    fields::apply(core, &mut provider, &mut settings, &mut sent);
    sent.finish()?;
    provider.settings = json::to_text(&settings);
    let mut tx = core.db.begin().await?;
    store::insert(&mut tx, &provider).await.map_err(taken)?;
    let subject = Subject::auth_provider(&provider.id);
    events::record(core, &mut tx, realm, actor, EventType::AuthProviderCreated, subject).await?;
    tx.commit().await?;
    shown(core, actor, provider)
}

/// Changes the settings of a provider. Its type cannot be changed.
pub async fn update(core: &Core, realm: &Realm, actor: &Actor, key: &str, mut sent: Fields) -> Result<Shown> {
    actor.need(Access::AdminRealm)?;
    let id = by_key(&core.db, realm, key).await?.id;
    let mut tx = core.db.begin().await?;
    let locked = store::lock(&mut tx, &realm.id, &id).await?;
    let mut provider = locked.ok_or(Error::NotFound("auth provider"))?;
    let mut settings = Settings::read(provider.provider_type, &provider.settings).map_err(Error::internal)?;
    fields::apply(core, &mut provider, &mut settings, &mut sent);
    sent.finish()?;
    provider.settings = json::to_text(&settings);
    store::update(&mut tx, &provider).await?;
    events::record(core, &mut tx, realm, actor, EventType::AuthProviderUpdated, Subject::auth_provider(&id)).await?;
    tx.commit().await?;
    shown(core, actor, provider)
}

/// Deletes a provider with its TOTP devices or social identities.
pub async fn delete(core: &Core, realm: &Realm, actor: &Actor, key: &str) -> Result<()> {
    actor.need(Access::AdminRealm)?;
    let id = by_key(&core.db, realm, key).await?.id;
    let mut tx = core.db.begin().await?;
    tx.set_deadline(WHOLE_REALM).await?;
    if !store::delete(&mut tx, &realm.id, &id).await? {
        return Err(Error::NotFound("auth provider"));
    }
    // The devices were deleted with their provider, so users may have recovery codes without a device.
    recovery_codes::delete_orphans(&mut tx, &realm.id).await?;
    events::record(core, &mut tx, realm, actor, EventType::AuthProviderDeleted, Subject::auth_provider(&id)).await?;
    tx.commit().await?;
    Ok(())
}

fn taken(error: gantry_db::Error) -> Error {
    if error.is_unique("auth_providers_realm_id_provider_type") {
        Error::invalid("provider_type", "taken", "Provider type has already been taken: this realm has one")
    } else {
        error.into()
    }
}

/// Returns the rules for new passwords, or `None` if the realm has no active password provider.
pub async fn password_policy(q: impl Query, realm: &Realm) -> Result<Option<PasswordPolicy>> {
    active(q, realm, ProviderType::Password).await
}

/// Returns the LoginRocket settings of this realm, or `None` if LoginRocket is off.
pub async fn login_rocket(q: impl Query, realm: &Realm) -> Result<Option<LoginRocket>> {
    active(q, realm, ProviderType::LoginRocket).await
}

/// Returns the realm's provider with this id if it is active.
pub(crate) async fn active_one(q: impl Query, realm: &Realm, id: &str) -> Result<Option<AuthProvider>> {
    Ok(store::find(q, &realm.id, id).await?.filter(|provider| provider.state == State::Active))
}

/// Returns the id of the realm's active provider of a type that a realm has at most once.
pub(crate) async fn active_of(q: impl Query, realm: &Realm, kind: ProviderType) -> Result<Option<String>> {
    let provider = store::of_type(q, &realm.id, kind).await?;
    Ok(provider.filter(|provider| provider.state == State::Active).map(|provider| provider.id))
}

async fn active<T: serde::de::DeserializeOwned>(
    q: impl Query,
    realm: &Realm,
    provider_type: ProviderType,
) -> Result<Option<T>> {
    let provider = store::of_type(q, &realm.id, provider_type).await?;
    match provider.filter(|provider| provider.state == State::Active) {
        Some(provider) => serde_json::from_str(&provider.settings).map(Some).map_err(Error::internal),
        None => Ok(None),
    }
}
