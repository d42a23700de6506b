//! Fields of a membership, and their validation.

use super::Membership;
use crate::fields::{Fields, Sent};
use crate::json::{Custom, Json};
use crate::realms::Realm;

const LONGEST_PERMISSION: usize = 62;
/// Maximum permissions that are read, above any realm's limit.
const MOST_SENT: usize = 5000;

/// Returns a membership with default values, before the sent fields are applied.
pub(super) fn fresh(id: String, realm: &Realm, (user, org): (&str, Option<&str>), now_ms: i64) -> Membership {
    Membership {
        id,
        realm_id: realm.id.clone(),
        user_id: user.to_owned(),
        org_id: org.map(str::to_owned),
        permissions: Json(Vec::new()),
        custom: Custom::empty(),
        expires_at: None,
        created_at: now_ms,
    }
}

/// Applies the sent fields; validation errors are collected in `fields`.
pub(super) fn apply(membership: &mut Membership, realm: &Realm, fields: &mut Fields, now_ms: i64) {
    permissions(membership, realm, fields);
    match fields.time_ms("expires_at") {
        Sent::Value(at) if at <= now_ms => fields.error("expires_at", "past", "Expires at must be in the future"),
        Sent::Value(at) => membership.expires_at = Some(at),
        Sent::Null => membership.expires_at = None,
        Sent::Absent => {}
    }
    match fields.custom("custom") {
        Sent::Value(custom) => membership.custom = Custom::from_map(&custom),
        Sent::Null => membership.custom = Custom::empty(),
        Sent::Absent => {}
    }
}

fn permissions(membership: &mut Membership, realm: &Realm, fields: &mut Fields) {
    let sent = match fields.texts("permissions", MOST_SENT, LONGEST_PERMISSION) {
        Sent::Value(sent) => sent,
        Sent::Null => Vec::new(),
        Sent::Absent => return,
    };
    if !sent.iter().all(|permission| is_permission(permission)) {
        let rule = "Permissions may only hold letters a to z, digits and * : ; . _ -";
        fields.error("permissions", "invalid", rule);
    }
    let mut permissions: Vec<String> = Vec::with_capacity(sent.len());
    for permission in sent {
        if !permissions.contains(&permission) {
            permissions.push(permission);
        }
    }
    let most = realm.permission_limit;
    if i64::try_from(permissions.len()).unwrap_or(i64::MAX) > most {
        fields.error("permissions", "too_many", format!("Permissions has too many entries (at most {most})"));
    }
    membership.permissions = Json(permissions);
}

/// Returns whether the text is a valid permission.
pub(crate) fn is_permission(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*:;._-".contains(&byte))
}
