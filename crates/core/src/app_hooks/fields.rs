//! Reads and validates the fields that a caller may send for a hook.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use url::Url;
use zeroize::Zeroizing;

use super::store::AppHook;
use super::{HookType, HookUsers, Renderer};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::fields::{Fields, Sent};
use crate::json::Json;
use crate::users::names;
use crate::words::{State, Word, word};

const LONGEST_DESTINATION: usize = 2000;
const LONGEST_SUBJECT: usize = 255;
const LONGEST_TEMPLATE: usize = 64 * 1024;
/// Longest delay in seconds: two days.
const LONGEST_DELAY: i64 = 2 * 24 * 60 * 60;

/// Context that the destination is sealed for.
fn destination_place(id: &str) -> String {
    format!("app_hooks/{id}/destination")
}

/// Context that the signing secret is sealed for.
pub(super) fn secret_place(id: &str) -> String {
    format!("app_hooks/{id}/secret")
}

/// Returns a new hook with defaults, before any field is applied. A webhook gets its signing secret here.
pub(super) fn fresh(core: &Core, account: Option<&str>, realm: Option<&str>, hook_type: HookType) -> AppHook {
    let now = core.clock.now_ms();
    let id = core.new_id("hk", now);
    let secret = (hook_type == HookType::Webhook).then(|| fresh_secret(core, &id));
    AppHook {
        id,
        account_id: account.map(str::to_owned),
        realm_id: realm.map(str::to_owned),
        state: State::Active,
        hook_type,
        event_types: Json(Vec::new()),
        delay: 0,
        destination: None,
        secret,
        email_from: None,
        email_from_name: None,
        email_renderer: Renderer::Markdown,
        email_subject: None,
        email_template: None,
        email_to: None,
        user_type: HookUsers::All,
        created_at: now,
        previous_secret: None,
        previous_secret_until: None,
    }
}

/// Generates a signing secret in the format of Standard Webhooks, sealed for the hook.
pub(super) fn fresh_secret(core: &Core, id: &str) -> Vec<u8> {
    let mut bytes = Zeroizing::new([0; 32]);
    core.random.fill(bytes.as_mut_slice());
    let secret = Zeroizing::new(format!("whsec_{}", BASE64_STANDARD.encode(bytes.as_slice())));
    core.master.seal(&secret_place(id), secret.as_bytes(), &core.random)
}

/// Applies the fields that were sent and collects validation errors in `sent`. Fields of the other hook type are
/// ignored. [`check_templates`] must have checked the templates before.
pub(super) fn apply(core: &Core, hook: &mut AppHook, sent: &mut Fields) {
    if let Sent::Value(state) = word(sent, "state") {
        hook.state = state;
    }
    if let Sent::Value(delay) = sent.integer("delay", 0..=LONGEST_DELAY) {
        hook.delay = delay;
    }
    event_types(hook, sent);
    match hook.hook_type {
        HookType::Webhook => apply_destination(core, hook, sent),
        HookType::Email => email(hook, sent),
    }
}

fn event_types(hook: &mut AppHook, sent: &mut Fields) {
    match sent.choices("event_type", EventType::TEXTS) {
        Sent::Value(types) => {
            let mut in_order: Vec<String> = Vec::with_capacity(types.len());
            for event_type in types {
                if !in_order.iter().any(|known| known == event_type) {
                    in_order.push(event_type.to_owned());
                }
            }
            hook.event_types = Json(in_order);
        }
        Sent::Null => hook.event_types = Json(Vec::new()),
        Sent::Absent => {}
    }
    let types = &hook.event_types.0;
    let one_of_users = types.len() == 1 && types[0].starts_with("user.");
    if hook.hook_type == HookType::Email && !one_of_users && !sent.has_error("event_type") {
        sent.error("event_type", "invalid", "Event type of an email hook must be exactly one of the user. types");
    }
}

