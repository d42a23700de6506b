//! Reads and validates the fields that a caller may send for a Connected App.

use super::origins;
use super::store::ConnectedApp;
use crate::fields::{Fields, Sent, label};
use crate::json::Json;

/// Common host names of a server, which no app may use as its subdomain.
const RESERVED: &[&str] = &["www", "api", "login", "mail", "admin", "portal", "docs", "static", "assets"];

/// Applies the fields that were sent and collects validation errors in `fields`.
pub(super) fn apply(app: &mut ConnectedApp, fields: &mut Fields) {
    required(&mut app.name, fields.line("name", 255));
    required(&mut app.login_handler, fields.url("login_handler"));
    for (name, blank) in [("name", app.name.is_empty()), ("login_handler", app.login_handler.is_empty())] {
        if blank && !fields.has_error(name) {
            fields.error(name, "blank", format!("{} can't be blank", label(name)));
        }
    }
    app.signup_handler = fields.url("signup_handler").patch(app.signup_handler.take());
    match fields.urls("redirect_uris", 100) {
        Sent::Value(uris) => app.redirect_uris = Json(uris),
        Sent::Null => app.redirect_uris = Json(Vec::new()),
        Sent::Absent => {}
    }
    subdomain(app, fields);
    app.header = fields.text("header", 20_000).patch(app.header.take());
    app.footer = fields.text("footer", 20_000).patch(app.footer.take());
    app.external_css = fields.url("external_css").patch(app.external_css.take());
    app.logo_url = fields.url("logo_url").patch(app.logo_url.take());
    app.logo_dark_url = fields.url("logo_dark_url").patch(app.logo_dark_url.take());
    app.favicon_url = fields.url("favicon_url").patch(app.favicon_url.take());
    accent(app, fields);
    allowed_origins(app, fields);
    if let Sent::Value(jsonp) = fields.boolean("jsonp") {
        app.jsonp = jsonp;
    }
}

/// Applies a required text. Null clears it, which is refused as blank.
fn required(current: &mut String, sent: Sent<String>) {
    match sent {
        Sent::Value(text) => *current = text,
        Sent::Null => current.clear(),
        Sent::Absent => {}
    }
}

/// Reads the app's own domains. Returns `None` if they were not sent.
pub(super) fn custom_domains(fields: &mut Fields) -> Option<Vec<String>> {
    let domains = match fields.texts("custom_domains", 20, 253) {
        Sent::Value(domains) => domains,
        Sent::Null => Vec::new(),
        Sent::Absent => return None,
    };
    let mut read = Vec::new();
    for domain in domains {
        match idna::domain_to_ascii_strict(crate::text::trim(&domain)) {
            Ok(domain) if is_host(&domain) => read.push(domain),
            _ => fields.error("custom_domains", "invalid", format!("Custom domains has no host name in {domain:?}")),
        }
    }
    read.sort();
    read.dedup();
    Some(read)
}

fn subdomain(app: &mut ConnectedApp, fields: &mut Fields) {
    let Sent::Value(text) = fields.line("subdomain", 63) else { return };
    if text.is_empty() {
        return;
    }
    let text = text.to_ascii_lowercase();
    if text != app.subdomain && RESERVED.contains(&text.as_str()) {
        fields.error("subdomain", "reserved", format!("Subdomain can't be {text}"));
    } else if !is_label(&text) {
        fields.error("subdomain", "invalid", "Subdomain may only have letters, digits and inner hyphens");
    }
    app.subdomain = text;
}

fn accent(app: &mut ConnectedApp, fields: &mut Fields) {
    let sent = fields.line("accent_color", 7);
    if let Sent::Value(colour) = &sent {
        let digits = colour.strip_prefix('#').unwrap_or_default();
        if !colour.is_empty() && (digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit())) {
            return fields.error("accent_color", "invalid", "Accent color must be # and six hexadecimal digits");
        }
    }
    let colour = sent.patch(app.accent_color.take());
    app.accent_color = colour.map(|colour| colour.to_ascii_lowercase()).filter(|colour| !colour.is_empty());
}

fn allowed_origins(app: &mut ConnectedApp, fields: &mut Fields) {
    let listed = match fields.texts("allowed_origins", 100, 300) {
        Sent::Value(listed) => listed,
        Sent::Null => Vec::new(),
        Sent::Absent => return,
    };
    let mut read = Vec::new();
    for text in listed {
        match origins::read_listed(&text) {
            Ok(origin) => read.push(origin),
            Err(why) => fields.error("allowed_origins", "invalid", format!("Allowed origins: {text:?} {why}")),
        }
    }
    app.allowed_origins = Json(read);
}

fn is_host(text: &str) -> bool {
    text.len() <= 253 && text.contains('.') && text.split('.').all(is_label)
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 63
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
