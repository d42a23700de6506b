//! Operations on memberships.

use gantry_crypto::jwt::MembershipClaim;
use gantry_db::{Query, Tx};

use super::fields;
use super::store::{self, Gone, MemberOrg, Membership};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType};
use crate::fields::{Fields, Sent};
use crate::json::{Custom, Json};
use crate::page::{Listable, Listed, Offer, Page, PageCursor};
use crate::realms::{JwtField, Realm};
use crate::users::{self, User};
use crate::{orgs, users::Key};

/// Sort orders and page size of the list of memberships.
pub const OFFER: Offer = Offer { sorts: &["id"], descending: false, most: 1000 };

/// Filter of the list of memberships. A user is named as for a new membership.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// A user's memberships, each with its org.
    User(&'a str),
    /// An org's memberships, each with its user.
    Org(&'a str),
    /// The membership of this user in this org, without user and org.
    Pair(&'a str, &'a str),
}

/// A membership with its user or org, as far as the request includes them.
#[derive(Debug)]
pub struct Embedded {
    /// The membership.
    pub membership: Membership,
    /// Its user, if included.
    pub user: Option<User>,
    /// Its org, if included. All its fields are `None` for a membership without an org.
    pub org: Option<MemberOrg>,
}

impl From<((Membership, MemberOrg), User)> for Embedded {
    fn from(((membership, org), user): ((Membership, MemberOrg), User)) -> Self {
        Self { membership, user: Some(user), org: Some(org) }
    }
}

/// Finds a membership by id, with its user and its org.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<Embedded> {
    actor.need(Access::Read)?;
    read(core, &core.db, realm, id).await
}

async fn read(core: &Core, q: impl Query, realm: &Realm, id: &str) -> Result<Embedded> {
    let found = store::find(q, &realm.id, id, core.clock.now_ms()).await?;
    found.map(Embedded::from).ok_or(Error::NotFound("membership"))
}

/// Lists a page of memberships. An unknown user or org is an error.
pub async fn list(core: &Core, realm: &Realm, actor: &Actor, of: Of<'_>, page: &Page) -> Result<Listed<Embedded>> {
    actor.need(Access::Read)?;
    let now = core.clock.now_ms();
    let items = match of {
        Of::User(user) => {
            let user = users::resolve_filter(&core.db, realm, user).await?;
            let rows = store::page_of_user(&core.db, &realm.id, &user.id, page, now).await?;
            rows.into_iter().map(|(membership, org)| Embedded { membership, user: None, org: Some(org) }).collect()
        }
        Of::Org(org) => {
            let org = orgs::find(core, realm, actor, org).await?;
            let rows = store::page_of_org(&core.db, &realm.id, &org.id, page, now).await?;
            rows.into_iter().map(|(membership, user)| Embedded { membership, user: Some(user), org: None }).collect()
        }
        Of::Pair(user, org) => {
            let user = users::resolve_filter(&core.db, realm, user).await?;
            let org = orgs::find(core, realm, actor, org).await?;
            let found = store::of_pair(&core.db, &realm.id, (&user.id, &org.id), page, now).await?;
            found.into_iter().map(|membership| Embedded { membership, user: None, org: None }).collect()
        }
    };
    Ok(page.listed(items))
}

impl Listable for Embedded {
    fn id(&self) -> &str {
        &self.membership.id
    }
}

/// Creates a membership: of a user in an org, or of the user without an org.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, mut sent: Fields) -> Result<Embedded> {
    actor.need(Access::Write)?;
    let now = core.clock.now_ms();
    let user_id = sent.line("user_id", 255).value().unwrap_or_default();
    sent.required("user_id", !user_id.is_empty());
    let org_id = match sent.line("org_id", 255) {
        Sent::Value(id) if !id.is_empty() => Some(id),
        _ => None,
    };

    let mut tx = core.db.begin().await?;
    // Locks user and org, so that neither is deleted before this is written.
    let user = match users::resolve(&mut tx, realm, &user_id).await? {
        Some(user) => users::lock(&mut tx, realm, &Key::Id(user.id)).await?,
        None => None,
    };
    if user.is_none() && !user_id.is_empty() {
        sent.error("user_id", "unknown", "User can't be found in this realm");
    }
    if let Some(id) = &org_id
        && orgs::lock(&mut tx, &realm.id, id).await?.is_none()
    {
        sent.error("org_id", "unknown", "Org can't be found in this realm");
    }
    let user = user.map(|user| user.id).unwrap_or_default();
    let mut membership = fields::fresh(core.new_id("mb", now), realm, (&user, org_id.as_deref()), now);
    fields::apply(&mut membership, realm, &mut sent, now);
    sent.finish()?;
    make_room(core, &mut tx, realm, &membership, now).await?;
    insert(core, &mut tx, realm, actor, &membership).await?;
    let made = read(core, &mut tx, realm, &membership.id).await?;
    tx.commit().await?;
    Ok(made)
}

