//! What the login page says that another page has done; an address can make it say no other words.

pub const PASSWORD_CHANGED: &str = "password";
pub const EMAIL_CONFIRMED: &str = "email";
pub const LOGGED_OUT: &str = "logged-out";

/// The key of what a notice says; none of a word that is not ours.
pub fn key(word: &str) -> Option<&'static str> {
    match word {
        PASSWORD_CHANGED => Some("login-password-changed"),
        EMAIL_CONFIRMED => Some("login-email-confirmed"),
        LOGGED_OUT => Some("said-logged-out"),
        _ => None,
    }
}
