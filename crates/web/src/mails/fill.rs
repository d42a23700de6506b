//! Template language: minijinja with limits on work and output.
//!
//! The output is the template's own text, with a placeholder mark for each value.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};
use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value as Json};

use super::address::COMPONENT;
use super::merge::KNOWN;
use super::syntax::check_syntax;
use super::values::{LONGEST, TooLong, Values, clean};

/// Maximum number of rendering steps; each 64 bytes of generated text count as a step too.
const FUEL: u64 = 50_000;

type Shared = Arc<Mutex<Values>>;

/// Checks a template. The error is the end of a sentence that begins with the field's name.
pub(super) fn check(text: &str) -> Result<(), String> {
    let text = clean(text);
    check_syntax(&text)?;
    let environment = environment(&Shared::default());
    let template = environment.template_from_str(&text).map_err(|error| told(&error))?;
    let unknown = |name: &String| {
        let known = KNOWN.contains(&name.as_str()) || name == "custom" || name.starts_with("custom.");
        !known
    };
    let mut unknown: Vec<String> = template.undeclared_variables(true).into_iter().filter(unknown).collect();
    unknown.sort();
    if let Some(name) = unknown.first() {
        return Err(format!("has the unknown field {name} (known are {} and custom.<key>)", KNOWN.join(", ")));
    }
    let mut sample: Map<String, Json> = KNOWN.iter().map(|name| ((*name).to_owned(), Json::from(*name))).collect();
    sample.insert("custom".to_owned(), Json::Object(Map::new()));
    template.render_captured_to(Value::from(Serde(sample)), Limited::default()).map_err(|error| told(&error))?;
    Ok(())
}

/// Renders a template to text with marks, and the values that they stand for. Errors as in [`check`].
pub(super) fn fill(text: &str, context: Value) -> Result<(String, Values), String> {
    let text = clean(text);
    // Stored templates are checked too, because they may be older than a rule.
    check_syntax(&text)?;
    let values = Shared::default();
    let mut filled = Limited::default();
    {
        let environment = environment(&values);
        let template = environment.template_from_str(&text).map_err(|error| told(&error))?;
        template.render_captured_to(context, &mut filled).map_err(|error| failed(&error))?;
    }
    let values = std::mem::take(&mut *lock(&values));
    let filled = String::from_utf8(filled.0).map_err(|_| "cannot be rendered: it is not UTF-8".to_owned())?;
    values.measure(&filled).map_err(|TooLong| too_long())?;
    Ok((filled, values))
}

fn environment(values: &Shared) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    // Any escaping except `None` makes minijinja distinguish the output of `set` blocks and macros from plain values.
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("mail".into()));
    let held = Arc::clone(values);
    environment.set_formatter(move |out, _state, value| write(&held, out, value));
    environment.add_filter("safe", |value: Value| value);
    environment.add_filter("escape", escape);
    environment.add_filter("e", escape);
    environment.add_filter("tojson", |value: Value| serde_json::to_string(&value).unwrap_or_default());
    let held = Arc::clone(values);
    environment.add_filter("urlencode", move |value: Value| {
        let mut held = lock(&held);
        let encoded = utf8_percent_encode(&held.plain(&readable(&value)), COMPONENT).to_string();
        Value::from_safe_string(held.hold(encoded, true))
    });
    environment
}

/// Writes a mark for a value. An absent value needs one too: otherwise `**{{first_name}}**` would become a line of
/// stars.
fn write(values: &Shared, out: &mut Output, value: &Value) -> Result<(), Error> {
    if let Some(text) = value.as_str().filter(|_| value.is_safe()) {
        return Ok(out.write_str(text)?);
    }
    let mut values = lock(values);
    let text = readable(value);
    values.measure(&text).map_err(|TooLong| Error::new(ErrorKind::WriteFailure, "too long"))?;
    // A filter on a `set` block turns it into a value that contains marks.
    let text = values.plain(&text);
    let mark = values.hold(text, false);
    Ok(out.write_str(&mark)?)
}

fn escape(state: &mut State, value: Value) -> Result<Value, Error> {
    if value.is_safe() { Ok(value) } else { state.format(value).map(Value::from_safe_string) }
}

