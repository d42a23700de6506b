//! Design of an app's pages: its own HTML, stylesheet, logo and colour.
//!
//! Guarantees: an app's HTML cannot make a page run a script, send a form or ask for a password elsewhere; the page's
//! Content-Security-Policy lets it load images and styles only from the configured places.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ammonia::Builder;
use gantry_core::connected_apps::ConnectedApp;
use gantry_crypto::token;
use gantry_web::brand_color::BrandColor;
use gantry_web::pages::Outside;
use minijinja::{Value, context};
use quick_cache::sync::Cache;
use url::Url;

/// Maximum number of cached cleaned texts, of at most 20,000 characters each.
const KEPT: usize = 200;

/// Design of one app.
#[derive(Debug, Default)]
pub struct Look {
    /// Cleaned HTML.
    header: Option<Arc<str>>,
    footer: Option<Arc<str>>,
    external_css: Option<String>,
    logo_url: Option<String>,
    /// Logo for the dark scheme.
    logo_dark_url: Option<String>,
    favicon_url: Option<String>,
    /// CSS variables.
    style: Option<String>,
}

/// Designs of all apps. Cleaning HTML takes longer than the rest of a page, so cleaned texts are cached.
pub struct Looks {
    cleaner: Builder<'static>,
    clean: Cache<[u8; 32], Arc<str>>,
}

impl Default for Looks {
    fn default() -> Self {
        let mut cleaner = Builder::default();
        cleaner
            .generic_attributes(HashSet::from(["class", "lang", "title", "dir"]))
            .tag_attributes(HashMap::from([
                ("a", HashSet::from(["href", "target"])),
                ("img", HashSet::from(["src", "alt", "width", "height"])),
            ]))
            .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
            .link_rel(Some("noopener"));
        Self { cleaner, clean: Cache::new(KEPT) }
    }
}

impl Looks {
    /// Returns the app's current design.
    pub fn of(&self, app: &ConnectedApp) -> Look {
        Look {
            header: self.cleaned(app.header.as_deref()),
            footer: self.cleaned(app.footer.as_deref()),
            external_css: app.external_css.clone(),
            logo_url: app.logo_url.clone(),
            logo_dark_url: app.logo_dark_url.clone(),
            favicon_url: app.favicon_url.clone(),
            style: app.accent_color.as_deref().and_then(BrandColor::parse).map(|color| color.to_css()),
        }
    }

    /// Returns the cleaned HTML, or `None` if nothing is left.
    fn cleaned(&self, html: Option<&str>) -> Option<Arc<str>> {
        let html = html.filter(|html| !html.trim().is_empty())?;
        let key = token::hash(html);
        let clean = self.clean.get(&key).unwrap_or_else(|| {
            let clean: Arc<str> = Arc::from(self.cleaner.clean(html).to_string());
            self.clean.insert(key, Arc::clone(&clean));
            clean
        });
        (!clean.trim().is_empty()).then_some(clean)
    }
}

impl Look {
    /// Returns the variables for the templates.
    pub fn shown(&self) -> Value {
        context! {
            header => self.header.as_deref(),
            footer => self.footer.as_deref(),
            external_css => self.external_css.as_deref(),
            logo_url => self.logo_url.as_deref(),
            logo_dark_url => self.logo_dark_url.as_deref(),
            favicon_url => self.favicon_url.as_deref(),
            style => self.style.as_deref(),
        }
    }

    /// Returns the origins that the design is loaded from. Images of an app's own HTML may be at any https address.
    pub fn outside(&self) -> Outside {
        let origin = |url: &Option<String>| {
            let url = Url::parse(url.as_deref()?).ok()?;
            Some(url.origin().ascii_serialization())
        };
        let pictures = [&self.header, &self.footer].into_iter().flatten().any(|html| html.contains("<img"));
        let mut outside = Outside { styles: origin(&self.external_css).into_iter().collect(), ..Outside::default() };
        outside
            .pictures
            .extend([&self.logo_url, &self.logo_dark_url, &self.favicon_url].into_iter().filter_map(origin));
        outside.pictures.sort();
        outside.pictures.dedup();
        outside.pictures.extend(pictures.then(|| "https:".to_owned()));
        outside
    }
}
