//! Lists, hashes and URLs.

use serde_json::{Map, Value};
use url::Url;

use super::sent::{Fields, Sent, is_blank, label};
use crate::text;
use crate::web_origin::WebOrigin;

const LONGEST_URL: usize = 2000;
const MOST_CUSTOM_KEYS: usize = 50;
const MOST_CUSTOM_BYTES: usize = 8 * 1024;

impl Fields {
    /// Reads several of a closed set of words.
    pub fn choices(&mut self, name: &'static str, words: &'static [&'static str]) -> Sent<Vec<&'static str>> {
        let texts = match self.texts(name, words.len() * 2, 64) {
            Sent::Value(texts) => texts,
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
        };
        let known = texts.iter().map(|text| words.iter().find(|word| *word == text).copied());
        match known.collect() {
            Some(known) => Sent::Value(known),
            None => self.unknown_word(name, words),
        }
    }

    pub(super) fn unknown_word<T>(&mut self, name: &'static str, words: &[&str]) -> Sent<T> {
        self.error(name, "inclusion", format!("{} must be one of {}", label(name), words.join(", ")));
        Sent::Absent
    }

    /// Reads one or several texts and trims them. Blank ones are dropped: lists of HTML forms begin with one.
    pub fn texts(&mut self, name: &'static str, most: usize, longest: usize) -> Sent<Vec<String>> {
        let mut items = match self.raw(name) {
            Sent::Value(Value::Array(items)) => items,
            Sent::Value(text @ Value::String(_)) => vec![text],
            Sent::Value(_) => return self.wrong(name, "must be a list of texts"),
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
        };
        items.retain(|item| !is_blank(item));
        if items.len() > most {
            self.error(name, "too_many", format!("{} has too many entries (at most {most})", label(name)));
            return Sent::Absent;
        }
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            let Value::String(text) = item else { return self.wrong(name, "must be a list of texts") };
            let text = text::trim(&text);
            if text.chars().any(char::is_control) {
                self.error(name, "invalid", format!("{} has characters that are not allowed", label(name)));
                return Sent::Absent;
            }
            if text.chars().count() > longest {
                let sentence = format!("{} has an entry that is too long (at most {longest} characters)", label(name));
                self.error(name, "too_long", sentence);
                return Sent::Absent;
            }
            texts.push(text.to_owned());
        }
        Sent::Value(texts)
    }

    /// Reads custom attributes: names with scalars or arrays of scalars.
    pub fn custom(&mut self, name: &'static str) -> Sent<Map<String, Value>> {
        let map = match self.raw(name) {
            Sent::Value(Value::Object(map)) => map,
            Sent::Value(Value::Array(items)) if items.is_empty() => Map::new(), // PHP's empty hash
            Sent::Value(blank) if is_blank(&blank) => Map::new(),
            Sent::Value(_) => return self.wrong(name, "must be a hash"),
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
        };
        let scalar = |value: &Value| !value.is_object() && !value.is_array();
        let simple = |value: &Value| scalar(value) || value.as_array().is_some_and(|items| items.iter().all(scalar));
        if !map.values().all(simple) {
            return self.wrong(name, "may only hold texts, numbers, booleans, nulls and lists of them");
        }
        if map.iter().any(|(key, value)| has_nul(key) || value_has_nul(value)) {
            self.error(name, "invalid", format!("{} has characters that are not allowed", label(name)));
            return Sent::Absent;
        }
        if map.len() > MOST_CUSTOM_KEYS {
            let sentence = format!("{} has too many keys (at most {MOST_CUSTOM_KEYS})", label(name));
            self.error(name, "too_many", sentence);
            return Sent::Absent;
        }
        if crate::json::to_text(&map).len() > MOST_CUSTOM_BYTES {
            self.error(name, "too_long", format!("{} is too large (at most 8 KiB as JSON)", label(name)));
            return Sent::Absent;
        }
        Sent::Value(map)
    }

    /// Reads an absolute http or https URL without user, password or fragment.
    pub fn url(&mut self, name: &'static str) -> Sent<String> {
        match self.line(name, LONGEST_URL) {
            Sent::Value(text) => match web_address(&text) {
                Some(url) => Sent::Value(url),
                None => self.no_url(name),
            },
            other => other,
        }
    }

    /// Reads several URLs, each as in [`Self::url`].
    pub fn urls(&mut self, name: &'static str, most: usize) -> Sent<Vec<String>> {
        let texts = match self.texts(name, most, LONGEST_URL) {
            Sent::Value(texts) => texts,
            other => return other,
        };
        match texts.iter().map(|text| web_address(text)).collect() {
            Some(urls) => Sent::Value(urls),
            None => self.no_url(name),
        }
    }

    /// Reads several hashes, each as fields of its own.
    pub(crate) fn records(&mut self, name: &'static str, most: usize) -> Sent<Vec<Self>> {
        let mut items = match self.raw(name) {
            Sent::Value(Value::Array(items)) => items,
            Sent::Value(blank) if is_blank(&blank) => Vec::new(),
            Sent::Value(_) => return self.wrong(name, "must be a list of hashes"),
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
        };
        items.retain(|item| !is_blank(item));
        if items.len() > most {
            self.error(name, "too_many", format!("{} has too many entries (at most {most})", label(name)));
            return Sent::Absent;
        }
        let record = |item| match item {
            Value::Object(map) => Some(self.within(name, map)),
            _ => None,
        };
        match items.into_iter().map(record).collect() {
            Some(records) => Sent::Value(records),
            None => self.wrong(name, "must be a list of hashes"),
        }
    }

    fn no_url<T>(&mut self, name: &'static str) -> Sent<T> {
        self.error(name, "invalid", format!("{} must be an http or https address", label(name)));
        Sent::Absent
    }
}

/// Returns the URL as it was sent, if it is allowed.
fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    // The parser also takes `http:host` and `http:///host`, and drops an empty user.
    let authority = text.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let plain = authority.is_some_and(|authority| !authority.is_empty() && !authority.contains('@'))
        && matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
        // The host may be sent in headers, where `,` and `;` are separators.
        && WebOrigin::parse(&url.origin().ascii_serialization()).is_some()
        && !text.contains(['\\', ' ', '\t', '\n', '\r']);
    plain.then(|| text.to_owned())
}