/// Removes an expired membership of the user in the org, which would violate the unique index.
async fn make_room(core: &Core, tx: &mut Tx, realm: &Realm, wanted: &Membership, now_ms: i64) -> Result<()> {
    let pair = (wanted.user_id.as_str(), wanted.org_id.as_deref());
    if let Some(gone) = store::expired_of_pair(tx, &realm.id, pair, now_ms).await?
        && store::delete_expired(tx, &realm.id, &gone.id, now_ms).await?
    {
        events::record(core, tx, realm, &Actor::system(), EventType::MembershipDeleted, gone.subject()).await?;
    }
    Ok(())
}

/// Makes the user a member of the org inside a larger transaction.
pub(crate) async fn grant(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    (user, org): (&str, &str),
    permissions: Vec<String>,
) -> Result<Membership> {
    let now = core.clock.now_ms();
    let fresh = fields::fresh(core.new_id("mb", now), realm, (user, Some(org)), now);
    let membership = Membership { permissions: Json(permissions), ..fresh };
    insert(core, tx, realm, actor, &membership).await?;
    Ok(membership)
}

async fn insert(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, membership: &Membership) -> Result<()> {
    store::insert(tx, membership).await.map_err(taken)?;
    events::record(core, tx, realm, actor, EventType::MembershipCreated, membership.subject()).await?;
    Ok(())
}

/// Updates permissions, expiry or attributes; user and org cannot change.
pub async fn update(core: &Core, realm: &Realm, actor: &Actor, id: &str, mut sent: Fields) -> Result<Embedded> {
    actor.need(Access::Write)?;
    let now = core.clock.now_ms();
    let mut tx = core.db.begin().await?;
    let locked = store::lock(&mut tx, &realm.id, id, now).await?;
    let mut membership = locked.ok_or(Error::NotFound("membership"))?;
    fields::apply(&mut membership, realm, &mut sent, now);
    sent.finish()?;
    store::update(&mut tx, &membership).await?;
    events::record(core, &mut tx, realm, actor, EventType::MembershipUpdated, membership.subject()).await?;
    let changed = read(core, &mut tx, realm, id).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Deletes a membership.
pub async fn delete(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<()> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    let locked = store::lock(&mut tx, &realm.id, id, core.clock.now_ms()).await?;
    let membership = locked.ok_or(Error::NotFound("membership"))?;
    store::delete(&mut tx, &realm.id, id).await?;
    events::record(core, &mut tx, realm, actor, EventType::MembershipDeleted, membership.subject()).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes all memberships of an org, before the org itself is deleted.
pub(crate) async fn delete_of_org(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, org: &str) -> Result<()> {
    let gone = store::delete_of_org(tx, &realm.id, org).await?;
    tell_gone(core, tx, realm, actor, &gone).await
}

/// Deletes all memberships of a user, before the user is deleted.
pub(crate) async fn delete_of_user(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, user: &str) -> Result<()> {
    let gone = store::delete_of_user(tx, &realm.id, user).await?;
    tell_gone(core, tx, realm, actor, &gone).await
}

async fn tell_gone(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, gone: &[Gone]) -> Result<()> {
    for gone in gone {
        events::record(core, tx, realm, actor, EventType::MembershipDeleted, gone.subject()).await?;
    }
    Ok(())
}

/// Returns the user's memberships, each with its org.
pub async fn of_user(core: &Core, q: impl Query, realm: &str, user: &str) -> Result<Vec<(Membership, MemberOrg)>> {
    store::of_user(q, realm, user, core.clock.now_ms()).await
}

/// Returns the org's first thousand memberships, each with its user.
pub async fn of_org(core: &Core, realm: &Realm, org: &str) -> Result<Vec<(Membership, User)>> {
    let page = Page { after: None, limit: OFFER.most, sort: "id", descending: false };
    let rows = store::page_of_org(&core.db, &realm.id, org, &page, core.clock.now_ms()).await?;
    Ok(page.listed_behind(rows, |(membership, _)| PageCursor::behind(membership, page.sort)).items)
}

/// Returns the membership claims of a login token, or `None` if the realm omits them.
pub(crate) async fn claims(
    core: &Core,
    q: impl Query,
    realm: &Realm,
    user: &str,
) -> Result<Option<Vec<MembershipClaim>>> {
    let wanted = &realm.jwt_fields.0;
    if !wanted.contains(&JwtField::Memberships) {
        return Ok(None);
    }
    let (orgs, custom) = (wanted.contains(&JwtField::Orgs), wanted.contains(&JwtField::Custom));
    let object = |custom: &Custom| custom.value().as_object().cloned();
    let claim = |(membership, org): (Membership, MemberOrg)| MembershipClaim {
        cs: if custom { object(&membership.custom) } else { None },
        ocs: org.custom.as_ref().filter(|_| orgs && custom).and_then(object),
        p: membership.permissions.0,
        oid: membership.org_id,
        o: org.name.filter(|_| orgs),
    };
    Ok(Some(of_user(core, q, &realm.id, user).await?.into_iter().map(claim).collect()))
}

/// Maps violations of uniqueness: a user has one membership per org, and one without an org.
fn taken(error: gantry_db::Error) -> Error {
    if error.is_unique("memberships_user_id_org_id") {
        Error::invalid("user_id", "taken", "User is already a member of this org")
    } else if error.is_unique("memberships_user_id") {
        Error::invalid("user_id", "taken", "User already has a membership without an org")
    } else {
        error.into()
    }
}
