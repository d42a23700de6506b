//! Fields of each kind of import line.

use super::RecordKind;
use crate::words::Word as _;

impl RecordKind {
    /// Returns the error sentence for an unknown field, with the list of known ones.
    pub fn has_no(self, field: &str) -> String {
        format!("{field} is no field of a {}: these are {}", self.as_str(), self.fields().join(", "))
    }

    /// Returns the allowed fields besides `object`. Any other is refused: its name is most likely misspelt, and its
    /// value would be lost.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::User => &[
                "username",
                "email",
                "user_type",
                "state",
                "reference",
                "email_verification",
                "first_name",
                "last_name",
                "name",
                "custom",
                // Accepted here, but refused later with a more specific error.
                "password",
                "password_hash",
                "created_at",
                "last_login_at",
            ],
            Self::Org => &["name", "state", "reference", "custom", "created_at"],
            Self::Membership => {
                &["user", "user_reference", "org", "org_reference", "permissions", "expires_at", "custom", "created_at"]
            }
            Self::Credential => &[
                "user",
                "user_reference",
                "credential_type",
                "name",
                "state",
                "api_key_hash",
                "otp_secret",
                "created_at",
            ],
        }
    }
}
