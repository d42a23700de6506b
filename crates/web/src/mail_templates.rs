//! Templates of mails, as developers write them: checked when they are saved.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};

/// What a template can use; `custom.<key>` besides.
const KNOWN: [&str; 14] = [
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
];
/// Steps that rendering may take.
const FUEL: u64 = 50_000;

/// What is wrong with a template, as the end of a sentence that begins with the field's name.
pub fn check(text: &str) -> Result<(), String> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.add_template("template", text).map_err(|error| told(&error))?;
    let template = environment.get_template("template").map_err(|error| told(&error))?;
    let unknown = |name: &String| {
        let known = KNOWN.contains(&name.as_str()) || name == "custom" || name.starts_with("custom.");
        !known
    };
    let mut unknown: Vec<String> = template.undeclared_variables(true).into_iter().filter(unknown).collect();
    unknown.sort();
    if let Some(name) = unknown.first() {
        return Err(format!("has the unknown field {name} (known are {} and custom.<key>)", KNOWN.join(", ")));
    }
    let mut sample: BTreeMap<&str, Value> = KNOWN.iter().map(|name| (*name, Value::from(*name))).collect();
    sample.insert("custom", Value::from(Serde(BTreeMap::<String, String>::new())));
    template.render(Value::from(Serde(sample))).map(|_| ()).map_err(|error| told(&error))
}

fn told(error: &minijinja::Error) -> String {
    let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    match error.line() {
        Some(line) => format!("cannot be read: {what} (line {line})"),
        None => format!("cannot be read: {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn known_fields_and_the_language_pass() {
        for good in [
            "Hello",
            "Hello {{ first_name }}",
            "{% if name %}Hi {{ name|upper }}{% else %}Hi{% endif %} {{custom.plan}} {{ custom[\"a b\"] }}",
            "{% for letter in token %}{{ letter }}{% endfor %} {# a remark #}",
            "{% set greeting = username %}{{ greeting }}",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (bad, words) in [
            ("one\ntwo {{ token", "line 2"),
            ("{% if token %}", "cannot be read"),
            ("{{ password }}", "unknown field password"),
            ("{% if token %}{{ user.email }}{% endif %}", "unknown field user"),
            ("{{ token|nothing }}", "cannot be read"),
            ("{% include \"other\" %}", "cannot be read"),
            ("{% for a in range(1000) %}{{ token }}{% endfor %}", "unknown field range"),
        ] {
            let told = check(bad).expect_err(bad);
            assert!(told.contains(words), "{bad}: {told}");
        }
    }
}
