//! The frame around a mail: `templates/mail.html`.

use minijinja::{Environment, context};

use super::merge::Merge;
use crate::brand_color::BrandShades;
use crate::languages::FALLBACK;

const NAME: &str = "mail.html";
const LAYOUT: &str = include_str!("../../../../templates/mail.html");

/// Wraps a fragment into a whole document.
pub(super) fn document(title: &str, content: &str, merge: &Merge) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.add_template(NAME, LAYOUT)?;
    let color = |shades: &BrandShades| {
        context! { accent => &shades.accent, on_accent => &shades.on_accent, edge => &shades.edge, link => &shades.link }
    };
    let from = merge.app_name.as_ref().or(merge.realm_name.as_ref());
    environment.get_template(NAME)?.render(context! {
        title,
        content,
        from,
        realm => merge.realm_name.as_ref(),
        logo_url => merge.brand.logo_url.as_deref(),
        logo_dark_url => merge.brand.logo_dark_url.as_deref(),
        light => color(&merge.brand.color.light),
        dark => color(&merge.brand.color.dark),
        lang => merge.locale.as_deref().unwrap_or(FALLBACK),
    })
}

/// Returns whether the HTML is a whole document.
pub(super) fn is_document(html: &str) -> bool {
    let lower = html.to_ascii_lowercase();
    ["<!doctype", "<html", "<body"].iter().any(|start| lower.contains(start))
}
