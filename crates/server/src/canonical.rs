//! Path normalization: `//v1/users/` becomes `/v1/users`. AuthRocket's router accepted both, and base URLs end in a
//! slash. It runs before anything reads the path, so that routes, limits and checks see one spelling. Encoded
//! characters, such as `%2F` in a username, stay as they were sent.

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// Returns the URI without doubled and trailing slashes, or `None` if it is already canonical.
pub fn canonical(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let is_canonical = !path.contains("//") && (path.len() < 2 || !path.ends_with('/'));
    if is_canonical {
        return None;
    }
    let mut text = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        text.push('/');
        text.push_str(segment);
    }
    if text.is_empty() {
        text.push('/');
    }
    if let Some(query) = uri.query() {
        text.push('?');
        text.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(text.parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let uri: Uri = text.parse().expect("an address");
        canonical(&uri).unwrap_or(uri).to_string()
    }

    #[test]
    fn slashes_that_mean_nothing_go() {
        for (sent, canonical) in [
            ("/", "/"),
            ("//", "/"),
            ("/v1/users", "/v1/users"),
            ("/v1/users/", "/v1/users"),
            ("//v1//users///", "/v1/users"),
            ("/v1/users/?a=/b//c/", "/v1/users?a=/b//c/"),
            ("//evil.example/login", "/evil.example/login"),
            ("/v1/users/a%2Fb%2f/", "/v1/users/a%2Fb%2f"),
            ("/v1/users/%2F%2F", "/v1/users/%2F%2F"),
            ("/v1/./users/../", "/v1/./users/.."),
            ("http://acme.localhost:8000//login/?x", "http://acme.localhost:8000/login?x"),
            ("http://acme.localhost:8000", "http://acme.localhost:8000/"),
            ("*", "*"),
            ("localhost:80", "localhost:80"),
        ] {
            assert_eq!(read(sent), canonical, "{sent}");
        }
    }
}
