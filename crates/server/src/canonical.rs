//! One address for one thing: `//v1/users/` is `/v1/users`. AuthRocket's router took both, and base URLs end in a slash.
//! It is done before anything looks at the path, so that routes, limits and checks see one spelling. What is encoded, such
//! as `%2F` in a username, stays as it was sent.

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// The address without doubled slashes and without one at its end; none where it is like that already.
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
