//! Reads a user's identity from a provider's JSON.

use gantry_core::auth_providers::Oauth2;
use gantry_core::social_logins::Identity;
use serde_json::{Map, Value};

/// Email address, and whether the provider has verified it; `None` if it does not say.
type Address = (String, Option<bool>);

/// Reads an identity by the configured field names, or by OpenID Connect's names and common variants of them.
pub fn read(profile: &Map<String, Value>, names: &Oauth2) -> Identity {
    person(profile, address(profile, names), names)
}

/// Reads an identity from an ID token's claims and a profile; the profile takes precedence. Address and verification
/// flag are always taken from the same document; an address with a flag is preferred.
pub fn read_both(claims: Map<String, Value>, profile: Map<String, Value>, names: &Oauth2) -> Identity {
    let told = [&profile, &claims].map(|document| address(document, names));
    let mut addresses = told.into_iter().flatten();
    let first = addresses.next();
    let address = match first {
        Some((_, None)) => addresses.find(|(_, word)| word.is_some()).or(first),
        _ => first,
    };
    let mut all = claims;
    all.extend(profile);
    person(&all, address, names)
}

fn person(profile: &Map<String, Value>, address: Option<Address>, names: &Oauth2) -> Identity {
    let text = |set: &Option<String>, usual: &[&str]| text_at(profile, set.as_deref(), usual);
    let whole = text(&names.name_field, &["name"]);
    let mut first_name = text(&names.first_name_field, &["given_name", "first_name"]);
    let mut last_name = text(&names.last_name_field, &["family_name", "last_name"]);
    if first_name.is_none() && last_name.is_none() {
        (first_name, last_name) = whole.as_deref().map_or((None, None), split);
    }
    let (email, word) = address.map_or((None, None), |(email, word)| (Some(email), word));
    Identity {
        provider_user_id: text(&names.id_field, &["sub", "id"]).unwrap_or_default(),
        email,
        email_verified: word == Some(true),
        username: text(&None, &["preferred_username", "nickname", "username", "login"]),
        first_name,
        last_name,
        access_token: None,
        token_expires_at: None,
    }
}

/// Reads the address with its verification flag. `email_verified` applies to the `email` field only; an address in
/// another field needs a configured flag.
fn address(profile: &Map<String, Value>, names: &Oauth2) -> Option<Address> {
    let email = text_at(profile, names.email_field.as_deref(), &["email"])?;
    let is_usual = names.email_field.as_deref().is_none_or(|path| path == "email");
    let word = match &names.email_verified_field {
        Some(path) => at(profile, path),
        None => profile.get("email_verified").filter(|_| is_usual),
    };
    Some((email, word.map(is_true)))
}

/// Splits a full name at its first space into first and last name.
pub fn split(whole: &str) -> (Option<String>, Option<String>) {
    let whole = whole.trim();
    match whole.split_once(char::is_whitespace) {
        Some((first, rest)) => (Some(first.to_owned()), Some(rest.trim().to_owned())),
        None => (Some(whole.to_owned()).filter(|name| !name.is_empty()), None),
    }
}

/// Returns the text at the configured path, or otherwise the first of the usual names that has one.
fn text_at(profile: &Map<String, Value>, set: Option<&str>, usual: &[&str]) -> Option<String> {
    match set {
        Some(path) => at(profile, path).and_then(text_of),
        None => usual.iter().find_map(|name| profile.get(*name).and_then(text_of)),
    }
}

/// Returns the value at a path such as `a.b.0.c`. A field whose name is the whole path, dots included, takes
/// precedence.
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

/// Returns a non-empty text, or an integer as text.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// Returns whether the value is `true` or `"true"`, as some providers send text. Anything else counts as false.
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
    fn the_usual_flag_speaks_of_the_usual_address() {
        let told = json!({"email": "eve@evil.example", "email_verified": true, "contact_mail": "boss@example.org"});
        for (field, flag, expected) in [
            (None, None, ("eve@evil.example", true)),
            (Some("email"), None, ("eve@evil.example", true)),
            (Some("contact_mail"), None, ("boss@example.org", false)),
            (Some("contact_mail"), Some("email_verified"), ("boss@example.org", true)),
        ] {
            let [email_field, email_verified_field] = [field, flag].map(|name| name.map(str::to_owned));
            let names = Oauth2 { email_field, email_verified_field, ..Oauth2::default() };
            let read = person(&told, &names);
            assert_eq!(
                (read.email.as_deref(), read.email_verified),
                (Some(expected.0), expected.1),
                "{field:?} {flag:?}"
            );
        }
    }

    #[test]
    fn an_address_and_the_word_on_it_are_from_one_document() {
        let told = |email: Option<&str>, word: Option<bool>| {
            let fields = [("email", email.map(|email| json!(email))), ("email_verified", word.map(|word| json!(word)))];
            let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
            fields.chain([("name".to_owned(), json!("Ada Lovelace"))]).collect::<Map<_, _>>()
        };
        let (a, b) = (Some("a@example.com"), Some("b@example.com"));
        for (claims, profile, expected) in [
            ((a, Some(true)), (b, None), (a, true)),
            ((a, Some(true)), (b, Some(false)), (b, false)),
            ((a, None), (b, Some(true)), (b, true)),
            ((a, None), (b, None), (b, false)),
            ((a, None), (None, Some(true)), (a, false)),
            ((None, Some(true)), (b, None), (b, false)),
            ((a, Some(true)), (a, None), (a, true)),
            ((a, Some(true)), (None, None), (a, true)),
            ((None, Some(true)), (None, Some(true)), (None, false)),
        ] {
            let read = read_both(told(claims.0, claims.1), told(profile.0, profile.1), &Oauth2::default());
            assert_eq!((read.email.as_deref(), read.email_verified), expected, "{claims:?} {profile:?}");
            assert_eq!(read.last_name.as_deref(), Some("Lovelace"));
        }
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
