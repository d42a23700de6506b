//! The frame around a mail: `templates/mail.html`.

use minijinja::{Environment, context};

use super::merge::Merge;
use crate::languages::FALLBACK;

const NAME: &str = "mail.html";
const LAYOUT: &str = include_str!("../../../../templates/mail.html");

/// A whole document around a part of one.
pub(super) fn document(title: &str, content: &str, merge: &Merge) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.add_template(NAME, LAYOUT)?;
    let from = merge.app_name.as_ref().or(merge.realm_name.as_ref());
    environment.get_template(NAME)?.render(context! {
        title,
        content,
        from,
        realm => merge.realm_name.as_ref(),
        lang => merge.locale.as_deref().unwrap_or(FALLBACK),
    })
}

/// Whether HTML is a document of its own.
pub(super) fn is_document(html: &str) -> bool {
    let lower = html.to_ascii_lowercase();
    ["<!doctype", "<html", "<body"].iter().any(|start| lower.contains(start))
}
