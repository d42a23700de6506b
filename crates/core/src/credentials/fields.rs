//! Creates new credentials, and reads the fields that a caller may send for social identities and devices.

use super::{Credential, CredentialState, CredentialType};
use crate::core::Core;
use crate::fields::{Fields, Sent};
use crate::realms::Realm;

/// Returns an active credential of this type without any secret.
pub(super) fn fresh(core: &Core, realm: &Realm, user: &str, credential_type: CredentialType) -> Credential {
    let now = core.clock.now_ms();
    Credential {
        id: core.new_id("crd", now),
        realm_id: realm.id.clone(),
        user_id: user.to_owned(),
        credential_type,
        state: CredentialState::Active,
        name: None,
        password_hash: None,
        api_key_hash: None,
        sealed: None,
        auth_provider_id: None,
        provider_user_id: None,
        token_expires_at: None,
        last_step: None,
        created_at: now,
    }
}

/// Context that secrets of this credential are sealed for.
pub(super) fn place(id: &str) -> String {
    format!("credentials/{id}")
}

/// Applies the fields that were sent for a social identity.
pub(super) fn apply_social(core: &Core, credential: &mut Credential, fields: &mut Fields) {
    credential.provider_user_id =
        fields.line("provider_user_id", 255).patch(credential.provider_user_id.take()).filter(|id| !id.is_empty());
    fields.required("provider_user_id", credential.provider_user_id.is_some());
    match fields.text("access_token", 4096) {
        Sent::Value(token) => {
            credential.sealed = Some(core.master.seal(&place(&credential.id), token.as_bytes(), &core.random));
        }
        Sent::Null => credential.sealed = None,
        Sent::Absent => {}
    }
    credential.token_expires_at = fields.time_ms("token_expires_at").patch(credential.token_expires_at);
}

/// Applies the name of a TOTP device.
pub(super) fn apply_name(credential: &mut Credential, fields: &mut Fields) {
    credential.name = fields.line("name", 100).patch(credential.name.take()).filter(|name| !name.is_empty());
    fields.required("name", credential.name.is_some());
}
