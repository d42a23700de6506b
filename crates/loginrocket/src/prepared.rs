//! Cache of rendered login pages: for visitors without a login here, pages differ only in the form's CSRF token and the
//! script's nonce.
//!
//! Guarantees: the only visitor input in a cached page is its name; it is used only while the configuration that it was
//! rendered from is current. Pages for a browser with a remembered login are not cached.

use std::sync::Arc;

use gantry_core::configuration::{Configuration, Reading};
use gantry_core::web_origin::WebOrigin;
use gantry_crypto::{Random, token};
use gantry_web::pages::Outside;
use quick_cache::sync::Cache;

/// Maximum number of cached pages, of a few kilobytes each.
const PAGES: usize = 256;
/// Longest query of a cached page.
const LONGEST_QUERY: usize = 500;

/// Cache of login pages.
pub struct Prepared {
    pages: Cache<Name, Arc<Page>>,
    /// Placeholders of token and nonce while a page is rendered; random, so that no app's name contains one.
    marks: [String; 2],
}

/// Cache key: what a page depends on besides the configuration.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    origin: String,
    query: String,
    language: String,
}

/// A page with gaps for token and nonce.
pub struct Page {
    reading: Reading,
    /// The text before each gap, and the gap.
    pieces: Vec<(String, Gap)>,
    rest: String,
    /// External sources that its Content-Security-Policy allows.
    pub outside: Outside,
}

#[derive(Clone, Copy)]
enum Gap {
    Token,
    Nonce,
}

impl Prepared {
    /// Creates an empty cache.
    pub fn new(random: &Random) -> Self {
        Self { pages: Cache::new(PAGES), marks: [token::generate(None, random), token::generate(None, random)] }
    }

    /// Returns the placeholders of token and nonce for a page that is to be cached.
    pub fn marks(&self) -> (&str, &str) {
        let [token, nonce] = &self.marks;
        (token, nonce)
    }

    /// Returns the cached page of this name, if it is still current.
    pub fn page(&self, name: &Name, configuration: &Configuration, now_ms: i64) -> Option<Arc<Page>> {
        self.pages.get(name).filter(|page| configuration.holds(page.reading, now_ms))
    }

    /// Caches a page that was rendered with the placeholders. `reading` must be from before any data was read for it.
    pub fn keep(&self, (name, reading): (Name, Reading), html: &str, outside: Outside) -> Arc<Page> {
        let (token, nonce) = self.marks();
        let (pieces, rest) = split(html, [(token, Gap::Token), (nonce, Gap::Nonce)]);
        let page = Arc::new(Page { reading, pieces, rest, outside });
        self.pages.insert(name, Arc::clone(&page));
        page
    }
}

impl Name {
    /// Creates a cache key, or `None` if the query is too long.
    pub fn new(origin: &WebOrigin, query: &str, language: &str) -> Option<Self> {
        let (origin, query, language) = (origin.to_string(), query.to_owned(), language.to_owned());
        (query.len() <= LONGEST_QUERY).then_some(Self { origin, query, language })
    }
}

impl Page {
    /// Returns the HTML with token and nonce.
    pub fn filled(&self, token: &str, nonce: &str) -> String {
        let gaps = self.pieces.iter().map(|(before, _)| before.len() + token.len()).sum::<usize>();
        let mut html = String::with_capacity(gaps + self.rest.len());
        for (before, gap) in &self.pieces {
            html.push_str(before);
            html.push_str(match gap {
                Gap::Token => token,
                Gap::Nonce => nonce,
            });
        }
        html.push_str(&self.rest);
        html
    }
}

/// Cuts the placeholders out.
fn split(html: &str, marks: [(&str, Gap); 2]) -> (Vec<(String, Gap)>, String) {
    let (mut pieces, mut rest) = (Vec::new(), html);
    let next = |rest: &str| {
        let found = marks.iter().filter_map(|(mark, gap)| Some((rest.find(mark)?, mark.len(), *gap)));
        found.min_by_key(|(at, ..)| *at)
    };
    while let Some((at, length, gap)) = next(rest) {
        pieces.push((rest[..at].to_owned(), gap));
        rest = &rest[at + length..];
    }
    (pieces, rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_where_they_were() {
        let marks = ["<t>".to_owned(), "<n>".to_owned()];
        for (marked, filled) in
            [("a <n> b <t> c <n>", "a N b T c N"), ("<t><n>", "TN"), ("nothing", "nothing"), ("", "")]
        {
            let (pieces, rest) = split(marked, [(&*marks[0], Gap::Token), (&*marks[1], Gap::Nonce)]);
            let reading = gantry_core::configuration::Configuration::default().reading(0);
            let page = Page { reading, pieces, rest, outside: Outside::default() };
            assert_eq!(page.filled("T", "N"), filled);
        }
    }
}