/// Formats a value: a list as its items with commas, a boolean as in JSON.
fn readable(value: &Value) -> String {
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => String::new(),
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::Seq => match value.try_iter() {
            Ok(items) => items.map(|item| readable(&item)).collect::<Vec<_>>().join(", "),
            Err(_) => value.to_string(),
        },
        _ => value.to_string(),
    }
}

fn lock(values: &Shared) -> MutexGuard<'_, Values> {
    values.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn told(error: &Error) -> String {
    let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    limits(error).unwrap_or_else(|| format!("cannot be read: {what}{}", line(error)))
}

/// Omits the details, which may quote a value, because this may be logged.
fn failed(error: &Error) -> String {
    limits(error).unwrap_or_else(|| format!("cannot be rendered: {}{}", error.kind(), line(error)))
}

fn limits(error: &Error) -> Option<String> {
    match error.kind() {
        ErrorKind::OutOfFuel => Some("takes too many steps to render".to_owned()),
        ErrorKind::WriteFailure => Some(too_long()),
        _ => None,
    }
}

pub(super) fn too_long() -> String {
    format!("becomes longer than {} KiB", LONGEST / 1024)
}

fn line(error: &Error) -> String {
    error.line().map_or_else(String::new, |line| format!(" (line {line})"))
}

/// Buffer that accepts at most [`LONGEST`] bytes.
#[derive(Default)]
struct Limited(Vec<u8>);

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::mails::Merge;
    use crate::mails::render::render;
    use gantry_core::app_hooks::Renderer;

    #[test]
    fn known_fields_and_the_language_pass() {
        for good in [
            "Hello",
            "Hello {{ first_name }}",
            "{% if name %}Hi {{ name|upper }}{% else %}Hi{% endif %} {{custom.plan}} {{ custom[\"a b\"] }}",
            "{{ first_name|default(username) }} {# a remark #}{% raw %}{{ * }}{% endraw %}",
            "{% if custom.plan in ['pro', 'team'] and not (ip == '::1') %}{{ 'a' if name is defined else 'b' }}{% endif %}",
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
            ("{{ token|nothing }}", "uses the filter nothing (line 1): only capitalize, "),
            ("\n{% include \"other\" %}", "uses {% include %} (line 2): besides fields, only if, elif"),
            ("{{ range(1000) }}", "calculates, slices or calls (line 1)"),
        ] {
            let told = check(bad).expect_err(bad);
            assert!(told.contains(words), "{bad}: {told}");
        }
    }

    #[test]
    fn work_and_length_have_their_limits() {
        let custom = serde_json::Map::from_iter([("big".to_owned(), "x".repeat(8_000).into())]);
        let merge = Merge { custom, ..Merge::sample() };
        for (template, words) in [
            (format!("{}{}", "x".repeat(200 * 1024), "{{ custom.big }}".repeat(8)), "longer than 256 KiB"),
            ("{{ custom.big }}".repeat(33), "longer than 256 KiB"),
            ("{% if custom.big|upper|lower|upper|lower %}{% endif %}".repeat(1000), "too many steps"),
            ("{% if 'a' in custom.big %}{% endif %}".repeat(1000), "too many steps"),
        ] {
            let told = render(Renderer::Text, "s", &template, &merge).expect_err("it has a limit");
            assert!(told.starts_with("Email template ") && told.contains(words), "{told}");
        }
        assert_eq!(check(&"x ".repeat(32 * 1024)), Ok(()));
        assert_eq!(check(&"{{ name }}".repeat(1000)), Ok(()));
    }

    #[test]
    fn why_a_mail_was_not_rendered_holds_no_value() {
        let merge = Merge { token: Some("hidden".to_owned()), ..Merge::default() };
        for template in ["{{ token|length|first }}", "{{ 'a' in 1 }}", "{{ token|urlencode(1) }}"] {
            let told = render(Renderer::Text, template, "x", &merge).expect_err(template);
            assert!(told.starts_with("Email subject cannot be rendered: ") && !told.contains("hidden"), "{told}");
        }
    }
}
