//! What follows once it is known who somebody is, by a password or by a social provider.

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

/// How far a right password, or a social provider's word, leads.
#[derive(Debug)]
pub enum Step {
    /// All the way.
    Done(Box<LoggedIn>),
    /// To a code of one of the user's devices.
    SecondFactor(Box<Pending>),
    /// To the mail that proves the user's address.
    Unproven(Box<Unproven>),
}

/// A login that waits for a code.
#[derive(Debug)]
pub struct Pending {
    /// Who.
    pub user: User,
    /// What a single read of the user tells.
    pub counts: Counts,
    /// `kli_…`: finishes the login together with a code.
    pub token: SecretString,
}

/// A login that waits for the user's address to be proven.
#[derive(Debug)]
pub struct Unproven {
    /// `krs_…`: has the mail sent again.
    pub token: SecretString,
    /// Whether there is an address at all.
    pub has_address: bool,
    /// Whose it is, to whom no mail that works has been sent yet.
    pub to_be_mailed: Option<String>,
}

/// Goes on with a user who has so many devices in use. What is to be linked is linked when nothing else has to follow.
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

/// A code has to follow.
async fn wait_for_code(core: &Core, mut tx: Tx, realm: &Realm, actor: &Actor, user: User) -> Result<Step> {
    let token = one_time_tokens::issue(core, &mut tx, realm, &user, Purpose::Login).await?;
    events::record(core, &mut tx, realm, actor, EventType::LoginInitiated, Subject::user(&user.id)).await?;
    let (user, counts) = users::read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok(Step::SecondFactor(Box::new(Pending { user, counts, token })))
}

/// The address has to be proven first.
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
