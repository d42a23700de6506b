//! Logins at providers, from the first address to what comes of them.

use std::sync::Arc;

use gantry_core::actor::{Access, Actor};
use gantry_core::auth_providers::{self, ProviderType, SocialClient};
use gantry_core::connected_apps::Place;
use gantry_core::events::FailureReason;
use gantry_core::logins::Door;
use gantry_core::realms::Realm;
use gantry_core::social_logins::{self, Arrival, Arrived, Bound, Pending, Way};
use gantry_core::{Core, FieldError};
use gantry_outbound::Outbound;
use secrecy::SecretString;

use crate::authorize;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::whereabouts::Whereabouts;

/// Speaks to providers for all surfaces.
pub struct Social {
    core: Arc<Core>,
    engine: Engine,
}

/// A login that was begun.
#[derive(Debug, Clone)]
pub struct Started {
    /// `ap_…`
    pub id: String,
    /// Its kind.
    pub provider_type: ProviderType,
    /// Where the browser goes, within half an hour.
    pub url: String,
}

/// What a provider sent back by way of the browser.
#[derive(Debug, Clone, Copy)]
pub struct Returned<'a> {
    /// Ours.
    pub state: &'a str,
    /// The provider's.
    pub code: &'a str,
    /// Who the provider says it is, where the browser brings that along (RFC 9207).
    pub issuer: Option<&'a str>,
}

/// A login that came to nothing, with what it came from, where that is known.
pub struct Failed {
    /// Why.
    pub error: Error,
    /// The login; its state can be used again unless the error says otherwise.
    pub pending: Option<Box<Pending>>,
}

impl Social {
    /// Reaches the providers there are, or those of a test.
    pub fn new(core: Arc<Core>, outbound: Outbound, at: Whereabouts) -> Self {
        let engine = Engine::new(core.clock.clone(), outbound, at);
        Self { core, engine }
    }

    /// Begins a login at the provider of this id or kind.
    ///
    /// # Errors
    /// [`gantry_core::Error::NotFound`] for a provider that is not active; [`Error::Unreachable`] for one whose addresses
    /// cannot be found out.
    pub async fn start(&self, realm: &Realm, actor: &Actor, key: &str, way: Way, bound: Bound<'_>) -> Result<Started> {
        let client = auth_providers::social_client(&self.core, realm, key).await?;
        self.start_at(realm, actor, &client, way, bound).await
    }

    /// Begins one at each active provider. One that cannot be reached now is left out.
    ///
    /// # Errors
    /// Those of the product.
    pub async fn start_all(&self, realm: &Realm, actor: &Actor, way: &Way, bound: Bound<'_>) -> Result<Vec<Started>> {
        let mut started = Vec::new();
        for provider in auth_providers::social(&self.core.db, realm).await? {
            let client = auth_providers::client_of(&self.core, provider)?;
            match self.start_at(realm, actor, &client, way.clone(), bound).await {
                Ok(one) => started.push(one),
                Err(Error::Core(error)) => return Err(error.into()),
                Err(error) => warn(&client, &error),
            }
        }
        Ok(started)
    }

    async fn start_at(
        &self,
        realm: &Realm,
        actor: &Actor,
        client: &SocialClient,
        way: Way,
        bound: Bound<'_>,
    ) -> Result<Started> {
        let callback = way.callback.clone();
        // Whatever can fail comes first: a login that cannot begin keeps no state, and takes no slot of its address.
        let description = self.engine.description(client).await?;
        let begun = social_logins::begin(&self.core, realm, actor, &client.provider, way, bound).await?;
        let url = authorize::url(&description, client, &begun, &callback)?;
        Ok(Started { id: client.provider.id.clone(), provider_type: client.provider.provider_type, url })
    }

    /// Ends a login with what came back: the code becomes an identity, and that whatever core makes of it. On the hosted
    /// pages `place` tells where a mail about it leads back to.
    ///
    /// # Errors
    /// [`Failed`]: with [`gantry_core::Error::Invalid`] (`state`) where there is no such login for this browser or nonce.
    pub async fn finish(
        &self,
        realm: &Realm,
        actor: &Actor,
        returned: Returned<'_>,
        bound: Bound<'_>,
        (door, place): (Door, impl Fn(&Way) -> Option<Place>),
    ) -> Result<(Arrived, Way), Failed> {
        let may = actor.need(Access::Write);
        may.map_err(|error| Failed { error: error.into(), pending: None })?;
        let found = social_logins::find(&self.core, realm, returned.state, bound).await;
        let pending = found.map_err(|error| Failed { error: error.into(), pending: None })?;
        let Some(pending) = pending else { return Err(Failed { error: unknown_state(), pending: None }) };
        let place = place(&pending.way);
        // On the heap: a login holds a lot of state while it waits.
        let ended = Box::pin(self.ended(realm, actor, &pending, returned, (door, place))).await;
        match self.recorded(realm, actor, &pending.auth_provider_id, ended).await {
            Ok(arrived) => Ok((arrived, pending.way)),
            Err(error) => Err(Failed { error, pending: Some(Box::new(pending)) }),
        }
    }

