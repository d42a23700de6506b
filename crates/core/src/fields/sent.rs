//! Fields of a request, and their validation errors.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::unread::UnreadNames;
use crate::error::{Error, FieldError, Result};
use crate::text;

/// Field of a request: absent, null or a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent<T> {
    /// Not sent, or invalid, which is then among the errors.
    Absent,
    /// Sent as `null`, or as an empty text where that clears the field.
    Null,
    /// Sent with this value.
    Value(T),
}

impl<T> Sent<T> {
    /// Returns the value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Returns whether nothing usable was sent, not even `null`.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Returns the field after a partial update: an absent field keeps its value, `null` clears it.
    pub fn patch(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Absent => current,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

/// Maximum bytes of a secret. Far above the longest password, so that the password's own rule can refuse it.
const LONGEST_SECRET: usize = 4096;

/// Fields of a request, with the errors found so far.
#[derive(Clone)]
pub struct Fields {
    map: Map<String, Value>,
    errors: Vec<FieldError>,
    unread: UnreadNames,
    /// Prefix of the names in [`UnreadNames`].
    path: String,
    missing_root: Option<String>,
}

impl Fields {
    /// Creates fields from a JSON object; a form is one in which every scalar is text.
    pub fn from_json(map: Map<String, Value>) -> Self {
        Self::tracking(map, UnreadNames::default(), String::new())
    }

    /// Creates fields like [`Self::from_json`], and tracks in `unread` the names that no rule reads, each prefixed with
    /// `path`.
    pub fn tracking(map: Map<String, Value>, unread: UnreadNames, path: String) -> Self {
        unread.add(&path, &map);
        Self { map, errors: Vec::new(), unread, path, missing_root: None }
    }

    /// Creates empty fields for a body without the object that holds them, which is the only error that is reported.
    pub fn without_root(name: &str) -> Self {
        Self { missing_root: Some(name.to_owned()), ..Self::empty() }
    }

    /// Creates fields from a hash inside one of these fields.
    pub(super) fn within(&self, name: &str, map: Map<String, Value>) -> Self {
        Self::tracking(map, self.unread.clone(), format!("{}{name}.", self.path))
    }

    /// Creates empty fields.
    pub fn empty() -> Self {
        Self::from_json(Map::new())
    }

    /// Sets a field to a text, replacing what was sent.
    pub fn set(&mut self, name: &str, text: &str) {
        self.map.insert(name.to_owned(), Value::String(text.to_owned()));
    }

    /// Returns the names of the fields that were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.map.keys().map(String::as_str)
    }

    /// Returns whether a value was sent: neither null nor a blank text.
    pub fn holds(&self, name: &str) -> bool {
        self.raw(name).value().is_some_and(|value| !is_blank(&value))
    }

    /// Returns whether anything but null was sent, including an empty text.
    pub fn was_sent(&self, name: &str) -> bool {
        self.raw(name).value().is_some()
    }

    /// Removes a field.
    pub fn remove(&mut self, name: &str) {
        self.map.remove(name);
    }

    /// Adds a validation error, once per field and code.
    pub fn error(&mut self, field: &'static str, code: &'static str, sentence: impl Into<String>) {
        if !self.errors.iter().any(|error| error.field == field && error.code == code) {
            self.errors.push(FieldError::new(field, code, sentence));
        }
    }

    /// Adds a validation error that was found elsewhere.
    pub(crate) fn add(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// Adds an error for a missing field, unless it is present or already has an error.
    pub fn required(&mut self, field: &'static str, is_there: bool) {
        if !is_there && !self.has_error(field) {
            self.error(field, "blank", format!("{} can't be blank", label(field)));
        }
    }

    /// Reads a secret that must be sent.
    pub fn required_secret(&mut self, name: &'static str) -> Option<SecretString> {
        let secret = self.secret(name).value();
        self.required(name, secret.is_some());
        secret
    }

    /// Returns whether the field has an error so far.
    pub fn has_error(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }

    /// Ends the reading, and returns all validation errors together.
    ///
    /// # Errors
    /// [`Error::Invalid`] with at least one validation error; [`Error::Malformed`] if the fields' object is missing.
    pub fn finish(self) -> Result<()> {
        if let Some(root) = self.missing_root {
            let sentence = format!("The body has no object {root}: send the fields as {{\"{root}\": {{…}}}}");
            return Err(Error::Malformed(sentence));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Error::Invalid(self.errors)) }
    }

    /// Ends the reading like [`Self::finish`], but returns a plain list of errors.
    ///
    /// # Errors
    /// At least one validation error.
    pub(crate) fn into_errors(self) -> std::result::Result<(), Vec<FieldError>> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }

