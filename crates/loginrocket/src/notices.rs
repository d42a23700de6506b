//! Notices on the login page about what another page has done. The address names a notice, and cannot set its text.

pub const PASSWORD_CHANGED: &str = "password";
pub const EMAIL_CONFIRMED: &str = "email";
pub const LOGGED_OUT: &str = "logged-out";

/// Returns the key of the notice's text, or `None` for an unknown notice.
pub fn key(word: &str) -> Option<&'static str> {
    match word {
        PASSWORD_CHANGED => Some("login-password-changed"),
        EMAIL_CONFIRMED => Some("login-email-confirmed"),
        LOGGED_OUT => Some("said-logged-out"),
        _ => None,
    }
}
