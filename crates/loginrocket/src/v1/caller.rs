//! Where a call comes from, according to its browser.
//!
//! Guarantee: a call by a page of an origin that is not the app's is refused before any rule runs, whether made by
//! script, form, image or link. Callers other than browsers, and browsers that hide the page, are served without
//! reading or setting a cookie.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use gantry_core::connected_apps;
use gantry_core::logins::By;
use gantry_core::web_origin::WebOrigin;
use url::Url;

use crate::site::Site;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Origin of an allowed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A page of a known origin: the app's, or this host's own.
    Page(HeaderValue),
    /// A server, a native app or a command line; or a browser that does not name its page.
    Anybody,
}

/// The call comes from a page of an unknown origin.
#[derive(Debug)]
pub struct Foreign;

impl Caller {
    /// Reads the headers. `by_script`: calls by `<script>` (JSONP) are allowed; a script names its page in `Referer`
    /// only.
    pub fn of(headers: &HeaderMap, site: &Site, by_script: bool) -> Result<Self, Foreign> {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        if let Some(origin) = origins.next() {
            let is_known = origin.to_str().is_ok_and(|origin| is_known(site, origin));
            return if is_known && origins.next().is_none() { Ok(Self::Page(origin.clone())) } else { Err(Foreign) };
        }
        let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
        let page = text(&header::REFERER)
            .map(|address| Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default());
        let of_known_page = page.as_ref().map(|origin| is_known(site, origin));
        let of_other_site = text(&FETCH_SITE).is_some_and(|told| !matches!(told, "same-origin" | "none"));
        match (of_other_site, of_known_page) {
            (_, Some(false)) => Err(Foreign),
            (true, known) if !by_script || known.is_none() => Err(Foreign),
            _ => Ok(Self::Anybody),
        }
    }

    /// Returns the page's origin.
    pub fn page(&self) -> Option<&HeaderValue> {
        match self {
            Self::Page(origin) => Some(origin),
            Self::Anybody => None,
        }
    }

    /// Returns the channel value of the core for this caller.
    pub fn by(&self) -> By {
        match self {
            Self::Page(_) => By::Page,
            Self::Anybody => By::Anybody,
        }
    }
}

fn is_known(site: &Site, origin: &str) -> bool {
    WebOrigin::parse(origin).as_ref() == Some(&site.origin) || connected_apps::allows_origin(&site.app, origin)
}
