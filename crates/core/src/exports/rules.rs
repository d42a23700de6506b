//! Pages of an export.

use gantry_crypto::{hex, totp};
use serde_json::{Map, Value, json};

use super::store::{self, Hash, Owner};
use crate::core::Core;
use crate::credentials::{self, Credential, CredentialType};
use crate::error::Result;
use crate::imports::RecordKind;
use crate::json::Custom;
use crate::memberships::{MemberOrg, Membership};
use crate::orgs::Org;
use crate::realms::Realm;
use crate::users::{User, UserType};
use crate::words::Word;

const PAGE: i64 = 500;

/// Position at which an export continues.
#[derive(Debug, Default)]
pub struct Cursor {
    after: String,
    done: bool,
}

impl Cursor {
    /// Returns whether the export has reached the end of this kind.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Moves the cursor past these rows; `id` returns a row's id.
    fn past<T>(&mut self, rows: &[T], id: impl Fn(&T) -> &str) {
        self.done = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        self.after = rows.last().map(|last| id(last).to_owned()).unwrap_or_default();
    }
}

/// Record, as one line of an export file.
pub type Record = Map<String, Value>;

/// Counts the records of this kind. The number may change while the export runs.
pub async fn count(core: &Core, realm: &Realm, kind: RecordKind, secrets: bool) -> Result<u64> {
    let (q, realm) = (&core.db, realm.id.as_str());
    let counted = match kind {
        RecordKind::User => store::count_users(q, realm).await?,
        RecordKind::Org => store::count_orgs(q, realm).await?,
        RecordKind::Membership => store::count_memberships(q, realm).await?,
        RecordKind::Credential if !secrets => 0,
        RecordKind::Credential => store::count_credentials(q, realm).await?,
    };
    Ok(u64::try_from(counted).unwrap_or(0))
}

/// Returns the next records of this kind, in the order of their creation. Hashes and secrets are included only if
/// `secrets` is set.
pub async fn page(
    core: &Core,
    realm: &Realm,
    kind: RecordKind,
    secrets: bool,
    cursor: &mut Cursor,
) -> Result<Vec<Record>> {
    let (q, realm) = (&core.db, realm.id.as_str());
    let after = cursor.after.clone();
    match kind {
        RecordKind::User => {
            let rows = store::users(q, realm, &after, PAGE).await?;
            cursor.past(&rows, |(user, _)| &user.id);
            Ok(rows.into_iter().map(|row| of_user(row, secrets)).collect())
        }
        RecordKind::Org => {
            let rows = store::orgs(q, realm, &after, PAGE).await?;
            cursor.past(&rows, |org| &org.id);
            Ok(rows.iter().map(of_org).collect())
        }
        RecordKind::Membership => {
            let rows = store::memberships(q, realm, &after, PAGE, core.clock.now_ms()).await?;
            cursor.past(&rows, |((membership, _), _)| &membership.id);
            Ok(rows.into_iter().map(of_membership).collect())
        }
        RecordKind::Credential if !secrets => {
            cursor.done = true;
            Ok(Vec::new())
        }
        RecordKind::Credential => {
            let rows = store::credentials(q, realm, &after, PAGE).await?;
            cursor.past(&rows, |(credential, _)| &credential.id);
            rows.into_iter().map(|row| of_credential(core, row)).collect()
        }
    }
}

fn of_user((user, hash): (User, Hash), secrets: bool) -> Record {
    let is_system = user.user_type == UserType::Api;
    let fields = json!({
        "username": user.username, "user_type": user.user_type, "state": user.state, "reference": user.reference,
        "email": user.email, "email_verification": user.email_verification, "first_name": user.first_name,
        "last_name": user.last_name, "name": is_system.then_some(user.name),
        "created_at": seconds(user.created_at), "last_login_at": user.last_login_at.map(seconds),
        "password_hash": hash.password_hash.filter(|_| secrets),
    });
    record(RecordKind::User, fields, Some(&user.custom))
}

fn of_org(org: &Org) -> Record {
    let fields = json!({
        "name": org.name, "state": org.state, "reference": org.reference, "created_at": seconds(org.created_at),
    });
    record(RecordKind::Org, fields, Some(&org.custom))
}

fn of_membership(((one, org), owner): ((Membership, MemberOrg), Owner)) -> Record {
    let fields = json!({
        "user": owner.username, "org": org.name, "org_reference": org.reference, "permissions": one.permissions.0,
        "expires_at": one.expires_at.map(seconds), "created_at": seconds(one.created_at),
    });
    record(RecordKind::Membership, fields, Some(&one.custom))
}

fn of_credential(core: &Core, (one, owner): (Credential, Owner)) -> Result<Record> {
    let secret = match one.credential_type {
        CredentialType::Totp => Some(totp::base32(&credentials::secret_of(core, &one)?)),
        _ => None,
    };
    let fields = json!({
        "user": owner.username, "credential_type": one.credential_type, "name": one.name,
        "state": secret.as_ref().map(|_| one.state), "otp_secret": secret,
        "api_key_hash": one.api_key_hash.as_deref().map(hex::encode), "created_at": seconds(one.created_at),
    });
    Ok(record(RecordKind::Credential, fields, None))
}

/// Returns a record with its kind first, then the fields that are set.
fn record(kind: RecordKind, fields: Value, custom: Option<&Custom>) -> Record {
    let mut record = Map::from_iter([("object".to_owned(), json!(kind.as_str()))]);
    if let Value::Object(fields) = fields {
        record.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
    }
    let custom = custom.map(Custom::value);
    if let Some(custom) = custom.filter(|custom| custom.as_object().is_some_and(|keys| !keys.is_empty())) {
        record.insert("custom".to_owned(), custom);
    }
    record
}

#[expect(clippy::cast_precision_loss, reason = "exact for the next 280,000 years")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}
