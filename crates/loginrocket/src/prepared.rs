//! The login page, rendered once and sent to many: for whoever has no login here yet it differs in nothing but the form's
//! token and the script's nonce.
//!
//! Guarantees: of what a visitor sends, nothing is in a prepared page but what names it; it is sent only while the
//! configuration holds that it was made from. What a page of somebody with a login would be is not prepared.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::request::Parts;
use gantry_core::configuration::Reading;
use gantry_crypto::{Random, token};
use gantry_web::pages::Outside;
use minijinja::Value;
use quick_cache::sync::Cache;

use crate::page::{self, Fresh, Shown};
use crate::reader;
use crate::remembered;
use crate::routes::LoginRocket;
use crate::site::{self, Site};

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
    authority: String,
    query: String,
    language: String,
}

/// A page with gaps.
struct Page {
    reading: Reading,
    /// What stands before each gap.
    pieces: Vec<(String, Gap)>,
    rest: String,
    outside: Outside,
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
}

/// What the login page for this request is called, if it can be kept.
pub fn name(loginrocket: &LoginRocket, parts: &Parts) -> Option<Name> {
    let query = parts.uri.query().unwrap_or_default();
    if query.len() > LONGEST_QUERY || remembered::is_sent(&parts.headers, loginrocket.secure) {
        return None;
    }
    let language = reader::language(loginrocket, &parts.uri, &parts.headers);
    let authority = site::authority(parts)?;
    Some(Name { authority, query: query.to_owned(), language: language.tag().to_owned() })
}

/// The page of this name, if it is there and may still be shown.
pub fn show(loginrocket: &LoginRocket, name: &Name, parts: &Parts) -> Option<Shown> {
    let page = loginrocket.prepared.pages.get(name)?;
    let holds = loginrocket.core.configuration.holds(page.reading, loginrocket.core.clock.now_ms());
    holds.then(|| send(loginrocket, &page, parts))
}

/// Renders a page, and keeps it under this name. `reading` is from before anything was read for it.
pub fn make(
    loginrocket: &LoginRocket,
    site: &Site,
    (name, reading): (Name, Reading),
    (template, about): (&str, Value),
    parts: &Parts,
) -> Shown {
    let [token, nonce] = &loginrocket.prepared.marks;
    let html = match page::render(loginrocket, site, template, about, (token, nonce)) {
        Ok(html) => html,
        Err(error) => return site.failed(loginrocket, error),
    };
    let outside = loginrocket.looks.of(&site.app).outside();
    let (pieces, rest) = split(&html, [(token, Gap::Token), (nonce, Gap::Nonce)]);
    let page = Arc::new(Page { reading, pieces, rest, outside });
    loginrocket.prepared.pages.insert(name, Arc::clone(&page));
    send(loginrocket, &page, parts)
}

fn send(loginrocket: &LoginRocket, page: &Page, parts: &Parts) -> Shown {
    let fresh = Fresh::of(loginrocket, &parts.headers);
    let html = page.filled(&fresh.token, &fresh.nonce);
    page::send(loginrocket, StatusCode::OK, html, fresh, &page.outside)
}

impl Page {
    fn filled(&self, token: &str, nonce: &str) -> String {
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
fn split(html: &str, marks: [(&String, Gap); 2]) -> (Vec<(String, Gap)>, String) {
    let (mut pieces, mut rest) = (Vec::new(), html);
    let next = |rest: &str| {
        let found = marks.iter().filter_map(|(mark, gap)| Some((rest.find(mark.as_str())?, mark.len(), *gap)));
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
            let (pieces, rest) = split(marked, [(&marks[0], Gap::Token), (&marks[1], Gap::Nonce)]);
            let reading = gantry_core::configuration::Configuration::default().reading(0);
            let page = Page { reading, pieces, rest, outside: Outside::default() };
            assert_eq!(page.filled("T", "N"), filled);
        }
    }
}
