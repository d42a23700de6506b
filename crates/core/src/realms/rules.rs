//! Operations on realms.

use gantry_crypto::id;
use gantry_db::{Query, Tx};

use super::{Holding, JwtAlgo, Realm, fields, store};
use crate::actor::{Access, Actor, Who};
use crate::core::{Core, WHOLE_REALM};
use crate::error::{Error, FieldError, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::{Fields, Sent};
use crate::page::{Asked, Listed, Offer, Page, PageCursor};
use crate::words::{State, word};
use crate::{app_hooks, auth_providers, jwt_keys, notifications, one_time_tokens, signup_tokens, social_logins};

/// Sort orders and page size of the list of realms.
pub const OFFER: Offer = Offer { sorts: &["name", "id"], descending: false, most: 100 };

/// How long deleting a deleted realm again succeeds.
const DELETION_REMEMBERED_MS: i64 = 24 * 60 * 60 * 1000;

/// Returns the realm with this id if the caller may see it.
pub async fn named(core: &Core, actor: &Actor, id: &str) -> Result<Realm> {
    read(&core.db, actor, id).await
}

/// Returns the realm with this id if the caller may see it. Reads through the open transaction if there is one.
pub(crate) async fn read(q: impl Query, actor: &Actor, id: &str) -> Result<Realm> {
    if !id::is("rl", id) {
        return Err(Error::NotFound("realm"));
    }
    let realm = store::lookup(q, actor.account(), id).await?;
    realm.filter(|realm| actor.reaches(&realm.id)).ok_or(Error::NotFound("realm"))
}

/// Returns the realm to work in: the named one, or else the one that contains the object.
pub async fn enter(core: &Core, actor: &Actor, realm_id: Option<&str>, holding: Option<Holding<'_>>) -> Result<Realm> {
    if let Some(id) = realm_id {
        return named(core, actor, id).await;
    }
    match (holding, actor.account()) {
        (Some(thing), Some(account)) => {
            let realm = store::holding(&core.db, account, thing).await?;
            realm.filter(|realm| actor.reaches(&realm.id)).ok_or(Error::NotFound("realm"))
        }
        _ => Err(Error::Malformed("No realm is given: send realm_id, or the header X-Authrocket-Realm".to_owned())),
    }
}

/// Returns one realm.
pub async fn find(core: &Core, actor: &Actor, id: &str, state: Option<State>) -> Result<Realm> {
    actor.need(Access::Read)?;
    let realm = named(core, actor, id).await?;
    Some(realm).filter(|realm| state.is_none_or(|state| realm.state == state)).ok_or(Error::NotFound("realm"))
}

/// Lists the realms of the caller.
pub async fn list(
    core: &Core,
    actor: &Actor,
    (reference, state): (Option<&str>, Option<State>),
    page: &Page,
) -> Result<Listed<Realm>> {
    actor.need(Access::Read)?;
    let account = actor.account().ok_or(Error::NotFound("account"))?;
    let found = match page.item_to_find() {
        Some(id) => Some(named(core, actor, id).await.map_err(|_| Page::no_such_item())?),
        None => None,
    };
    let mut all = Vec::new();
    let mut start = page.start(found)?;
    // An API key limited to some realms skips the others, so several pages may be read.
    loop {
        let rows = store::list(&core.db, account, (reference, state), &start, page).await?;
        let whole = rows.len() < page.probe_len();
        start = page.start_at(rows.last().map(|last| PageCursor::behind(last, page.sort)));
        all.extend(rows.into_iter().filter(|realm| actor.reaches(&realm.id)));
        if whole || all.len() >= page.probe_len() {
            return Ok(page.listed(all));
        }
    }
}

/// Returns the realms of the account, for its operator.
pub async fn of_account(core: &Core, account: &str) -> Result<Vec<Realm>> {
    let page = OFFER.page(&Asked::default())?;
    store::list(&core.db, account, (None, None), &page.start_at(None), &page).await
}

/// Creates a realm with its default parts: a password provider, a signing key and the default emails.
pub async fn create(core: &Core, actor: &Actor, sent: Fields) -> Result<Realm> {
    actor.need(Access::AdminAccount)?;
    if let Who::Key(key) = &actor.who
        && key.realm_ids.is_some()
    {
        return Err(Error::Denied("This API key is limited to certain realms, so it can't make others".to_owned()));
    }
    let (realm, key) = prepare_new(core, actor.account(), sent).await?;
    let mut tx = core.db.begin().await?;
    room_for_another(core, &mut tx, actor).await?;
    furnish(core, &mut tx, &realm, &key, actor).await?;
    tx.commit().await?;
    Ok(realm)
}

/// Enforces the limit against runaway scripts. Two concurrent calls may both pass it.
async fn room_for_another(core: &Core, tx: &mut Tx, actor: &Actor) -> Result<()> {
    let (most, account) = (core.realms_per_account, actor.account().unwrap_or_default());
    if most == 0 || store::count(tx, account).await? < i64::from(most) {
        return Ok(());
    }
    let sentence = format!("This account already has {most} realms, which is the most it may have");
    Err(Error::Invalid(vec![FieldError::new("base", "too_many", sentence)]))
}

/// Returns a validated new realm with its signing key; nothing is written.
pub(crate) async fn prepare_new(
    core: &Core,
    account: Option<&str>,
    mut sent: Fields,
) -> Result<(Realm, jwt_keys::Prepared)> {
    let now = core.clock.now_ms();
    let mut realm = fields::fresh(core.new_id("rl", now), account.map(str::to_owned), now);
    fields::apply(&mut realm, &mut sent);
    sent.finish()?;
    let key = jwt_keys::prepare(core, &realm).await?;
    Ok((realm, key))
}

/// Prepares the realm of the portal's users, which belongs to no account.
pub(crate) async fn prepare_system_realm(core: &Core) -> Result<(Realm, jwt_keys::Prepared)> {
    let mut sent = Fields::empty();
    sent.set("name", "Gantry");
    sent.set("username_validation_human", "email");
    prepare_new(core, None, sent).await
}

/// Inserts a new realm with its default parts.
pub(crate) async fn furnish(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    key: &jwt_keys::Prepared,
    actor: &Actor,
) -> Result<()> {
    store::insert(tx, realm).await?;
    jwt_keys::install(tx, key).await?;
    auth_providers::insert_default(core, tx, realm).await?;
    app_hooks::insert_defaults(core, tx, realm).await?;
    events::record(core, tx, realm, actor, EventType::RealmCreated, Subject::REALM).await?;
    Ok(())
}

/// Changes settings. A new `jwt_algo` creates a new signing key; making the realm inactive ends its sessions.
pub async fn update(core: &Core, actor: &Actor, id: &str, mut sent: Fields) -> Result<Realm> {
    actor.need(Access::AdminRealm)?;
    let mut named = named(core, actor, id).await?;
    let key = match word(&mut sent, "jwt_algo") {
        Sent::Value(algo) if algo != named.jwt_algo => {
            named.jwt_algo = algo;
            Some(jwt_keys::prepare(core, &named).await?)
        }
        _ => None,
    };

    let mut tx = core.db.begin().await?;
    let before = store::lock(&mut tx, actor.account(), id).await?.ok_or(Error::NotFound("realm"))?;
    let mut realm = before.clone();
    fields::apply(&mut realm, &mut sent);
    sent.finish()?;
    if realm.state == State::Inactive && before.state == State::Active {
        realm.sessions_ended_at = core.clock.now_ms();
    }
    if !realm.require_unique_emails && before.require_unique_emails {
        tx.set_deadline(WHOLE_REALM).await?;
        store::forget_unique_emails(&mut tx, &realm.id).await?;
    }
    store::update(&mut tx, &realm).await?;
    if let Some(key) = key {
        jwt_keys::replace(core, &mut tx, &realm, &key).await?;
    }
    events::record(core, &mut tx, &realm, actor, EventType::RealmUpdated, Subject::REALM).await?;
    tx.commit().await?;
    Ok(realm)
}

/// Sets the algorithm and holds the realm's row lock until the transaction ends.
pub(crate) async fn set_jwt_algo(tx: &mut Tx, actor: &Actor, realm: &Realm, algo: JwtAlgo) -> Result<Realm> {
    let locked = store::lock(tx, actor.account(), &realm.id).await?;
    let realm = Realm { jwt_algo: algo, ..locked.ok_or(Error::NotFound("realm"))? };
    store::update(tx, &realm).await?;
    Ok(realm)
}

/// Returns the realm and holds its row lock until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, actor: &Actor, realm: &Realm) -> Result<Realm> {
    store::lock(tx, actor.account(), &realm.id).await?.ok_or(Error::NotFound("realm"))
}

