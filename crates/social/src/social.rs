//! Logins at providers: begins them, handles the callback and records refusals.

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

/// Entry point for all surfaces.
pub struct Social {
    core: Arc<Core>,
    engine: Engine,
}

/// Login that was begun and waits for the provider's callback.
#[derive(Debug, Clone)]
pub struct Started {
    /// Id of the provider, `ap_…`.
    pub id: String,
    /// Type of the provider.
    pub provider_type: ProviderType,
    /// Authorization URL for the browser, valid for 30 minutes.
    pub url: String,
}

/// Parameters of the provider's callback, as the browser sent them.
#[derive(Debug, Clone, Copy)]
pub struct Returned<'a> {
    /// State that we sent with the authorization request.
    pub state: &'a str,
    /// Authorization code.
    pub code: &'a str,
    /// Issuer (`iss`, RFC 9207), if the callback has one.
    pub issuer: Option<&'a str>,
}

/// Failed login.
pub struct Failed {
    /// Reason of the failure.
    pub error: Error,
    /// The pending login, if it was found. Its state can be used again unless the error says otherwise.
    pub pending: Option<Box<Pending>>,
}

impl Social {
    /// Creates the entry point. `at` selects the real providers or a test server.
    pub fn new(core: Arc<Core>, outbound: Outbound, at: Whereabouts) -> Self {
        let engine = Engine::new(core.clock.clone(), outbound, at);
        Self { core, engine }
    }

    /// Begins a login at the provider with this id or type.
    ///
    /// # Errors
    /// [`gantry_core::Error::NotFound`] for a provider that is not active; [`Error::Unreachable`] if its addresses
    /// cannot be discovered.
    pub async fn start(&self, realm: &Realm, actor: &Actor, key: &str, way: Way, bound: Bound<'_>) -> Result<Started> {
        let client = auth_providers::social_client(&self.core, realm, key).await?;
        self.start_at(realm, actor, &client, way, bound).await
    }

    /// Begins a login at each active provider. Unreachable providers are left out.
    ///
    /// # Errors
    /// [`Error::Core`] only.
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
        // Steps that can fail come first: a login that cannot begin must store no state and must not count against its
        // client address.
        let description = self.engine.description(client).await?;
        let begun = social_logins::begin(&self.core, realm, actor, &client.provider, way, bound).await?;
        let url = authorize::url(&description, client, &begun, &callback)?;
        Ok(Started { id: client.provider.id.clone(), provider_type: client.provider.provider_type, url })
    }

    /// Ends a login with the provider's callback: exchanges the code for an identity and passes it to core. On the
    /// hosted pages, `place` returns the page that an email about the login links to.
    ///
    /// # Errors
    /// [`Failed`], with [`gantry_core::Error::Invalid`] (`state`) if this browser or nonce has no such pending login.
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
        // Boxed, because the future of a login is large.
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

    /// Logs in with an access token that an app got from the provider's SDK.
    ///
    /// # Errors
    /// [`Error::Unchecked`] if the provider offers no way to verify which client the token was issued to;
    /// [`Error::Distrusted`] if it was issued to another client.
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

    /// Records a refused login as an event, unless core has done so already.
    async fn recorded<T>(&self, realm: &Realm, actor: &Actor, provider: &str, came_of: Result<T>) -> Result<T> {
        if let Some(reason) = came_of.as_ref().err().and_then(reason) {
            social_logins::record_refusal(&self.core, realm, actor, provider, reason).await?;
        }
        came_of
    }
}

/// Returns the failure reason to record; `None` if it is recorded already or is not a refusal.
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

/// Logs the failure for the operator, who needs both our logs and the provider's to explain it.
fn warn(client: &SocialClient, error: &Error) {
    if !matches!(error, Error::Core(_)) {
        let (provider, kind) = (&client.provider.id, client.provider.title());
        tracing::warn!(provider, kind, %error, "a social login came to nothing");
    }
}
