//! Fields that a caller may send for a realm, and their validation.

use super::{ApiKeyPolicy, FailedLoginNames, JwtAlgo, JwtField, Realm, ResourceLink, SessionType, UsernameValidation};
use crate::fields::{Fields, Sent};
use crate::json::{Custom, Json};
use crate::words::{State, Word, word};

/// Ten years.
const MOST_MINUTES: i64 = 10 * 366 * 24 * 60;
const MOST_LINKS: usize = 20;

/// Returns a realm with default settings.
pub(super) fn fresh(id: String, account_id: Option<String>, now_ms: i64) -> Realm {
    Realm {
        id,
        account_id,
        name: String::new(),
        state: State::Active,
        reference: None,
        custom: Custom::empty(),
        username_validation_human: UsernameValidation::Standard,
        require_unique_emails: true,
        api_key_prefix: None,
        api_key_policy: ApiKeyPolicy::Hash,
        jwt_algo: JwtAlgo::Hs256,
        jwt_fields: Json(Vec::new()),
        session_type: SessionType::Managed,
        session_minutes: 360,
        session_limit: 10,
        api_key_minutes: 0,
        permission_limit: 20,
        event_days: 30,
        resource_links: Json(Vec::new()),
        sessions_ended_at: 0,
        created_at: now_ms,
        jwt_audience: false,
        failed_login_names: FailedLoginNames::Hashed,
    }
}

/// Applies the sent fields; validation errors are collected in `fields`.
pub(super) fn apply(realm: &mut Realm, fields: &mut Fields) {
    match fields.line("name", 255) {
        Sent::Value(name) => realm.name = name,
        Sent::Null => realm.name.clear(),
        Sent::Absent => {}
    }
    if realm.name.is_empty() && !fields.has_error("name") {
        fields.error("name", "blank", "Name can't be blank");
    }
    set(&mut realm.state, word(fields, "state"));
    realm.reference = fields.line("reference", 255).patch(realm.reference.take());
    match fields.custom("custom") {
        Sent::Value(custom) => realm.custom = Custom::from_map(&custom),
        Sent::Null => realm.custom = Custom::empty(),
        Sent::Absent => {}
    }
    set(&mut realm.username_validation_human, word(fields, "username_validation_human"));
    unique_emails(realm, fields);
    realm.api_key_prefix = fields.line("api_key_prefix", 30).patch(realm.api_key_prefix.take());
    set(&mut realm.api_key_policy, word(fields, "api_key_policy"));
    set(&mut realm.jwt_algo, word(fields, "jwt_algo"));
    jwt_fields(realm, fields);
    set(&mut realm.jwt_audience, fields.boolean("jwt_audience"));
    resource_links(realm, fields);
    sessions(realm, fields);
}

fn set<T>(current: &mut T, sent: Sent<T>) {
    if let Sent::Value(value) = sent {
        *current = value;
    }
}

/// Updates `require_unique_emails`. It cannot be turned on again: by then two users may share an email.
fn unique_emails(realm: &mut Realm, fields: &mut Fields) {
    if let Sent::Value(wanted) = fields.boolean("require_unique_emails") {
        if wanted && !realm.require_unique_emails {
            fields.error(
                "require_unique_emails",
                "final",
                "Require unique emails can't be turned on again once it was turned off",
            );
        }
        realm.require_unique_emails = wanted;
    }
}

fn jwt_fields(realm: &mut Realm, fields: &mut Fields) {
    match fields.choices("jwt_fields", JwtField::TEXTS) {
        Sent::Value(words) => {
            let mut wanted: Vec<JwtField> = words.into_iter().filter_map(JwtField::parse).collect();
            wanted.sort();
            wanted.dedup();
            realm.jwt_fields = Json(wanted);
        }
        Sent::Null => realm.jwt_fields = Json(Vec::new()),
        Sent::Absent => {}
    }
    let wanted = &realm.jwt_fields.0;
    if wanted.contains(&JwtField::Orgs) && !wanted.contains(&JwtField::Memberships) {
        fields.error("jwt_fields", "incomplete", "Jwt fields can only include orgs together with memberships");
    }
}

fn resource_links(realm: &mut Realm, fields: &mut Fields) {
    match fields.records("resource_links", MOST_LINKS) {
        Sent::Value(records) => {
            let links = records.into_iter().map(|record| resource_link(record, fields));
            realm.resource_links = Json(links.collect());
        }
        Sent::Null => realm.resource_links = Json(Vec::new()),
        Sent::Absent => {}
    }
}

/// Reads one link. Its validation errors are reported for the whole list.
fn resource_link(mut sent: Fields, fields: &mut Fields) -> ResourceLink {
    let resource_type = sent.line("resource_type", 64).value();
    let title = sent.line("title", 255).value().unwrap_or_default();
    let link_url = sent.url("link_url").value().unwrap_or_default();
    sent.required("title", !title.is_empty());
    sent.required("link_url", !link_url.is_empty());
    for broken in sent.into_errors().err().into_iter().flatten() {
        fields.error("resource_links", broken.code, format!("Resource links: {}", broken.text));
    }
    ResourceLink { resource_type, title, link_url }
}

fn sessions(realm: &mut Realm, fields: &mut Fields) {
    set(&mut realm.session_type, word(fields, "session_type"));
    set(&mut realm.session_minutes, fields.integer("session_minutes", 0..=MOST_MINUTES));
    set(&mut realm.api_key_minutes, fields.integer("api_key_minutes", 0..=MOST_MINUTES));
    set(&mut realm.session_limit, fields.integer("session_limit", 1..=1000));
    set(&mut realm.permission_limit, fields.integer("permission_limit", 1..=2000));
    set(&mut realm.failed_login_names, word(fields, "failed_login_names"));
    set(&mut realm.event_days, fields.integer("event_days", 0..=3660));
    if realm.session_type == SessionType::Managed && realm.session_minutes == 0 {
        fields.error("session_minutes", "too_small", "Session minutes must be at least 1 while sessions are managed");
    }
}
