//! Fields that a caller may send for a user, and their validation.

use gantry_crypto::{Random, token};

use super::{EmailVerification, User, UserType, names};
use crate::fields::{Fields, Sent};
use crate::json::Custom;
use crate::realms::{Realm, UsernameValidation};
use crate::text;
use crate::words::{State, word};

/// Returns a user with default values.
pub(super) fn fresh(id: String, realm: &Realm, now_ms: i64) -> User {
    User {
        id,
        realm_id: realm.id.clone(),
        user_type: UserType::Human,
        state: State::Active,
        reference: None,
        custom: Custom::empty(),
        username: String::new(),
        email: None,
        unique_email: None,
        email_verification: EmailVerification::None,
        first_name: None,
        last_name: None,
        name: String::new(),
        last_login_at: None,
        created_at: now_ms,
        folded_name: String::new(),
        verified_email: None,
        locked_until: None,
    }
}

/// Sets the type, which is fixed once the user is created. A system gets a username even if none was sent.
pub(super) fn user_type(user: &mut User, fields: &mut Fields, random: &Random) {
    match word::<UserType>(fields, "user_type") {
        Sent::Value(user_type) => user.user_type = user_type,
        Sent::Absent | Sent::Null => fields.required("user_type", false),
    }
    if user.user_type == UserType::Api {
        user.username = format!("api-{}", &token::generate(None, random)[..16].to_lowercase());
    }
}

/// Refuses a field that users of this type do not have.
pub(super) fn none_of(fields: &mut Fields, name: &'static str, sentence: &'static str) {
    if fields.holds(name) {
        fields.error(name, "wrong_user_type", sentence);
    }
}

/// Applies the sent fields; validation errors are collected in `fields`.
pub(super) fn apply(user: &mut User, realm: &Realm, fields: &mut Fields) {
    email(user, realm, fields);
    username(user, realm, fields);
    if let Sent::Value(state) = word(fields, "state") {
        user.state = state;
    }
    match word(fields, "email_verification") {
        // Clients that send back everything they have read send `verified` again, even with a new address.
        Sent::Value(EmailVerification::Verified) if user.email_verification != EmailVerification::Verified => {
            user.prove_address();
        }
        Sent::Value(verification) => user.email_verification = verification,
        Sent::Absent | Sent::Null => {}
    }
    user.reference = fields.line("reference", 255).patch(user.reference.take()).filter(|text| !text.is_empty());
    user.first_name = fields.line("first_name", 100).patch(user.first_name.take()).filter(|text| !text.is_empty());
    user.last_name = fields.line("last_name", 100).patch(user.last_name.take()).filter(|text| !text.is_empty());
    match fields.custom("custom") {
        Sent::Value(custom) => user.custom = Custom::from_map(&custom),
        Sent::Null => user.custom = Custom::empty(),
        Sent::Absent => {}
    }
    let full = names::full_name(user.first_name.as_deref(), user.last_name.as_deref(), &user.username);
    user.name = if user.user_type == UserType::Api { system_name(user, fields, full) } else { full };
    user.folded_name = text::fold_name(&user.name);
}

/// Returns a system's name: the sent one, or else the existing one.
fn system_name(user: &User, fields: &mut Fields, full: String) -> String {
    match fields.line("name", 255) {
        Sent::Value(name) if !name.is_empty() => name,
        Sent::Absent if !user.name.is_empty() => user.name.clone(),
        _ => full,
    }
}

fn email(user: &mut User, realm: &Realm, fields: &mut Fields) {
    match fields.line("email", 254) {
        Sent::Value(text) if !text.is_empty() => match names::email(&text) {
            Ok(email) => user.email = Some(email),
            Err(why) => fields.error("email", "invalid", format!("Email {why}")),
        },
        Sent::Value(_) | Sent::Null => user.email = None,
        Sent::Absent => {}
    }
    fields.required("email", user.email.is_some() || user.user_type == UserType::Api);
    user.unique_email = user.email.clone().filter(|_| realm.require_unique_emails);
}

/// Returns the error code of a refused username, for callers that use other wording.
fn refusal(why: &str, must_be_email: bool) -> &'static str {
    match why {
        names::RESERVED => "reserved",
        names::TOO_LONG => "too_long",
        _ if must_be_email => "not_an_email",
        _ => "invalid",
    }
}

fn username(user: &mut User, realm: &Realm, fields: &mut Fields) {
    let human = user.user_type == UserType::Human;
    let must_be_email = human && realm.username_validation_human == UsernameValidation::Email;
    match fields.line("username", 255) {
        Sent::Value(text) if !text.is_empty() => {
            let read = if must_be_email { names::email(&text) } else { names::username(&text) };
            match read {
                Ok(username) => user.username = username,
                Err(why) => fields.error("username", refusal(why, must_be_email), format!("Username {why}")),
            }
        }
        Sent::Value(_) | Sent::Null if human => user.username.clear(),
        Sent::Value(_) | Sent::Null | Sent::Absent => {}
    }
    fields.required("username", !user.username.is_empty());
}
