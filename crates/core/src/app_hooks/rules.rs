//! Finds, lists, creates, updates and deletes hooks.

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

/// Sort orders and page size of the list of hooks.
pub const OFFER: Offer = Offer { sorts: &["id"], descending: false, most: 100 };

/// Realms in which a hook follows events.
#[derive(Debug)]
pub enum Scope {
    /// One realm.
    Realm(Box<Realm>),
    /// Every realm of the account, including future ones.
    Account,
}

/// A hook with those secrets that the caller may see.
pub struct Shown {
    /// The stored hook.
    pub hook: AppHook,
    /// URL that it sends to; the password is masked unless the caller has the right `admin_realm`.
    pub destination: Option<String>,
    /// Signing secret of a webhook, for callers with the right `admin_realm`.
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

/// Returns the account if the caller's key is not limited to certain realms.
fn whole_account(actor: &Actor) -> Result<&str> {
    match &actor.who {
        Who::Key(key) if key.realm_ids.is_some() => {
            let why = "This API key is limited to certain realms, so it can't have hooks of all realms";
            Err(Error::Denied(why.to_owned()))
        }
        _ => actor.account().ok_or(Error::NotFound("account")),
    }
}

/// Returns a hook of the account that the caller's key may access, restricted to the named realm if there is one.
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

/// Returns one hook.
pub async fn find(core: &Core, actor: &Actor, realm_id: Option<&str>, id: &str) -> Result<Shown> {
    actor.need(Access::Read)?;
    shown(core, actor, reached(core, actor, realm_id, id).await?)
}

/// Lists the hooks of a realm. Includes hooks of all realms if the key is not limited to certain realms.
pub async fn list(core: &Core, realm: &Realm, actor: &Actor, page: &Page) -> Result<Listed<Shown>> {
    actor.need(Access::Read)?;
    let account = whole_account(actor).ok();
    let listed = page.listed(store::list(&core.db, &realm.id, account, page).await?);
    listed.with(|hook| shown(core, actor, hook))
}

/// Creates a hook.
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

/// Changes a hook. Its type and its realm cannot be changed.
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

/// Records an event about a hook. Events belong to a realm, so a hook of all realms records none.
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
