//! Making and reading memberships.

use gantry_crypto::jwt::MembershipClaim;
use gantry_db::{Query, Tx};

use super::store::{self, MemberOrg, Membership};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Result;
use crate::events::{self, EventType, Subject};
use crate::json::{Custom, Json};
use crate::realms::{JwtField, Realm};

/// Makes the user a member of the org.
pub(crate) async fn insert(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    (user, org): (&str, &str),
    permissions: Vec<String>,
) -> Result<Membership> {
    let now = core.clock.now_ms();
    let membership = Membership {
        id: core.new_id("mb", now),
        realm_id: realm.id.clone(),
        user_id: user.to_owned(),
        org_id: Some(org.to_owned()),
        permissions: Json(permissions),
        custom: Custom::empty(),
        expires_at: None,
        created_at: now,
    };
    store::insert(tx, &membership).await?;
    let subject = Subject { user: Some(user), org: Some(org), membership: Some(&membership.id), ..Subject::default() };
    events::record(core, tx, realm, actor, EventType::MembershipCreated, subject).await?;
    Ok(membership)
}

/// The user's memberships that have not expired, each with its org.
pub async fn of_user(core: &Core, q: impl Query, realm: &str, user: &str) -> Result<Vec<(Membership, MemberOrg)>> {
    store::of_user(q, realm, user, core.clock.now_ms()).await
}

/// What a login token tells of the memberships, or `None` where the realm leaves them out.
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
