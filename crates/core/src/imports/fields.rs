//! What a line of an import may hold.

use super::RecordKind;
use crate::words::Word as _;

impl RecordKind {
    /// Says that there is no such field.
    pub fn has_no(self, field: &str) -> String {
        format!("{field} is no field of a {}: these are {}", self.as_str(), self.fields().join(", "))
    }

    /// What a line may hold besides `object`. Anything else is refused: most likely a name is misspelt, and what stands
    /// there would be missing.
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
                // Has an error of its own.
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
