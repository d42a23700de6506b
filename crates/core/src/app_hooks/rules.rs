//! What may be done with hooks.

use gantry_db::Tx;
use secrecy::SecretString;

use super::store::{self, AppHook};
use super::{HookType, fields};
use crate::actor::{Access, Actor, Who};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::Fields;
use crate::notifications;
use crate::page::{Listed, Offer, Page};
use crate::realms::{self, Realm};
use crate::words::{State, word};

/// How the list of hooks may be asked for.
pub const OFFER: Offer = Offer { sorts: &["id"], descending: false, most: 100 };

/// Where a hook follows events.
#[derive(Debug)]
pub enum Scope {
    /// In one realm.
    Realm(Box<Realm>),
    /// In every realm of the account, also later ones.
    Account,
}

/// A hook with what may be told of its secrets.
pub struct Shown {
    /// Itself.
    pub hook: AppHook,
    /// Where it sends; without the password, unless the caller manages realms.
    pub destination: Option<String>,
    /// What its webhooks are signed with, for those who manage realms.
    pub secret: Option<SecretString>,
}

pub(super) fn shown(core: &Core, actor: &Actor, hook: AppHook) -> Result<Shown> {
    let manages = actor.need(Access::AdminRealm).is_ok();
    let destination = fields::destination(core, &hook)?;
    let secret = match &hook.secret {
        Some(sealed) if manages => {
            Some(SecretString::from(fields::opened(core, &fields::secret_place(&hook.id), sealed)?))
        }
        _ => None,
    };
    let destination = destination.map(|whole| if manages { whole } else { fields::masked(&whole) });
    Ok(Shown { hook, destination, secret })
}

/// The account, if the caller's key is for all of it.
fn whole_account(actor: &Actor) -> Result<&str> {
    match &actor.who {
        Who::Key(key) if key.realm_ids.is_some() => {
            let why = "This API key is limited to certain realms, so it can't have hooks of all realms";
            Err(Error::Denied(why.to_owned()))
        }
        _ => actor.account().ok_or(Error::NotFound("account")),
    }
}

/// A hook of the account that the caller's key reaches; in the named realm, where one is named.
pub(super) async fn reached(core: &Core, actor: &Actor, realm_id: Option<&str>, id: &str) -> Result<AppHook> {
    const UNKNOWN: Error = Error::NotFound("app hook");
    let account = actor.account().ok_or(UNKNOWN)?;
    let hook = store::find(&core.db, account, id).await?.ok_or(UNKNOWN)?;
    let is_reached = match (&hook.realm_id, realm_id) {
        (Some(of), Some(named)) if of != named => false,
        (Some(of), _) => actor.reaches(of),
        (None, _) => whole_account(actor).is_ok(),
    };
    if is_reached { Ok(hook) } else { Err(UNKNOWN) }
}

/// One hook.
pub async fn find(core: &Core, actor: &Actor, realm_id: Option<&str>, id: &str) -> Result<Shown> {
    actor.need(Access::Read)?;
    shown(core, actor, reached(core, actor, realm_id, id).await?)
}

/// The hooks of a realm, those of all realms among them where the key is for all.
pub async fn list(core: &Core, realm: &Realm, actor: &Actor, page: &Page) -> Result<Listed<Shown>> {
    actor.need(Access::Read)?;
    let account = whole_account(actor).ok();
    let listed = page.listed(store::list(&core.db, &realm.id, account, page).await?);
    listed.with(|hook| shown(core, actor, hook))
}

/// Makes a hook.
pub async fn create(core: &Core, actor: &Actor, scope: &Scope, mut sent: Fields) -> Result<Shown> {
    actor.need(Access::AdminRealm)?;
    let (account, realm_id) = match scope {
        Scope::Realm(realm) => (realm.account_id.as_deref(), Some(realm.id.as_str())),
        Scope::Account => (Some(whole_account(actor)?), None),
    };
    let hook_type = word(&mut sent, "hook_type").value().unwrap_or(HookType::Webhook);
    fields::check_templates(core, hook_type, &mut sent).await;
    let mut hook = fields::fresh(core, account, realm_id, hook_type);
    fields::apply(core, &mut hook, &mut sent);
    sent.finish()?;
    let mut tx = core.db.begin().await?;
    store::insert(&mut tx, &hook).await?;
    record(core, &mut tx, actor, &hook, EventType::AppHookCreated).await?;
    tx.commit().await?;
    shown(core, actor, hook)
}

/// Changes a hook; its type and its realm stay.
pub async fn update(core: &Core, actor: &Actor, realm_id: Option<&str>, id: &str, mut sent: Fields) -> Result<Shown> {
    actor.need(Access::AdminRealm)?;
    let found = reached(core, actor, realm_id, id).await?;
    fields::check_templates(core, found.hook_type, &mut sent).await;
    let account = found.account_id.unwrap_or_default();
    let mut tx = core.db.begin().await?;
    let mut hook = store::lock(&mut tx, &account, id).await?.ok_or(Error::NotFound("app hook"))?;
    fields::apply(core, &mut hook, &mut sent);
    sent.finish()?;
    store::update(&mut tx, &hook).await?;
    record(core, &mut tx, actor, &hook, EventType::AppHookUpdated).await?;
    tx.commit().await?;
    if hook.state == State::Inactive {
        notifications::cancel_of_hook(core, id, "canceled: the hook was made inactive").await?;
    }
    shown(core, actor, hook)
}

/// Deletes a hook.
pub async fn delete(core: &Core, actor: &Actor, realm_id: Option<&str>, id: &str) -> Result<()> {
    actor.need(Access::AdminRealm)?;
    let hook = reached(core, actor, realm_id, id).await?;
    let mut tx = core.db.begin().await?;
    if !store::delete(&mut tx, hook.account_id.as_deref().unwrap_or_default(), id).await? {
        return Err(Error::NotFound("app hook"));
    }
    record(core, &mut tx, actor, &hook, EventType::AppHookDeleted).await?;
    tx.commit().await?;
    notifications::cancel_of_hook(core, id, "canceled: the hook was deleted").await
}

/// Events belong to a realm, so a hook of all realms has none.
pub(super) async fn record(
    core: &Core,
    tx: &mut Tx,
    actor: &Actor,
    hook: &AppHook,
    event_type: EventType,
) -> Result<()> {
    let Some(realm_id) = &hook.realm_id else { return Ok(()) };
    let realm = realms::read(&mut *tx, actor, realm_id).await?;
    events::record(core, tx, &realm, actor, event_type, Subject::app_hook(&hook.id)).await?;
    Ok(())
}