    /// Returns the value as it was sent. Every reader calls this, so a name that is never read here is unknown.
    pub(super) fn raw(&self, name: &str) -> Sent<Value> {
        self.unread.read(&self.path, name);
        match self.map.get(name) {
            None => Sent::Absent,
            Some(Value::Null) => Sent::Null,
            Some(value) => Sent::Value(value.clone()),
        }
    }

    /// Reads text of at most `most` characters, without control characters other than line breaks and tabs. An empty
    /// text clears the field, as null does.
    pub fn text(&mut self, name: &'static str, most: usize) -> Sent<String> {
        let text = match self.raw(name) {
            Sent::Value(Value::String(text)) if text.is_empty() => return Sent::Null,
            Sent::Value(Value::String(text)) => text,
            Sent::Value(_) => return self.wrong(name, "must be text"),
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
        };
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.error(name, "invalid", format!("{} has characters that are not allowed", label(name)));
            return Sent::Absent;
        }
        if text.chars().count() > most {
            return self.too_long(name, most);
        }
        Sent::Value(text)
    }

    /// Reads one line of display text. Bidi controls, and white space and invisible characters around it, are removed.
    /// A line of nothing else clears the field.
    pub fn line(&mut self, name: &'static str, most: usize) -> Sent<String> {
        let text = match self.text(name, usize::MAX) {
            Sent::Value(text) => text::line(&text),
            other => return other,
        };
        if text.contains(['\n', '\r', '\t', '\u{2028}', '\u{2029}']) {
            self.error(name, "invalid", format!("{} must be a single line", label(name)));
            return Sent::Absent;
        }
        if text.chars().count() > most {
            return self.too_long(name, most);
        }
        if text.is_empty() { Sent::Null } else { Sent::Value(text) }
    }

    fn too_long<T>(&mut self, name: &'static str, most: usize) -> Sent<T> {
        self.error(name, "too_long", format!("{} is too long (at most {most} characters)", label(name)));
        Sent::Absent
    }

    /// Reads a token or key, which may be pasted: white space and invisible characters around it are removed. An empty
    /// one counts as not sent.
    pub fn secret_token(&mut self, name: &'static str) -> Sent<SecretString> {
        match self.secret(name) {
            Sent::Value(secret) => match text::trim(secret.expose_secret()) {
                "" => Sent::Absent,
                token => Sent::Value(SecretString::from(token)),
            },
            other => other,
        }
    }

    /// Reads a token that must be sent.
    pub fn required_token(&mut self, name: &'static str) -> Option<SecretString> {
        let token = self.secret_token(name).value();
        self.required(name, token.is_some());
        token
    }

    /// Reads a secret as it was sent: a password may begin and end with white space. An empty one counts as not sent.
    pub fn secret(&mut self, name: &'static str) -> Sent<SecretString> {
        match self.raw(name) {
            Sent::Value(Value::String(text)) if text.is_empty() => Sent::Absent,
            Sent::Value(Value::String(text)) if text.len() > LONGEST_SECRET => {
                self.error(name, "too_long", format!("{} is too long (at most 256 characters)", label(name)));
                Sent::Absent
            }
            Sent::Value(Value::String(text)) => Sent::Value(SecretString::from(text)),
            Sent::Value(_) => self.wrong(name, "must be text"),
            Sent::Null => Sent::Null,
            Sent::Absent => Sent::Absent,
        }
    }

    /// Reads a token of any length as it was sent; the rule that looks it up validates it.
    pub fn token(&mut self, name: &'static str) -> Sent<String> {
        match self.raw(name) {
            Sent::Value(Value::String(text)) => Sent::Value(text),
            Sent::Value(_) => self.wrong(name, "must be text"),
            Sent::Null => Sent::Null,
            Sent::Absent => Sent::Absent,
        }
    }

    pub(super) fn wrong<T>(&mut self, name: &'static str, rule: &str) -> Sent<T> {
        self.error(name, "wrong_type", format!("{} {rule}", label(name)));
        Sent::Absent
    }
}

/// Returns whether the value is a text of nothing but white space.
pub(super) fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text::trim(text).is_empty())
}

