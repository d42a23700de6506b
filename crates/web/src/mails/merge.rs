//! Merge fields of the mail templates.

use std::fmt;

use minijinja::value::Serde;
use serde_json::{Map, Value};

use super::brand::MailBrand;
use super::values::clean;

/// Names of the fields, in addition to `custom.<key>`.
pub(super) const KNOWN: [&str; 15] = [
    "token",
    "url",
    "username",
    "email",
    "first_name",
    "last_name",
    "name",
    "user_id",
    "realm_name",
    "app_name",
    "login_url",
    "ip",
    "client",
    "event_at",
    "locale",
];

/// Fields that a template can use. All of them are user text or configuration; none is trusted.
#[derive(Clone, Default, serde::Serialize)]
pub struct Merge {
    /// One-time token that the mail is about.
    pub token: Option<String>,
    /// Link that contains the token.
    pub url: Option<String>,
    /// Username.
    pub username: Option<String>,
    /// The user's email address.
    pub email: Option<String>,
    /// The user's first name.
    pub first_name: Option<String>,
    /// The user's last name.
    pub last_name: Option<String>,
    /// First and last name, or the username if the user has neither.
    pub name: Option<String>,
    /// Id of the user.
    pub user_id: Option<String>,
    /// Name of the realm.
    pub realm_name: Option<String>,
    /// Name of the Connected App.
    pub app_name: Option<String>,
    /// URL of the login page.
    pub login_url: Option<String>,
    /// IP address of the client that caused the event.
    pub ip: Option<String>,
    /// User agent of the client that caused the event.
    pub client: Option<String>,
    /// Time of the event in readable form: `27 November 2026, 10:15 UTC`.
    pub event_at: Option<String>,
    /// Language of the page where the event was caused: `en`, `ja`.
    pub locale: Option<String>,
    /// The user's custom attributes.
    pub custom: Map<String, Value>,
    /// Design of the frame; not available to templates.
    #[serde(skip)]
    pub brand: MailBrand,
}

impl Merge {
    /// Returns sample data for previews and test mails.
    pub fn sample() -> Self {
        let some = |text: &str| Some(text.to_owned());
        Self {
            token: some("kJ3vXq8ZtR5mWn2c"),
            url: some("https://login.example.com/confirm?token=kJ3vXq8ZtR5mWn2c"),
            username: some("ada"),
            email: some("ada@example.com"),
            first_name: some("Ada"),
            last_name: some("Lovelace"),
            name: some("Ada Lovelace"),
            user_id: some("us_0vYx2kq7TnWbR4mDp1sJcE"),
            realm_name: some("Example"),
            app_name: some("Example App"),
            login_url: some("https://login.example.com/login"),
            ip: some("192.0.2.7"),
            client: some("Firefox on Linux"),
            event_at: some("27 November 2026, 10:15 UTC"),
            locale: some("en"),
            custom: Map::new(),
            brand: MailBrand::default(),
        }
    }

    /// Returns the fields for the template language: cleaned, and without absent ones.
    pub(super) fn context(&self) -> minijinja::Value {
        let fields = serde_json::to_value(self).map_or(Value::Null, cleaned);
        minijinja::Value::from(Serde(fields))
    }
}

// Not derived: the token, the link that contains it, and users' names must not get into a log.
impl fmt::Debug for Merge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Merge").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

fn cleaned(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(cleaned).collect()),
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (clean(&key), cleaned(value)))
                .collect(),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{KNOWN, Merge};

    #[test]
    fn the_known_names_are_the_fields() {
        let fields = serde_json::to_value(Merge::default()).expect("a merge is JSON");
        let mut names: Vec<&str> = fields.as_object().expect("a map").keys().map(String::as_str).collect();
        let mut known = [&KNOWN[..], &["custom"]].concat();
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known);
    }

    #[test]
    fn a_sample_has_every_field() {
        let fields = serde_json::to_value(Merge::sample()).expect("a merge is JSON");
        assert!(KNOWN.iter().all(|name| fields[name].is_string()), "{fields}");
    }

    #[test]
    fn what_is_secret_stays_out_of_logs() {
        let shown = format!("{:?}", Merge::sample());
        assert_eq!(shown, "Merge { user_id: Some(\"us_0vYx2kq7TnWbR4mDp1sJcE\"), .. }");
    }
}
