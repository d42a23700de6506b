//! Where a finished login may send the browser.
//!
//! Guarantee: what [`allowed`] lets through has the scheme, host and port of a listed value, and a path that is the
//! listed one or lies below it, whichever way a browser or an app reads it. Anything that two readers could read
//! differently is refused rather than repaired.

use url::Url;

const LONGEST: usize = 2000;

/// The asked address, if it is a listed one or continues one at a `/`, a `?` or its end.
pub fn allowed(listed: &[String], asked: &str) -> Option<String> {
    let url = unambiguous(asked)?;
    listed
        .iter()
        .filter_map(|listed| unambiguous(listed))
        .any(|listed| continues(&listed, &url))
        .then(|| asked.to_owned())
}

/// The handler's address with more query parameters; its own stay.
pub fn with_params(handler: &str, params: &[(&str, &str)]) -> String {
    match Url::parse(handler) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(params);
            url.into()
        }
        Err(_) => handler.to_owned(),
    }
}

/// `redir` as it is handed back: its path and query, never a host, a scheme or a fragment.
pub fn cut_redir(asked: &str) -> Option<String> {
    let text = asked.split('#').next().unwrap_or_default();
    if text.is_empty()
        || text.len() > LONGEST
        || text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\')
    {
        return None;
    }
    let scheme = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme));
    let cut = match scheme {
        Some((scheme, _)) if matches!(&*scheme.to_ascii_lowercase(), "http" | "https") => {
            let url = Url::parse(text).ok()?;
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
        }
        Some(_) => return None,
        None => text.to_owned(),
    };
    (!cut.starts_with("//")).then_some(cut)
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// The address if every reader reads it alike.
fn unambiguous(text: &str) -> Option<Url> {
    let plain = text.len() <= LONGEST
        && !text.contains(|c: char| c.is_control() || c.is_whitespace() || matches!(c, '\\' | '#'));
    let after_scheme = text.split_once("://").filter(|(scheme, _)| is_scheme(scheme))?.1;
    let authority = after_scheme.split(['/', '?']).next().unwrap_or_default();
    let path = after_scheme.get(authority.len()..)?.split('?').next().unwrap_or_default();
    if !plain || authority.is_empty() || authority.contains(['@', '%']) || !is_plain_path(path) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// A path without segments that some readers drop, split or decode.
fn is_plain_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let tricks = ["%2f", "%5c", "%2e", "%25", "%00", "%09", "%0a", "%0d", "%3b"];
    !tricks.iter().any(|trick| lower.contains(trick))
        && !path.contains("//")
        && !path.contains(';')
        && !path.split('/').any(|segment| matches!(segment, "." | ".."))
}

fn continues(listed: &Url, asked: &Url) -> bool {
    if listed.origin() != asked.origin() {
        return false;
    }
    let (from, path) = (listed.path(), asked.path());
    if listed.query().is_some() {
        return path == from && asked.query() == listed.query();
    }
    path.strip_prefix(from).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || from.ends_with('/'))
}