/// Returns the field's name in words: `session_minutes` is `Session minutes`.
pub fn label(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        let Value::Object(map) = value else { panic!("an object") };
        Fields::from_json(map)
    }

    fn errors(fields: Fields) -> Vec<(String, &'static str, String)> {
        match fields.finish() {
            Ok(()) => Vec::new(),
            Err(Error::Invalid(errors)) => errors.into_iter().map(|e| (e.field.into_owned(), e.code, e.text)).collect(),
            Err(other) => panic!("only broken rules: {other}"),
        }
    }

    #[test]
    fn text_is_taken_as_it_is() {
        let mut sent = fields(json!({"a": " x\n\ty\r ", "b": "", "c": null, "d": "Žluť 🦀", "unknown": 1}));
        assert_eq!(sent.text("a", 9), Sent::Value(" x\n\ty\r ".to_owned()));
        assert_eq!(sent.text("b", 9), Sent::Null, "cleared");
        assert_eq!(sent.text("c", 9), Sent::Null);
        assert_eq!(sent.text("d", 6), Sent::Value("Žluť 🦀".to_owned()));
        assert_eq!(sent.text("e", 9), Sent::Absent);
        assert!(sent.finish().is_ok());
    }

    #[test]
    fn errors_are_collected_in_order_and_name_the_field() {
        let mut sent =
            fields(json!({"name": "x".repeat(256), "first_name": 7, "reference": "a\u{0}b", "note": "a\nb"}));
        assert!(sent.line("name", 255).is_absent());
        assert!(sent.text("first_name", 9).is_absent());
        assert!(sent.text("reference", 9).is_absent());
        assert!(sent.line("note", 9).is_absent());
        for name in ["name", "username"] {
            sent.required(name, false);
        }
        sent.required("email", true);
        assert!(sent.has_error("username") && !sent.has_error("email"));
        let own = |field: &str, code, text: &str| (field.to_owned(), code, text.to_owned());
        let expected = vec![
            own("name", "too_long", "Name is too long (at most 255 characters)"),
            own("first_name", "wrong_type", "First name must be text"),
            own("reference", "invalid", "Reference has characters that are not allowed"),
            own("note", "invalid", "Note must be a single line"),
            own("username", "blank", "Username can't be blank"),
        ];
        assert_eq!(errors(sent), expected);
    }

    #[test]
    fn one_broken_rule_is_told_once() {
        let mut sent = fields(json!({"name": []}));
        let _ = (sent.text("name", 9), sent.text("name", 9));
        assert_eq!(errors(sent).len(), 1);
    }

    #[test]
    fn control_characters_are_refused_and_lines_are_trimmed() {
        for bad in ["\u{0}", "\u{1b}", "\u{7f}", "\u{85}", "\u{b}"] {
            assert!(fields(json!({"a": format!("x{bad}y")})).text("a", 9).is_absent(), "{bad:?}");
        }
        for bad in ["\n", "\r", "\r\n", "\t", "\u{2028}", "\u{2029}"] {
            assert!(fields(json!({"a": format!("x{bad}y")})).line("a", 9).is_absent(), "{bad:?}");
        }
        for pasted in [" \u{a0}x y\n", "\u{200b}x y\u{feff}", "\u{202e}x\u{202c} y"] {
            assert_eq!(fields(json!({"a": pasted})).line("a", 9), Sent::Value("x y".to_owned()), "{pasted:?}");
        }
    }

    #[test]
    fn a_secret_stays_as_it_is_and_is_never_told() {
        let mut sent = fields(json!({"a": " p w\n", "b": "s3cret".repeat(700), "c": ["s3cret"], "d": ""}));
        assert!(sent.secret("d").is_absent() && !sent.has_error("d"));
        assert_eq!(sent.secret("a").value().expect("a secret").expose_secret(), " p w\n");
        assert_eq!(sent.secret_token("a").value().expect("a token").expose_secret(), "p w");
        assert!(sent.secret("b").is_absent(), "4,200 bytes");
        assert!(sent.secret("c").is_absent());
        let told = format!("{:?}", errors(sent));
        assert!(told.contains("too_long") && told.contains("wrong_type") && !told.contains("s3cret"), "{told}");
    }

    #[test]
    fn a_partial_update_keeps_clears_or_sets() {
        assert_eq!(Sent::Absent.patch(Some(1)), Some(1));
        assert_eq!(Sent::Null.patch(Some(1)), None);
        assert_eq!(Sent::Value(2).patch(Some(1)), Some(2));
        assert_eq!((Sent::Value(2).value(), Sent::<i32>::Null.value()), (Some(2), None));
    }

    #[test]
    fn labels_are_words() {
        assert_eq!(label("session_minutes"), "Session minutes");
        assert_eq!(label("name"), "Name");
        assert_eq!(label(""), "");
    }
}
