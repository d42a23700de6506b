//! One-time tokens for a new password that the operator asks for: for a user who is there, or for one who is made
//! without a password.
//!
//! Guarantees: a user and the token that lets them in are made in one transaction; a token that is handed over goes into
//! no mail, since the inbox may be the reason why it is handed over.

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

/// How a token gets to its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenDelivery {
    /// By the mail of the event, to the user's address.
    Mail,
    /// By the operator. No mail is sent.
    Handover,
}

/// A token that lets its holder set the user's password, once.
pub struct PasswordToken {
    /// Whose password.
    pub user: User,
    /// What a single read tells besides.
    pub counts: Counts,
    /// `kpw_…`
    pub token: SecretString,
    /// Epoch milliseconds, until when it can be used.
    pub expires_at: i64,
}

/// Issues a token for the password of a user, which ends those before it.
///
/// # Errors
/// [`Error::Invalid`] where the user has no password to set, and where [`TokenDelivery::Mail`] would reach nobody.
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

/// Makes a person without a password, and a token with which they set one.
///
/// # Errors
/// [`Error::Invalid`] as those of [`create`](super::create), and where [`TokenDelivery::Mail`] would reach nobody.
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

/// Makes up a password that keeps the realm's rules, for a user to whom the operator hands it over.
pub async fn generate_password(core: &Core, realm: &Realm) -> Result<SecretString> {
    Ok(offered(core, realm).await?.generate(&core.random))
}

/// What both of them were asked for.
struct Request<'a> {
    core: &'a Core,
    realm: &'a Realm,
    actor: &'a Actor,
    delivery: TokenDelivery,
}

impl Request<'_> {
    async fn issue(&self, tx: &mut Tx, user: &User) -> Result<PasswordToken> {
        let (core, realm) = (self.core, self.realm);
        // Read before the token is made, so that it never promises more time than there is.
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
