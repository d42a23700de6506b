//! The `redir` parameter, which the login pages return unchanged: the page that the user requested.
//!
//! Guarantees that it only leads to pages of this app, since an attacker can craft a link with any value.

use url::Url;

/// Returns the path and query of `redir`, which may be a full URL; `None` if it is not on the origin of `own`.
pub(super) fn own_page(own: &Url, redir: &str) -> Option<String> {
    // Parsed like in browsers, which read `\` as `/` and drop tabs and line ends.
    let target = own.join(redir).ok().filter(|target| target.origin() == own.origin())?;
    let page = &target[url::Position::BeforePath..url::Position::AfterQuery];
    // `/.//evil.example` is a path here, but another host in a `Location` header.
    (!page.starts_with("//")).then(|| page.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/jwt", Some("/jwt"))]
    #[case("/hello?a=b&c=%2F#part", Some("/hello?a=b&c=%2F"))]
    #[case("http://localhost:8001/jwt?x=1", Some("/jwt?x=1"))]
    #[case("http://me:pw@localhost:8001/jwt", Some("/jwt"))]
    #[case("/\r\nSet-Cookie:a=b", Some("/Set-Cookie:a=b"))]
    #[case("//evil.example", None)]
    #[case("///evil.example", None)]
    #[case("/\\evil.example", None)]
    #[case("\\\\evil.example", None)]
    #[case("/\t/evil.example", None)]
    #[case("/.//evil.example", None)]
    #[case("/..//evil.example", None)]
    #[case("/%2e//evil.example", None)]
    #[case("https://localhost:8001/", None)]
    #[case("http://localhost:8002/", None)]
    #[case("http://localhost:8001@evil.example/", None)]
    #[case("http://localhost:8001.evil.example/", None)]
    #[case("javascript:alert(1)", None)]
    #[case("data:text/html,x", None)]
    fn only_own_pages(#[case] redir: &str, #[case] expected: Option<&str>) {
        let own = Url::parse("http://localhost:8001/").expect("a URL");
        assert_eq!(own_page(&own, redir).as_deref(), expected);
    }
}