    async fn ended(
        &self,
        realm: &Realm,
        actor: &Actor,
        pending: &Pending,
        returned: Returned<'_>,
        (door, place): (Door, Option<Place>),
    ) -> Result<Arrived> {
        let client = auth_providers::social_client(&self.core, realm, &pending.auth_provider_id).await?;
        let identity = match self.engine.identified(&client, pending, returned).await {
            Ok(identity) => identity,
            Err(error) => {
                warn(&client, &error);
                if !matches!(error, Error::Core(_) | Error::Unreachable(_)) {
                    social_logins::refused(&self.core, pending).await?;
                }
                return Err(error);
            }
        };
        let arrival = Arrival { auth_provider: &client.provider.id, pending: Some(pending), identity, place };
        Ok(social_logins::log_in(&self.core, realm, actor, arrival, door).await?)
    }

    /// Logs in by a token that the provider's own software has given an app.
    ///
    /// # Errors
    /// [`Error::Unchecked`] where the provider cannot tell for whom it was issued; [`Error::Distrusted`] if it was not
    /// for our client.
    pub async fn vouched(
        &self,
        realm: &Realm,
        actor: &Actor,
        key: &str,
        access: &SecretString,
        door: Door,
    ) -> Result<Arrived> {
        actor.need(Access::Write)?;
        let client = auth_providers::social_client(&self.core, realm, key).await?;
        let arrived = match self.engine.vouched_for(&client, access).await {
            Ok(identity) => {
                let arrival = Arrival { auth_provider: &client.provider.id, pending: None, identity, place: None };
                social_logins::log_in(&self.core, realm, actor, arrival, door).await.map_err(Error::from)
            }
            Err(error) => {
                warn(&client, &error);
                Err(error)
            }
        };
        self.recorded(realm, actor, &client.provider.id, arrived).await
    }

    /// Records a refused login as an event, unless the product has done so already.
    async fn recorded<T>(&self, realm: &Realm, actor: &Actor, provider: &str, came_of: Result<T>) -> Result<T> {
        if let Some(reason) = came_of.as_ref().err().and_then(reason) {
            social_logins::record_refusal(&self.core, realm, actor, provider, reason).await?;
        }
        came_of
    }
}

/// Why a login at a provider was refused; none where that is recorded already, or was no refusal.
fn reason(error: &Error) -> Option<FailureReason> {
    use gantry_core::Error as Core;
    let about = |fields: &[FieldError], name: &str| fields.iter().any(|field| field.field == name);
    match error {
        Error::Refused(_) => Some(FailureReason::ProviderRefused),
        Error::Unreachable(_) => Some(FailureReason::ProviderUnreachable),
        Error::Distrusted(_) | Error::Unchecked => Some(FailureReason::ProviderDistrusted),
        Error::Core(Core::NotFound("signup")) => Some(FailureReason::SignupsOff),
        Error::Core(Core::Invalid(fields)) if about(fields, "state") => None,
        Error::Core(Core::Invalid(fields))
            if about(fields, "email") && fields.iter().all(|one| one.code == "taken") =>
        {
            Some(FailureReason::EmailTaken)
        }
        Error::Core(Core::Invalid(_)) => Some(FailureReason::InvalidIdentity),
        Error::Core(_) => None,
    }
}

fn unknown_state() -> Error {
    let sentence = "State is unknown, expired or was used before";
    Error::Core(gantry_core::Error::Invalid(vec![FieldError::new("state", "unknown", sentence)]))
}

/// Said once for the operator: providers fail in ways that only their logs and ours together explain.
fn warn(client: &SocialClient, error: &Error) {
    if !matches!(error, Error::Core(_)) {
        let (provider, kind) = (&client.provider.id, client.provider.title());
        tracing::warn!(provider, kind, %error, "a social login came to nothing");
    }
}
