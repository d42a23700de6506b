//! Field errors of a form, in the language of the page.

use std::borrow::Cow;

use gantry_core::credentials::{PasswordPolicy, RequiredChars};
use gantry_web::languages::Language;
use minijinja::{Value, context};

use crate::page_state::Problem;
use crate::site::Site;

/// Returns the errors in the order of the form's fields: field, sentence, and whether the field is `shown`. If users
/// are identified by their email address, username errors are reported for `email`.
pub fn told(site: &Site, policy: &PasswordPolicy, errors: &[Problem], shown: &[&str]) -> Vec<Value> {
    let field_of = |error: &Problem| -> String {
        if site.uses_email() && error.field == "username" { "email".to_owned() } else { error.field.clone() }
    };
    let place = |error: &&Problem| shown.iter().position(|field| *field == field_of(error)).unwrap_or(shown.len());
    let mut errors: Vec<&Problem> = errors.iter().collect();
    errors.sort_by_key(place);
    let one = |error: &Problem| {
        let field = field_of(error);
        let is_shown = shown.contains(&&*field);
        let text =
            sentence(&site.reader.language, policy, &Problem { field: field.clone(), ..error.clone() }).into_owned();
        context! { field, text, shown => is_shown }
    };
    let mut told: Vec<Value> = errors.into_iter().map(one).collect();
    // If the username is an email address, both fields may yield this sentence.
    told.dedup();
    told
}

/// Returns the translated sentence, or the core's English one.
pub fn sentence<'a>(language: &'a Language, policy: &PasswordPolicy, error: &'a Problem) -> Cow<'a, str> {
    let (field, code) = (&*error.field, &*error.code);
    match (field, code) {
        ("challenge", _) => return language.say("problem-challenge"),
        ("code", "clock_behind") => {
            // Only the number of the core's sentence is needed.
            let minutes: String = error.text.chars().filter(char::is_ascii_digit).collect();
            return Cow::Owned(language.say_with("code-old", &[("minutes", &minutes)]).into_owned());
        }
        _ => {}
    }
    let key = match (field, code) {
        ("password_confirmation", _) => "problem-password-mismatch",
        ("current_password", "mismatch") => "problem-current-password",
        ("email_confirmation", _) => "problem-email-mismatch",
        ("email", "invalid") | ("email" | "username", "not_an_email") => "problem-email",
        ("username", "invalid") => "problem-username",
        ("username", "reserved") => "problem-username-reserved",
        ("password", "too_common") => "problem-password-common",
        ("password", "too_long") => "problem-password-long",
        ("password", "too_short") => "problem-password-short",
        ("password", "too_weak") => "problem-password-weak",
        ("password", "needs_digit") => "problem-password-needs-digit",
        ("password", "needs_lower") => "problem-password-needs-lower",
        ("password", "needs_special") => "problem-password-needs-special",
        ("password", "needs_upper") => "problem-password-needs-upper",
        (_, "blank") => "problem-blank",
        (_, "invalid") => "problem-characters",
        (_, "taken") => "problem-taken",
        (_, "too_long") => "problem-too-long",
        _ => return Cow::Borrowed(&error.text),
    };
    let name = match field {
        "code" => "field-code",
        "current_password" => "field-current-password",
        "email" => "field-email",
        "first_name" => "field-first-name",
        "last_name" => "field-last-name",
        "org_name" => "field-organization",
        "password" => "field-password",
        "username" => "field-username",
        _ if matches!(key, "problem-password-mismatch" | "problem-email-mismatch") => "field-password",
        _ => return Cow::Borrowed(&error.text),
    };
    let least = policy.min_length.to_string();
    let said = language.say_with(key, &[("field", &language.say(name)), ("least", &least)]);
    Cow::Owned(said.into_owned())
}

/// Returns the rules for new passwords, shown before one is broken.
pub fn password_hint(language: &Language, policy: &PasswordPolicy) -> String {
    let least = policy.min_length.to_string();
    let mut hint = language.say_with("password-hint", &[("least", &least)]).into_owned();
    let kinds = policy.required_chars.iter().map(|kind| match kind {
        RequiredChars::Lower => language.say("password-kind-lower"),
        RequiredChars::Upper => language.say("password-kind-upper"),
        RequiredChars::Digit => language.say("password-kind-digit"),
        RequiredChars::Special => language.say("password-kind-special"),
    });
    let kinds = kinds.collect::<Vec<_>>().join(&language.say("and-also"));
    if !kinds.is_empty() {
        hint.push(' ');
        hint.push_str(&language.say_with("password-hint-also", &[("kinds", &kinds)]));
    }
    hint
}
