//! Next step after the first authentication factor, a password or a social provider.

use gantry_db::Tx;
use secrecy::SecretString;

use super::door::Door;
use super::finish::{LoggedIn, finish};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Result;
use crate::events::{self, EventType, Subject};
use crate::one_time_tokens::{self, Purpose};
use crate::realms::Realm;
use crate::social_logins::{self, Waiting};
use crate::users::{self, Counts, Key, User};

/// Result of the first authentication factor.
#[derive(Debug)]
pub enum Step {
    /// The login is finished.
    Done(Box<LoggedIn>),
    /// A code of one of the user's devices is required.
    SecondFactor(Box<Pending>),
    /// The user's address must be verified by mail first.
    Unproven(Box<Unproven>),
}

/// Pending login: waits for a code.
#[derive(Debug)]
pub struct Pending {
    /// The user.
    pub user: User,
    /// Counts that a single read of the user includes.
    pub counts: Counts,
    /// One-time token `kli_…`, which finishes the login together with a code.
    pub token: SecretString,
}

/// Pending login: waits for the user's address to be verified.
#[derive(Debug)]
pub struct Unproven {
    /// One-time token `krs_…`, which resends the mail.
    pub token: SecretString,
    /// Whether the user has an address.
    pub has_address: bool,
    /// Id of the user if no mail with a valid token has been sent to them yet.
    pub to_be_mailed: Option<String>,
}

/// Continues the login of a user with this number of active devices. Links the pending social identity only if no
/// further factor is required.
pub(crate) async fn go_on(
    core: &Core,
    mut tx: Tx,
    realm: &Realm,
    actor: &Actor,
    (user, devices): (User, i64),
    door: Door,
    link: Option<&Waiting>,
) -> Result<Step> {
    if door.keeps_out(&user) {
        return wait_for_proof(core, tx, realm, actor, user).await;
    }
    if devices > 0 {
        return wait_for_code(core, tx, realm, actor, user).await;
    }
    if let Some(link) = link {
        social_logins::attach(core, &mut tx, realm, actor, &user, link).await?;
    }
    Ok(Step::Done(Box::new(finish(core, tx, realm, actor, &user, door.remembers()).await?)))
}

/// Ends the request with a pending login that waits for a code.
async fn wait_for_code(core: &Core, mut tx: Tx, realm: &Realm, actor: &Actor, user: User) -> Result<Step> {
    let token = one_time_tokens::issue(core, &mut tx, realm, &user, Purpose::Login).await?;
    events::record(core, &mut tx, realm, actor, EventType::LoginInitiated, Subject::user(&user.id)).await?;
    let (user, counts) = users::read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok(Step::SecondFactor(Box::new(Pending { user, counts, token })))
}

/// Ends the request with a pending login that waits for the address to be verified.
async fn wait_for_proof(core: &Core, mut tx: Tx, realm: &Realm, actor: &Actor, user: User) -> Result<Step> {
    one_time_tokens::end_all(&mut tx, realm, &user.id, Purpose::Resend).await?;
    let token = one_time_tokens::issue(core, &mut tx, realm, &user, Purpose::Resend).await?;
    let has_address = user.email.is_some();
    let is_mailed = !has_address || one_time_tokens::proves_address(core, &mut tx, realm, &user).await?;
    events::record(core, &mut tx, realm, actor, EventType::LoginInitiated, Subject::user(&user.id)).await?;
    tx.commit().await?;
    let to_be_mailed = (!is_mailed).then_some(user.id);
    Ok(Step::Unproven(Box::new(Unproven { token, has_address, to_be_mailed })))
}