/// Empties a realm: deletes users with all their data, orgs, tokens and events. Settings, providers, apps, hooks and
/// keys stay. All earlier logins become invalid.
pub async fn reset(core: &Core, actor: &Actor, id: &str) -> Result<Realm> {
    actor.need(Access::AdminRealm)?;
    named(core, actor, id).await?;
    let mut tx = core.db.begin().await?;
    let mut realm = store::lock(&mut tx, actor.account(), id).await?.ok_or(Error::NotFound("realm"))?;
    tx.set_deadline(WHOLE_REALM).await?;
    realm.sessions_ended_at = core.clock.now_ms();
    store::update(&mut tx, &realm).await?;
    one_time_tokens::delete_of_realm(&mut tx, id).await?;
    signup_tokens::delete_of_realm(&mut tx, id).await?;
    social_logins::delete_of_realm(&mut tx, id).await?;
    store::delete_users_and_orgs(&mut tx, id).await?;
    notifications::delete_of_realm(&mut tx, id).await?;
    events::delete_of_realm(&mut tx, id).await?;
    events::record(core, &mut tx, &realm, actor, EventType::RealmUpdated, Subject::REALM).await?;
    tx.commit().await?;
    Ok(realm)
}

/// Deletes a realm with all its data and history. For a day, repeating the call from the same account succeeds.
pub async fn delete(core: &Core, actor: &Actor, id: &str) -> Result<()> {
    actor.need(Access::AdminAccount)?;
    let now = core.clock.now_ms();
    let realm = match named(core, actor, id).await {
        Ok(realm) => realm,
        Err(Error::NotFound(what)) => {
            let account = actor.account().unwrap_or_default();
            let deleted = store::deletion(&core.db, id, account).await?;
            let lately = deleted.is_some_and(|at| now - at < DELETION_REMEMBERED_MS);
            return if lately { Ok(()) } else { Err(Error::NotFound(what)) };
        }
        Err(error) => return Err(error),
    };
    let mut tx = core.db.begin().await?;
    tx.set_deadline(WHOLE_REALM).await?;
    notifications::delete_of_realm(&mut tx, &realm.id).await?;
    events::delete_of_realm(&mut tx, &realm.id).await?;
    store::delete(&mut tx, &realm.id).await?;
    let account = realm.account_id.as_deref().unwrap_or_default();
    store::remember_deletion(&mut tx, (&realm.id, account), now).await?;
    events::record(core, &mut tx, &realm, actor, EventType::RealmDeleted, Subject::REALM).await?;
    tx.commit().await?;
    Ok(())
}
