//! Reading who somebody is out of a provider's JSON.

use gantry_core::auth_providers::Oauth2;
use gantry_core::social_logins::Identity;
use serde_json::{Map, Value};

/// The person, by OpenID Connect's names and what comes near them, or by the names that were set.
pub fn read(profile: &Map<String, Value>, names: &Oauth2) -> Identity {
    let text = |set: &Option<String>, usual: &[&str]| match set {
        Some(path) => at(profile, path).and_then(text_of),
        None => usual.iter().find_map(|name| profile.get(*name).and_then(text_of)),
    };
    let whole = text(&names.name_field, &["name"]);
    let mut first_name = text(&names.first_name_field, &["given_name", "first_name"]);
    let mut last_name = text(&names.last_name_field, &["family_name", "last_name"]);
    if first_name.is_none() && last_name.is_none() {
        (first_name, last_name) = whole.as_deref().map_or((None, None), split);
    }
    let verified = match &names.email_verified_field {
        Some(path) => at(profile, path),
        None => profile.get("email_verified"),
    };
    Identity {
        provider_user_id: text(&names.id_field, &["sub", "id"]).unwrap_or_default(),
        email: text(&names.email_field, &["email"]),
        email_verified: verified.is_some_and(is_true),
        username: text(&None, &["preferred_username", "nickname", "username", "login"]),
        first_name,
        last_name,
        access_token: None,
        token_expires_at: None,
    }
}

/// A whole name as first name and the rest.
pub fn split(whole: &str) -> (Option<String>, Option<String>) {
    let whole = whole.trim();
    match whole.split_once(char::is_whitespace) {
        Some((first, rest)) => (Some(first.to_owned()), Some(rest.trim().to_owned())),
        None => (Some(whole.to_owned()).filter(|name| !name.is_empty()), None),
    }
}

/// What stands at `a.b.0.c`; a name with dots of its own comes first.
fn at<'v>(profile: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    if let Some(value) = profile.get(path) {
        return Some(value);
    }
    let mut steps = path.split('.');
    let mut value = profile.get(steps.next()?)?;
    for step in steps {
        value = match value {
            Value::Object(map) => map.get(step)?,
            Value::Array(list) => list.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// A text that is not empty, or a whole number as text.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// Yes, and nothing that only looks like it; some providers write the word as text.
pub fn is_true(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || value.as_str() == Some("true")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person(profile: &Value, names: &Oauth2) -> Identity {
        read(profile.as_object().expect("an object"), names)
    }

    // OpenID Connect Core 1.0, section 5.3.2, without the picture and with the flag of section 5.1.
    #[test]
    fn the_claims_of_the_specification_are_read() {
        let told = json!({
            "sub": "248289761001", "name": "Jane Doe", "given_name": "Jane", "family_name": "Doe",
            "preferred_username": "j.doe", "email": "janedoe@example.com", "email_verified": true,
        });
        let read = person(&told, &Oauth2::default());
        assert_eq!(read.provider_user_id, "248289761001");
        assert_eq!((read.first_name.as_deref(), read.last_name.as_deref()), (Some("Jane"), Some("Doe")));
        assert_eq!((read.email.as_deref(), read.email_verified), (Some("janedoe@example.com"), true));
        assert_eq!(read.username.as_deref(), Some("j.doe"));
    }

    #[test]
    fn only_a_clear_yes_is_one() {
        for (told, expected) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(false), false),
            (json!("false"), false),
            (json!(1), false),
            (json!("1"), false),
            (json!("yes"), false),
            (json!(null), false),
            (json!([true]), false),
            (json!({}), false),
        ] {
            let read = person(&json!({"email": "a@example.com", "email_verified": told.clone()}), &Oauth2::default());
            assert_eq!(read.email_verified, expected, "{told}");
        }
        assert!(!person(&json!({"email": "a@example.com"}), &Oauth2::default()).email_verified);
    }

    #[test]
    fn fields_that_were_set_are_found_where_they_were_set() {
        let names = Oauth2 {
            id_field: Some("data.id".to_owned()),
            email_field: Some("data.emails.0.value".to_owned()),
            email_verified_field: Some("data.emails.0.ok".to_owned()),
            name_field: Some("https://example.com/name".to_owned()),
            ..Oauth2::default()
        };
        let told = json!({
            "sub": "wrong", "email": "wrong@example.com", "email_verified": false,
            "data": {"id": 17, "emails": [{"value": "a@example.com", "ok": true}]},
            "https://example.com/name": "Ada King Lovelace",
        });
        let read = person(&told, &names);
        assert_eq!(read.provider_user_id, "17");
        assert_eq!((read.email.as_deref(), read.email_verified), (Some("a@example.com"), true));
        assert_eq!((read.first_name.as_deref(), read.last_name.as_deref()), (Some("Ada"), Some("King Lovelace")));
    }

    #[test]
    fn what_is_not_there_is_not_made_up() {
        for told in [json!({}), json!({"id": null}), json!({"id": 1.5}), json!({"id": {}}), json!({"sub": " "})] {
            assert_eq!(person(&told, &Oauth2::default()).provider_user_id, "");
        }
        let names = Oauth2 { email_field: Some("mail".to_owned()), ..Oauth2::default() };
        assert_eq!(person(&json!({"id": 1, "email": "a@example.com"}), &names).email, None);
    }
}
