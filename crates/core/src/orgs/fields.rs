//! Fields of an org, and their validation.

use super::Org;
use crate::fields::{Fields, Sent};
use crate::json::Custom;
use crate::realms::Realm;
use crate::words::{State, word};

/// Returns an org with default values, before the sent fields are applied.
pub(super) fn fresh(id: String, realm: &Realm, now_ms: i64) -> Org {
    Org {
        id,
        realm_id: realm.id.clone(),
        name: String::new(),
        state: State::Active,
        reference: None,
        custom: Custom::empty(),
        created_at: now_ms,
    }
}

/// Applies the sent fields; validation errors are collected in `fields`.
pub(super) fn apply(org: &mut Org, fields: &mut Fields) {
    match fields.line("name", 255) {
        Sent::Value(name) => org.name = name,
        Sent::Null => org.name.clear(),
        Sent::Absent => {}
    }
    fields.required("name", !org.name.is_empty());
    if let Sent::Value(state) = word(fields, "state") {
        org.state = state;
    }
    org.reference = fields.line("reference", 255).patch(org.reference.take()).filter(|text| !text.is_empty());
    match fields.custom("custom") {
        Sent::Value(custom) => org.custom = Custom::from_map(&custom),
        Sent::Null => org.custom = Custom::empty(),
        Sent::Absent => {}
    }
}