fn apply_destination(core: &Core, hook: &mut AppHook, sent: &mut Fields) {
    match sent.line("destination", LONGEST_DESTINATION) {
        Sent::Value(text) if is_destination(&text) && is_masked(&text) => {
            // The caller sent the masked destination. An unchanged address keeps its password; another address must not
            // receive it.
            let kept = destination(core, hook).ok().flatten();
            if kept.is_none_or(|kept| masked(&kept) != masked(&text)) {
                let rule =
                    "Destination was sent with *** in place of its password: send the password with the new address";
                sent.error("destination", "password_missing", rule);
            }
        }
        Sent::Value(text) if is_destination(&text) => {
            let place = destination_place(&hook.id);
            hook.destination = Some(core.master.seal(&place, text.as_bytes(), &core.random));
        }
        Sent::Value(text) if !text.is_empty() => {
            let rule = "Destination must be an http or https address, and may hold user:password";
            sent.error("destination", "invalid", rule);
        }
        Sent::Value(_) | Sent::Null => hook.destination = None,
        Sent::Absent => {}
    }
    sent.required("destination", hook.destination.is_some());
}

fn is_destination(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    matches!(url.scheme(), "http" | "https")
        && text.contains("://")
        && url.has_host()
        && url.fragment().is_none()
        && !text.contains(['\\', ' '])
}

fn is_masked(destination: &str) -> bool {
    Url::parse(destination)
        .is_ok_and(|url| url.password().is_some_and(|password| matches!(password, "***" | "%2A%2A%2A")))
}

/// Decrypts a text that was sealed for this context.
pub(super) fn opened(core: &Core, place: &str, sealed: &[u8]) -> Result<String> {
    let opened = core.master.open(place, sealed).map_err(Error::internal)?;
    String::from_utf8(opened.to_vec()).map_err(Error::internal)
}

/// Returns the decrypted destination of a webhook, including a password.
pub(super) fn destination(core: &Core, hook: &AppHook) -> Result<Option<String>> {
    hook.destination.as_ref().map(|sealed| opened(core, &destination_place(&hook.id), sealed)).transpose()
}

/// Returns the address with its password masked.
pub(super) fn masked(destination: &str) -> String {
    let Ok(mut url) = Url::parse(destination) else { return "***".to_owned() };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "***".to_owned();
    }
    url.to_string()
}

fn email(hook: &mut AppHook, sent: &mut Fields) {
    if let Sent::Value(renderer) = word(sent, "email_renderer") {
        hook.email_renderer = renderer;
    }
    if let Sent::Value(users) = word(sent, "user_type") {
        hook.user_type = users;
    }
    address(&mut hook.email_from, sent, "email_from");
    address(&mut hook.email_to, sent, "email_to");
    hook.email_from_name =
        sent.line("email_from_name", 100).patch(hook.email_from_name.take()).filter(|name| !name.is_empty());
    let subject = sent.line("email_subject", LONGEST_SUBJECT);
    template(&mut hook.email_subject, subject, sent, "email_subject");
    let body = sent.text("email_template", LONGEST_TEMPLATE);
    template(&mut hook.email_template, body, sent, "email_template");
}

/// Checks the templates that were sent for a mail and collects errors in `sent`. Must run before the transaction, which
/// must not stay open while a template is parsed.
pub(super) async fn check_templates(core: &Core, hook_type: HookType, sent: &mut Fields) {
    if hook_type != HookType::Email {
        return;
    }
    let templates = [
        ("email_subject", sent.line("email_subject", LONGEST_SUBJECT)),
        ("email_template", sent.text("email_template", LONGEST_TEMPLATE)),
    ];
    for (name, text) in templates {
        let Some(text) = text.value().filter(|text| !text.is_empty()) else { continue };
        if let Err(why) = (core.check_template)(text).await {
            sent.error(name, "invalid", format!("{} {why}", crate::fields::label(name)));
        }
    }
}

/// Reads the address that receives a test mail.
pub(super) fn recipient(sent: &mut Fields) -> Option<String> {
    let mut to = None;
    address(&mut to, sent, "email");
    sent.required("email", to.is_some());
    to
}

fn address(current: &mut Option<String>, sent: &mut Fields, name: &'static str) {
    match sent.line(name, 254) {
        Sent::Value(text) if !text.is_empty() => match names::email(&text) {
            Ok(email) => *current = Some(email),
            Err(why) => sent.error(name, "invalid", format!("{} {why}", crate::fields::label(name))),
        },
        Sent::Value(_) | Sent::Null => *current = None,
        Sent::Absent => {}
    }
}

fn template(current: &mut Option<String>, text: Sent<String>, sent: &mut Fields, name: &'static str) {
    match text {
        Sent::Value(text) if !text.is_empty() => *current = Some(text),
        Sent::Value(_) | Sent::Null => *current = None,
        Sent::Absent => {}
    }
    sent.required(name, current.is_some());
}