/// PostgreSQL cannot store NUL in text, so it is refused.
fn has_nul(text: &str) -> bool {
    text.contains('\0')
}

fn value_has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => has_nul(text),
        Value::Array(items) => items.iter().any(value_has_nul),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use gantry_crypto::Random;
    use serde_json::json;

    fn fields(value: &Value) -> Fields {
        Fields::from_json(value.as_object().cloned().expect("an object"))
    }

    /// Returns the error sentence about the one field that was sent as `a_field`.
    fn sentence<T>(value: &Value, read: impl Fn(&mut Fields, &'static str) -> Sent<T>) -> String {
        let mut sent = fields(&json!({"a_field": value}));
        assert!(read(&mut sent, "a_field").is_absent(), "{value}");
        match sent.finish() {
            Err(Error::Invalid(errors)) if errors.len() == 1 && errors[0].field == "a_field" => errors[0].text.clone(),
            other => panic!("{value}: {other:?}"),
        }
    }

    #[test]
    fn words_come_from_their_set() {
        const WORDS: &[&str] = &["active", "inactive"];
        let one = |fields: &mut Fields, name| fields.choice(name, WORDS);
        let several = |fields: &mut Fields, name| fields.choices(name, WORDS);
        assert_eq!(one(&mut fields(&json!({"state": " active "})), "state"), Sent::Value("active"));
        assert_eq!(one(&mut fields(&json!({"state": " "})), "state"), Sent::Absent);
        for wrong in [json!("Active"), json!(1), json!(["active"])] {
            assert_eq!(sentence(&wrong, one), "A field must be one of active, inactive");
        }
        assert_eq!(several(&mut fields(&json!({"x": ["inactive"]})), "x"), Sent::Value(vec!["inactive"]));
        assert_eq!(several(&mut fields(&json!({"x": "active"})), "x"), Sent::Value(vec!["active"]));
        assert_eq!(sentence(&json!(["active", "x"]), several), "A field must be one of active, inactive");
    }

    #[test]
    fn texts_are_one_or_several() {
        let read = |value: Value| fields(&json!({"x": value})).texts("x", 2, 3);
        assert_eq!(read(json!("abc")), Sent::Value(vec!["abc".to_owned()]));
        assert_eq!(read(json!(["a", "äöü"])), Sent::Value(vec!["a".to_owned(), "äöü".to_owned()]));
        assert_eq!((read(json!("")), read(json!([]))), (Sent::Value(Vec::new()), Sent::Value(Vec::new())));
        assert_eq!(read(json!(["", " a ", " "])), Sent::Value(vec!["a".to_owned()]), "blanks are dropped");
        let texts = |fields: &mut Fields, name| fields.texts(name, 2, 3);
        assert_eq!(sentence(&json!(["a", "b", "c"]), texts), "A field has too many entries (at most 2)");
        assert_eq!(sentence(&json!(["abcd"]), texts), "A field has an entry that is too long (at most 3 characters)");
        assert_eq!(sentence(&json!(["a\nb"]), texts), "A field has characters that are not allowed");
        assert_eq!(sentence(&json!([1]), texts), "A field must be a list of texts");
    }

    #[test]
    fn custom_attributes_are_scalars_and_lists_of_them() {
        let good = json!({"a": 1, "B": "x\ny", "c": [true, null, 1.5, "z"], "d": null, "": []});
        let read = fields(&json!({"custom": good})).custom("custom");
        assert_eq!(read.value().map(Value::Object), Some(good));
        for empty in [json!([]), json!(""), json!(" ")] {
            assert_eq!(fields(&json!({"custom": empty})).custom("custom"), Sent::Value(Map::new()));
        }
        for wrong in [json!({"a": {}}), json!({"a": [[]]}), json!({"a": [{"b": 1}]})] {
            assert!(sentence(&wrong, Fields::custom).starts_with("A field may only hold"));
        }
        assert_eq!(sentence(&json!("x"), Fields::custom), "A field must be a hash");
        for nul in [json!({"a\u{0}": 1}), json!({"a": "\u{0}"}), json!({"a": ["\u{0}"]})] {
            assert_eq!(sentence(&nul, Fields::custom), "A field has characters that are not allowed");
        }
        let many = |count: usize| Value::Object((0..count).map(|at| (at.to_string(), json!(1))).collect());
        assert!(fields(&json!({"custom": many(50)})).custom("custom").value().is_some());
        assert_eq!(sentence(&many(51), Fields::custom), "A field has too many keys (at most 50)");
        // {"a":"…"} has eight characters around the text.
        assert!(fields(&json!({"custom": {"a": "x".repeat(8184)}})).custom("custom").value().is_some());
        assert_eq!(
            sentence(&json!({"a": "x".repeat(8185)}), Fields::custom),
            "A field is too large (at most 8 KiB as JSON)"
        );
    }

    #[test]
    fn addresses_are_absolute_and_of_the_web() {
        for good in
            ["https://a.example", "http://localhost:3000/cb?x=y", "HTTPS://A.example/ü", "https://bücher.example/"]
        {
            assert_eq!(fields(&json!({"url": format!(" {good}\n")})).url("url"), Sent::Value(good.to_owned()));
            assert_eq!(fields(&json!({"url": [good]})).urls("url", 1), Sent::Value(vec![good.to_owned()]));
        }
        for bad in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "jAvAsCrIpT://a.example/%0aalert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "DATA:text/html;base64,eA==",
            "vbscript:x",
            "file:///etc/passwd",
            "ftp://a.example",
            "blob:https://a.example/x",
            "myapp://cb",
            "//a.example",
            "/cb",
            "a.example/cb",
            "https:",
            "https://",
            "http:a.example",
            "http:/a.example",
            "http:///a.example",
            "https:\\\\a.example",
            "https://a.example\\x",
            "https://u@a.example",
            "https://u:p@a.example",
            "https://@a.example",
            "https://:@a.example",
            "https://a.example/#",
            "https://a.example/#x",
            "https://a b.example",
            "https://a.example/a b",
            "https://a.example:99999",
            "https://[::1",
            "https://a%00.example",
            "https://a,b.example",
            "https://a;b.example",
            "https://a'b.example",
        ] {
            assert!(fields(&json!({"url": bad})).url("url").is_absent(), "{bad}");
            assert!(fields(&json!({"url": [bad]})).urls("url", 1).is_absent(), "{bad}");
        }
        assert_eq!(sentence(&json!("ftp://x.example"), Fields::url), "A field must be an http or https address");
        assert_eq!(fields(&json!({"url": ""})).url("url"), Sent::Null);
        assert!(fields(&json!({"url": format!("https://a.example/{}", "x".repeat(1990))})).url("url").is_absent());
    }

    fn any_value(random: &Random, depth: u8) -> Value {
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        let several = |count: u8| (0..count % 4).map(|_| any_value(random, depth - 1));
        let text =
            || ["", "true", "12", "-1", "1e9", "\u{0}", "ä\n", "https://a.example", "x@y"][usize::from(bytes[1] % 9)];
        match bytes[0] % if depth == 0 { 5 } else { 7 } {
            0 => Value::Null,
            1 => json!(bytes[1] % 2 == 0),
            2 => json!(f64::from(u32::from_be_bytes(bytes)) * 1e290 - 1e299),
            3 => json!(i64::from(bytes[1]) - 99),
            4 => json!(text().repeat(1 + usize::from(bytes[2] / 128) * 3000)),
            5 => Value::Array(several(bytes[2]).collect()),
            _ => Value::Object(several(bytes[2]).enumerate().map(|(at, value)| (at.to_string(), value)).collect()),
        }
    }

    /// Every reader on any JSON: no panic, and a value, a null, an empty text that counts as not sent, or exactly one
    /// error.
    #[test]
    fn no_json_surprises_a_reader() {
        const WORDS: &[&str] = &["true", "12"];
        type Reader = fn(&mut Fields) -> bool;
        let readers: [Reader; 13] = [
            |f| f.text("x", 9).is_absent(),
            |f| f.line("x", 9).is_absent(),
            |f| f.secret("x").is_absent(),
            |f| f.boolean("x").is_absent(),
            |f| f.integer("x", i64::MIN..=i64::MAX).is_absent(),
            |f| f.time_ms("x").is_absent(),
            |f| f.choice("x", WORDS).is_absent(),
            |f| f.choices("x", WORDS).is_absent(),
            |f| f.texts("x", 2, 9).is_absent(),
            |f| f.custom("x").is_absent(),
            |f| f.url("x").is_absent(),
            |f| f.urls("x", 2).is_absent(),
            |f| f.line("x", 0).is_absent(),
        ];
        let random = Random::seeded(3);
        for _ in 0..3000 {
            let sent = json!({"x": any_value(&random, 3)});
            for (at, read) in readers.iter().enumerate() {
                let mut fields = fields(&sent);
                let absent = read(&mut fields);
                let refused = fields.has_error("x");
                // An empty text may count as not sent.
                assert!(absent == refused || (absent && is_blank(&sent["x"])), "reader {at} on {sent}");
                assert_eq!(refused, fields.finish().is_err(), "reader {at} on {sent}");
            }
        }
    }
}
