//! What the realm's providers say.

use gantry_db::{Query, Tx};

use super::store::{self, AuthProvider};
use super::{LoginRocket, ProviderType};
use crate::actor::Actor;
use crate::core::Core;
use crate::credentials::PasswordPolicy;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::json;
use crate::realms::Realm;
use crate::words::State;

/// The password provider that every new realm begins with. It is part of the realm, so it has no event of its own.
pub(crate) async fn insert_default(core: &Core, tx: &mut Tx, realm: &Realm) -> Result<()> {
    let settings = json::to_text(&PasswordPolicy::default());
    store::insert(tx, &fresh(core, realm, ProviderType::Password, settings)).await
}

/// Switches LoginRocket on.
pub(crate) async fn insert_login_rocket(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    settings: &LoginRocket,
) -> Result<()> {
    let provider = fresh(core, realm, ProviderType::LoginRocket, json::to_text(settings));
    store::insert(tx, &provider).await?;
    let subject = Subject { auth_provider: Some(&provider.id), ..Subject::default() };
    events::record(core, tx, realm, actor, EventType::AuthProviderCreated, subject).await
}

fn fresh(core: &Core, realm: &Realm, provider_type: ProviderType, settings: String) -> AuthProvider {
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
        settings,
        created_at: now,
    }
}

/// The rules for new passwords, or `None` while the realm has no active password provider.
pub async fn password_policy(q: impl Query, realm: &Realm) -> Result<Option<PasswordPolicy>> {
    active(q, realm, ProviderType::Password).await
}

/// How LoginRocket behaves in this realm, or `None` while it is off.
pub async fn login_rocket(q: impl Query, realm: &Realm) -> Result<Option<LoginRocket>> {
    active(q, realm, ProviderType::LoginRocket).await
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
