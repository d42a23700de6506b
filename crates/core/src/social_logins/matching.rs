//! Matches an identity at a provider to a user and continues the login.

use gantry_db::Tx;

use super::arrival::{Arrival, Arrived, Here, told_as_change};
use super::begun;
use super::{signup, waiting};
use crate::actor::{Access, Actor};
use crate::auth_providers;
use crate::core::Core;
use crate::credentials::{self, Credential};
use crate::error::{Error, Result};
use crate::events::FailureReason;
use crate::logins::{self, Door, FailedLogin};
use crate::realms::Realm;
use crate::users::{self, User, UserType};
use crate::words::State;

/// Finds the user of the identity and logs them in; creates an unknown user where signup is allowed.
///
/// # Errors
/// [`Error::Unauthenticated`] for an inactive user or realm; [`Error::Invalid`] for a state that has ended meanwhile,
/// and by [`Door::Api`] for an address that is missing or that another account has; [`Error::NotFound`] for a provider
/// that is no longer active (`auth provider`), and for unknown users where signup is off (`signup`).
pub async fn log_in(core: &Core, realm: &Realm, actor: &Actor, arrival: Arrival<'_>, door: Door) -> Result<Arrived> {
    actor.need(Access::Write)?;
    let Arrival { auth_provider, pending, identity, place } = arrival;
    let identity = identity.tidy()?;
    let settings = auth_providers::login_rocket(&core.db, realm).await?;
    let mut tx = core.db.begin().await?;
    let provider = auth_providers::active_one(&mut tx, realm, auth_provider).await?;
    let provider = provider.ok_or(Error::NotFound("auth provider"))?;
    if let Some(pending) = pending
        && !begun::spend(&mut tx, pending).await?
    {
        return Err(unusable_state());
    }
    if realm.state == State::Inactive {
        tx.commit().await?;
        return logins::refuse(core, realm, actor, FailedLogin::new(FailureReason::InactiveRealm).at(&provider.id))
            .await;
    }
    let account = identity.account(&provider)?;
    // Concurrent callbacks with one address belong to one user: the second waits here for the first.
    let owners = match &identity.email {
        Some(email) => users::owners(&mut tx, realm, email).await?,
        None => Vec::new(),
    };
    let here = Here { core, realm, actor, door, provider: &provider, account: &account, identity: &identity };
    if let Some(credential) = credentials::at_provider(&mut tx, realm, &provider.id, &identity.provider_user_id).await?
    {
        return here.known(tx, credential).await;
    }
    match here.claim(owners) {
        Claim::Proven(owner) => here.link(tx, owner).await,
        Claim::Doubtful(owner) => here.ask_for_password(tx, &owner).await,
        Claim::None => signup::of_stranger(&here, tx, settings, place).await,
    }
}

/// Returns the error for a state that cannot be used, whatever the cause.
pub(super) fn unusable_state() -> Error {
    Error::invalid("state", "unknown", "State is unknown, expired or was used before")
}

/// How an email address matches an existing account.
enum Claim {
    /// No account matches.
    None,
    /// Both the provider and we have verified the address.
    Proven(User),
    /// The account's password is required.
    Doubtful(User),
}

impl Here<'_> {
    /// Matches the owners of the address. Where addresses are not unique, a shared address matches no account.
    fn claim(&self, mut owners: Vec<User>) -> Claim {
        let several = owners.len() > 1 && !self.realm.require_unique_emails;
        let Some(owner) = owners.pop().filter(|_| !several) else { return Claim::None };
        let verified = self.identity.email_verified
            && owners.is_empty()
            && owner.email == self.identity.email
            && owner.has_proven_address()
            && owner.user_type == UserType::Human;
        if verified { Claim::Proven(owner) } else { Claim::Doubtful(owner) }
    }

    /// Continues the login of the user whose credential the social account is.
    async fn known(&self, mut tx: Tx, credential: Credential) -> Result<Arrived> {
        let user = credential.user_id.clone();
        credentials::refresh_social(self.core, &mut tx, credential, self.account).await?;
        self.go_on(tx, &user).await
    }

    /// Links the social account to an active user and continues the login.
    async fn link(&self, mut tx: Tx, owner: User) -> Result<Arrived> {
        if owner.state == State::Active {
            credentials::insert_social(self.core, &mut tx, self.realm, &owner.id, self.account).await?;
            told_as_change(self.core, &mut tx, self.realm, self.actor, &owner.id).await?;
        }
        self.go_on(tx, &owner.id).await
    }

    async fn go_on(&self, mut tx: Tx, id: &str) -> Result<Arrived> {
        let (core, realm, actor) = (self.core, self.realm, self.actor);
        let (user, login) = users::locked_login(&mut tx, realm, id).await?.ok_or(Error::NotFound("user"))?;
        if user.state == State::Inactive || user.user_type != UserType::Human {
            tx.commit().await?;
            let failed = FailedLogin::new(FailureReason::InactiveUser).of(Some(&user.id)).at(&self.provider.id);
            return logins::refuse(core, realm, actor, failed).await;
        }
        Ok(Arrived::Known(logins::go_on(core, tx, realm, actor, (user, login.devices), self.door, None).await?))
    }

    async fn ask_for_password(&self, mut tx: Tx, owner: &User) -> Result<Arrived> {
        if self.door == Door::Api {
            let sentence = "Email belongs to another account, which can't be linked: either the provider or that account \
                has not verified it";
            return Err(Error::invalid("email", "taken", sentence));
        }
        let cookie = waiting::keep(self, &mut tx, Some(&owner.id)).await?;
        tx.commit().await?;
        Ok(Arrived::Link(cookie))
    }
}
