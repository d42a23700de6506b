//! The login page, rendered once and sent to many: for whoever has no login here yet it differs in nothing but the form's
//! token and the script's nonce.
//!
//! Guarantees: of what a visitor sends, nothing is in a prepared page but what names it; it is sent only while the
//! configuration holds that it was made from. What a page of somebody with a login would be is not prepared.

use std::sync::Arc;

use gantry_core::configuration::{Configuration, Reading};
use gantry_core::web_origin::WebOrigin;
use gantry_crypto::{Random, token};
use gantry_web::pages::Outside;
use quick_cache::sync::Cache;

/// Most pages that are kept, of a few kilobytes each.
const PAGES: usize = 256;
/// Longest query of a page that is.
const LONGEST_QUERY: usize = 500;

/// The pages that are kept.
pub struct Prepared {
    pages: Cache<Name, Arc<Page>>,
    /// What stands for a token and a nonce while a page is rendered; random, so that no name of an app holds it.
    marks: [String; 2],
}

/// What a page depends on besides the configuration.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    origin: String,
    query: String,
    language: String,
}

/// A page with gaps.
pub struct Page {
    reading: Reading,
    /// What stands before each gap.
    pieces: Vec<(String, Gap)>,
    rest: String,
    /// What its policy lets in from elsewhere.
    pub outside: Outside,
}

#[derive(Clone, Copy)]
enum Gap {
    Token,
    Nonce,
}

impl Prepared {
    /// None yet.
    pub fn new(random: &Random) -> Self {
        Self { pages: Cache::new(PAGES), marks: [token::generate(None, random), token::generate(None, random)] }
    }

    /// What stands for a token and for a nonce in a page that is to be kept.
    pub fn marks(&self) -> (&str, &str) {
        let [token, nonce] = &self.marks;
        (token, nonce)
    }

    /// The page of this name, if it is there and may still be shown.
    pub fn page(&self, name: &Name, configuration: &Configuration, now_ms: i64) -> Option<Arc<Page>> {
        self.pages.get(name).filter(|page| configuration.holds(page.reading, now_ms))
    }

    /// Keeps what was rendered with the marks. `reading` is from before anything was read for it.
    pub fn keep(&self, (name, reading): (Name, Reading), html: &str, outside: Outside) -> Arc<Page> {
        let (token, nonce) = self.marks();
        let (pieces, rest) = split(html, [(token, Gap::Token), (nonce, Gap::Nonce)]);
        let page = Arc::new(Page { reading, pieces, rest, outside });
        self.pages.insert(name, Arc::clone(&page));
        page
    }
}

impl Name {
    /// None for a query too long to be kept.
    pub fn new(origin: &WebOrigin, query: &str, language: &str) -> Option<Self> {
        let (origin, query, language) = (origin.to_string(), query.to_owned(), language.to_owned());
        (query.len() <= LONGEST_QUERY).then_some(Self { origin, query, language })
    }
}

impl Page {
    /// Its HTML.
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

/// Cuts the marks out.
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
