//! Memberships as they are embedded in users.

use gantry_core::json::Custom;
use gantry_core::memberships::{MemberOrg, Membership};
use gantry_core::words::State;
use serde::Serialize;

use super::wire::Seconds;

/// A membership with its org, if it has one.
#[derive(Serialize)]
pub struct OfUser<'a> {
    object: &'static str,
    id: &'a str,
    user_id: &'a str,
    org_id: Option<&'a str>,
    permissions: &'a [String],
    custom: &'a Custom,
    expires_at: Option<Seconds>,
    created_at: Seconds,
    org: Option<OrgView<'a>>,
}

#[derive(Serialize)]
struct OrgView<'a> {
    object: &'static str,
    id: &'a str,
    realm_id: &'a str,
    name: Option<&'a str>,
    state: Option<State>,
    reference: Option<&'a str>,
    custom: Option<&'a Custom>,
    created_at: Option<Seconds>,
}

/// The user's memberships on the wire.
pub fn of_user(memberships: &[(Membership, MemberOrg)]) -> Vec<OfUser<'_>> {
    memberships.iter().map(|(membership, org)| one(membership, org)).collect()
}

fn one<'a>(membership: &'a Membership, org: &'a MemberOrg) -> OfUser<'a> {
    OfUser {
        object: "membership",
        id: &membership.id,
        user_id: &membership.user_id,
        org_id: membership.org_id.as_deref(),
        permissions: &membership.permissions.0,
        custom: &membership.custom,
        expires_at: membership.expires_at.map(Seconds),
        created_at: Seconds(membership.created_at),
        org: org.id.as_deref().map(|id| OrgView {
            object: "org",
            id,
            realm_id: &membership.realm_id,
            name: org.name.as_deref(),
            state: org.state,
            reference: org.reference.as_deref(),
            custom: org.custom.as_ref(),
            created_at: org.created_at.map(Seconds),
        }),
    }
}
