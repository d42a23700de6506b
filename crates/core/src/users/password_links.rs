//! One-time password tokens that the operator requests, for an existing user or for a new one without a password.
//!
//! Guarantees: a user and the first token are created in one transaction; a token that the operator hands over is not
//! emailed, since the inbox may be the reason for the handover.

use gantry_db::Tx;
use secrecy::SecretString;

use super::key::Key;
use super::password::{issue, offered};
use super::rules::{self, Held, must_be_human_and_active, read};
use super::store::{Counts, User};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::Fields;
use crate::notifications;
use crate::one_time_tokens::{self, Purpose};
use crate::realms::Realm;

/// How a token reaches its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenDelivery {
    /// By the email of the event, to the user's address.
    Mail,
    /// By the operator. No email is sent.
    Handover,
}

/// A token that lets its holder set the user's password, once.
pub struct PasswordToken {
    /// User whose password the token sets.
    pub user: User,
    /// Counts of the user.
    pub counts: Counts,
    /// `kpw_…`
    pub token: SecretString,
    /// Expiry in epoch milliseconds.
    pub expires_at: i64,
}

/// Issues a password token for a user and revokes earlier ones.
///
/// # Errors
/// [`Error::Invalid`] if the user cannot have a password, or if [`TokenDelivery::Mail`] would reach no inbox.
pub async fn issue_password_token(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    key: &Key,
    delivery: TokenDelivery,
) -> Result<PasswordToken> {
    actor.need(Access::Write)?;
    let (user, _) = read(core, &core.db, realm, key).await?;
    offered(core, realm).await?;
    let request = Request { core, realm, actor, delivery };
    let mut tx = core.db.begin().await?;
    let user = rules::lock(&mut tx, realm, &Key::Id(user.id)).await?.ok_or(Error::NotFound("user"))?;
    must_be_human_and_active(&user)?;
    let issued = request.issue(&mut tx, &user).await?;
    tx.commit().await?;
    Ok(issued)
}

/// Creates a person without a password, and a token to set one.
///
/// # Errors
/// [`Error::Invalid`] as for [`create`](super::create), or if [`TokenDelivery::Mail`] would reach no inbox.
pub async fn invite(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    mut sent: Fields,
    delivery: TokenDelivery,
) -> Result<PasswordToken> {
    actor.need(Access::Write)?;
    offered(core, realm).await?;
    sent.set("user_type", "human");
    let signup = rules::prepare(core, realm, sent, Held::invited()).await?;
    let user = signup.user.clone();
    let request = Request { core, realm, actor, delivery };
    let mut tx = core.db.begin().await?;
    rules::insert(core, &mut tx, realm, actor, signup, None).await?;
    let issued = request.issue(&mut tx, &user).await?;
    tx.commit().await?;
    Ok(issued)
}

/// Generates a password that satisfies the realm's policy, for the operator to hand over.
pub async fn generate_password(core: &Core, realm: &Realm) -> Result<SecretString> {
    Ok(offered(core, realm).await?.generate(&core.random))
}

/// Context of both operations.
struct Request<'a> {
    core: &'a Core,
    realm: &'a Realm,
    actor: &'a Actor,
    delivery: TokenDelivery,
}

impl Request<'_> {
    async fn issue(&self, tx: &mut Tx, user: &User) -> Result<PasswordToken> {
        let (core, realm) = (self.core, self.realm);
        // Read before the token is created, so that the reported expiry is never too late.
        let expires_at = core.clock.now_ms() + Purpose::Password.lifetime_ms();
        let token = match self.delivery {
            TokenDelivery::Mail => self.mail(tx, user).await?,
            TokenDelivery::Handover => self.hand_over(tx, user).await?,
        };
        let (user, counts) = read(core, &mut *tx, realm, &Key::Id(user.id.clone())).await?;
        Ok(PasswordToken { user, counts, token, expires_at })
    }

    async fn mail(&self, tx: &mut Tx, user: &User) -> Result<SecretString> {
        if user.email.is_none() {
            return Err(Error::invalid("email", "blank", "Email can't be blank: the mail would reach nobody"));
        }
        let (token, event) = issue(self.core, tx, self.realm, self.actor, user, None).await?;
        if notifications::has_mail(tx, &event).await? {
            return Ok(token);
        }
        let sentence = "The realm has no active email hook for user.password_token.created, so no mail would be sent";
        Err(Error::invalid("base", "no_mail", sentence))
    }

    async fn hand_over(&self, tx: &mut Tx, user: &User) -> Result<SecretString> {
        one_time_tokens::end_all(tx, self.realm, &user.id, Purpose::Password).await?;
        let token = one_time_tokens::issue(self.core, tx, self.realm, user, Purpose::Password).await?;
        let subject = Subject::user(&user.id);
        events::record(self.core, tx, self.realm, self.actor, EventType::PasswordTokenCreated, subject).await?;
        Ok(token)
    }
}
