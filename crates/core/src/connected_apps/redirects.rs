//! Validation of redirect URIs and `redir` paths: where a finished login may send the browser.
//!
//! Guarantee: a URI accepted by [`allowed`] has the scheme, host and port of a listed one, and its path is the listed
//! path or lies below it, however a browser or an app parses it. A path accepted by [`cut_redir`] stays on the app's
//! own host, however often the app decodes it. Anything that two parsers could read differently is refused rather than
//! repaired.

use unicode_normalization::UnicodeNormalization;
use url::{Url, form_urlencoded};

const LONGEST: usize = 2000;

/// How often an app might decode a path before it uses it.
const MOST_DECODINGS: usize = 4;

/// Returns the requested URI if it equals a listed one or continues it at a `/` or a `?`. It is returned in the form
/// that browsers use: scheme and host in lower case, everything in ASCII.
pub fn allowed(listed: &[String], asked: &str) -> Option<String> {
    let url = unambiguous(asked)?;
    listed.iter().filter_map(|listed| unambiguous(listed)).any(|listed| continues(&listed, &url)).then(|| url.into())
}

/// Adds query parameters to the handler's URL. Existing parameters are kept, except those with the same names: an
/// attacker must not add a second `token`, which the app might use instead of ours.
pub fn with_params(handler: &str, params: &[(&str, &str)]) -> String {
    let Ok(mut url) = Url::parse(handler) else { return handler.to_owned() };
    let is_ours = |text: &str| {
        let own_name = form_urlencoded::parse(text.as_bytes()).next();
        own_name.is_some_and(|(own_name, _)| params.iter().any(|(name, _)| *name == own_name))
    };
    let own = url.query().unwrap_or_default().split('&');
    // Some parsers also separate parameters at semicolons.
    let own = own.filter(|pair| !pair.is_empty() && !pair.split(';').any(is_ours)).collect::<Vec<_>>().join("&");
    url.set_query(Some(own.as_str()).filter(|own| !own.is_empty()));
    if !params.is_empty() {
        url.query_pairs_mut().extend_pairs(params);
    }
    url.into()
}

/// Reduces `redir` to its path and query, without scheme, host and fragment. Returns `None` if it is unsafe.
pub fn cut_redir(asked: &str) -> Option<String> {
    let text = asked.split('#').next().unwrap_or_default();
    let breaks = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    if text.is_empty() || text.len() > LONGEST || text.contains(breaks) {
        return None;
    }
    let cut = match scheme(text) {
        Some(scheme) if matches!(&*scheme.to_ascii_lowercase(), "http" | "https") => {
            let url = Url::parse(text).ok()?;
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
        }
        Some(_) => return None,
        None => text.to_owned(),
    };
    stays_on_host(&cut).then_some(cut)
}

fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then_some(scheme)
}

/// Parses the URI if all parsers read it alike.
fn unambiguous(text: &str) -> Option<Url> {
    if text.len() > LONGEST || text.contains(|c: char| c.is_control() || c.is_whitespace() || matches!(c, '\\' | '#')) {
        return None;
    }
    let after_scheme = text.get(scheme(text)?.len()..)?.strip_prefix("://")?;
    let authority = after_scheme.split(['/', '?']).next().unwrap_or_default();
    let path = after_scheme.get(authority.len()..)?.split('?').next().unwrap_or_default();
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && is_spelled_out(authority, &url) && is_plain_path(path)).then_some(url)
}

/// Returns whether the authority consists of exactly the parsed host and port. This excludes user names, alternative
/// spellings of a host (`127.1`, `%61pp`, full-width letters) and characters that a parser drops.
fn is_spelled_out(authority: &str, url: &Url) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let found = url.host_str().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    let same_host = !found.is_empty() && (host == found || host == idna::domain_to_unicode(found).0);
    same_host && port.is_none_or(|port| url.port_or_known_default().is_some_and(|found| found.to_string() == port))
}

/// Returns whether the path has no characters or segments that some parsers drop, split or decode again.
fn is_plain_path(path: &str) -> bool {
    let read: String = decoded(path).nfkc().collect();
    let slashes = |text: &str| text.matches('/').count();
    let is_tricky = |c: char| {
        // The last four: undecodable bytes, and characters that some systems turn into slashes.
        c.is_control() || matches!(c, '\\' | '%' | ';' | '?' | '#' | '\u{fffd}' | '\u{2044}' | '\u{2215}' | '\u{2216}')
    };
    let is_dots = |segment: &str| !segment.is_empty() && segment.chars().all(|c| c == '.' || c.is_whitespace());
    slashes(&read) == slashes(path)
        && !read.contains("//")
        && !read.contains(is_tricky)
        && !read.split('/').any(is_dots)
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

/// Returns whether a path stays on its host, even after repeated decoding.
fn stays_on_host(cut: &str) -> bool {
    let Ok(base) = Url::parse("https://app.invalid/") else { return false };
    let mut path: String = cut.split('?').next().unwrap_or_default().nfkc().collect();
    for _ in 0..MOST_DECODINGS {
        let joined = base.join(&path);
        let stays = joined.is_ok_and(|url| url.origin() == base.origin() && !url.path().starts_with("//"));
        if !stays || scheme(&path).is_some() || path.contains(|c: char| c.is_control() || c == '\\') {
            return false;
        }
        let next: String = decoded(&path).nfkc().collect();
        if next == path {
            return true;
        }
        path = next;
    }
    false
}

/// Decodes percent-encoding once (`%41` to `A`). Invalid escapes are kept; bytes that are not UTF-8 become U+FFFD.
fn decoded(text: &str) -> String {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match rest {
            [b'%', high, low, after @ ..] => digit(*high).zip(digit(*low)).map(|digits| (digits, after)),
            _ => None,
        };
        let (byte, after) = escaped.map_or((*first, tail), |((high, low), after)| (high << 4 | low, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gantry_crypto::Random;

    const HOSTILE: &str = include_str!("hostile_uris.txt");
    const CALLBACK: &str = "https://app.example.com/auth/callback";

    fn listed() -> Vec<String> {
        let more = [
            "http://localhost:3000/cb",
            "http://127.0.0.1:8080/cb",
            "http://[::1]:9090/cb",
            "https://bücher.example/cb",
            "https://strasse.example/cb",
            "https://work.example/cb",
            "https://shop.example/cb",
            "https://file.example/cb",
            "https://q.example/cb?app=1",
        ];
        std::iter::once(CALLBACK).chain(more).map(str::to_owned).collect()
    }

    /// Lines of the table, with `{tab}`, `{u+a0}` and similar placeholders replaced.
    fn hostile() -> Vec<String> {
        let lines = HOSTILE.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
        lines.map(spelled).collect()
    }

    fn spelled(line: &str) -> String {
        let mut line = line.to_owned();
        for (word, sign) in [("{tab}", "\t"), ("{lf}", "\n"), ("{cr}", "\r"), ("{nul}", "\0"), ("{sp}", " ")] {
            line = line.replace(word, sign);
        }
        while let Some((before, rest)) = line.split_once("{u+") {
            let (code, after) = rest.split_once('}').expect("the table closes its braces");
            let sign = u32::from_str_radix(code, 16).ok().and_then(char::from_u32).expect("a character's number");
            line = format!("{before}{sign}{after}");
        }
        line
    }

    /// Checks the guarantee for an accepted URI, using the URL parser only.
    fn is_safe(accepted: &str, listed: &[String]) -> bool {
        let url = Url::parse(accepted).expect("what is accepted can be parsed");
        let same_origin = listed.iter().any(|listed| Url::parse(listed).is_ok_and(|one| one.origin() == url.origin()));
        let path = url.path().to_ascii_lowercase();
        let tricks = ["\\", "//", ";", "%2f", "%5c", "%25", "%00", "%0a", "%0d", "%09"];
        let dots = path.split('/').any(|segment| matches!(&*segment.replace("%2e", "."), "." | ".." | "..."));
        same_origin
            && !dots
            && accepted.is_ascii()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
            && !accepted.contains('\\')
            && !tricks.iter().any(|trick| path.contains(trick))
    }

    #[test]
    fn no_hostile_address_is_accepted() {
        let (listed, table) = (listed(), hostile());
        assert!(table.len() >= 200, "{} addresses", table.len());
        let accepted: Vec<_> = table.iter().filter(|asked| allowed(&listed, asked).is_some()).collect();
        assert!(accepted.is_empty(), "{accepted:#?}");
    }

    #[test]
    fn honest_addresses_are_accepted() {
        for (asked, expected) in [
            (CALLBACK, CALLBACK),
            ("https://app.example.com/auth/callback/", "https://app.example.com/auth/callback/"),
            ("https://app.example.com/auth/callback/google", "https://app.example.com/auth/callback/google"),
            ("https://app.example.com/auth/callback?a=b&c=%2Fd", "https://app.example.com/auth/callback?a=b&c=%2Fd"),
            ("https://app.example.com:443/auth/callback", CALLBACK),
            ("HTTPS://App.Example.COM/auth/callback", CALLBACK),
            (
                "https://app.example.com/auth/callback/%C3%BCber%20uns",
                "https://app.example.com/auth/callback/%C3%BCber%20uns",
            ),
            ("https://app.example.com/auth/callback/über", "https://app.example.com/auth/callback/%C3%BCber"),
            ("https://app.example.com/auth/callback/v1.2/..x", "https://app.example.com/auth/callback/v1.2/..x"),
            ("http://localhost:3000/cb", "http://localhost:3000/cb"),
            ("http://127.0.0.1:8080/cb", "http://127.0.0.1:8080/cb"),
            ("http://[::1]:9090/cb", "http://[::1]:9090/cb"),
            ("https://bücher.example/cb", "https://xn--bcher-kva.example/cb"),
            ("https://xn--bcher-kva.example/cb", "https://xn--bcher-kva.example/cb"),
            ("https://q.example/cb?app=1", "https://q.example/cb?app=1"),
        ] {
            assert_eq!(allowed(&listed(), asked).as_deref(), Some(expected), "{asked}");
        }
    }

    #[test]
    fn a_listed_directory_or_host_covers_what_is_below_and_an_empty_list_nothing() {
        let (directory, host) = ([String::from("https://a.example/in/")], [String::from("https://a.example")]);
        assert!(allowed(&directory, "https://a.example/in/x").is_some());
        assert!(allowed(&directory, "https://a.example/in").is_none());
        assert!(allowed(&directory, "https://a.example/inx").is_none());
        assert!(allowed(&host, "https://a.example/anything?x").is_some());
        assert!(allowed(&host, "https://a.example.evil.test/").is_none());
        assert!(allowed(&[], CALLBACK).is_none());
        let long = format!("{CALLBACK}?x={}", "y".repeat(2000));
        assert!(allowed(&listed(), &long).is_none());
    }

    #[test]
    fn whatever_is_accepted_is_safe() {
        let listed = listed();
        let parts = [
            "https",
            "http",
            ":",
            "/",
            "//",
            "://",
            "app.example.com",
            "localhost:3000",
            "/auth/callback",
            "/cb",
            "@",
            "\\",
            "%2f",
            "%252f",
            "%5c",
            "..",
            ".",
            ";",
            "..;/",
            "\t",
            "#",
            "?",
            "evil.test",
            "%2e",
            "x",
            "ü",
            "／",
            "%",
            "．",
            "&",
            "=",
            ":443",
            "[::1]:9090",
            "bücher.example",
            "\u{ad}",
            "%c0%af",
            " ",
        ];
        let random = Random::seeded(7);
        let mut accepted = 0;
        for _ in 0..40_000 {
            let mut bytes = [0; 8];
            random.fill(&mut bytes);
            let start = &listed[usize::from(bytes[0]) % listed.len()];
            let tail = bytes[2..2 + usize::from(bytes[1] % 6)].iter();
            let tail: String = tail.map(|byte| parts[usize::from(*byte) % parts.len()]).collect();
            // Sometimes insert the tail into the URI instead of appending it.
            let cut = start.char_indices().map(|(at, _)| at).nth(usize::from(bytes[7])).unwrap_or(start.len());
            let asked = format!("{}{tail}{}", &start[..cut], &start[cut..]);
            if let Some(url) = allowed(&listed, &asked) {
                accepted += 1;
                assert!(is_safe(&url, &listed), "{asked:?} became {url:?}");
            }
        }
        assert!(accepted > 1000, "only {accepted} were accepted, which proves little");
    }

    #[test]
    fn parameters_join_those_of_the_handler_and_replace_their_like() {
        let token = [("token", "a.b-c"), ("redir", "/x?y=z&t=ä")];
        for (handler, expected) in [
            ("https://a.example", "https://a.example/?token=a.b-c&redir=%2Fx%3Fy%3Dz%26t%3D%C3%A4"),
            (
                "https://a.example/cb?x=a%20b&flag",
                "https://a.example/cb?x=a%20b&flag&token=a.b-c&redir=%2Fx%3Fy%3Dz%26t%3D%C3%A4",
            ),
            (
                "https://a.example/cb?token=evil&x=1&to%6ben=evil",
                "https://a.example/cb?x=1&token=a.b-c&redir=%2Fx%3Fy%3Dz%26t%3D%C3%A4",
            ),
            ("https://a.example/cb?x=1;token=evil", "https://a.example/cb?token=a.b-c&redir=%2Fx%3Fy%3Dz%26t%3D%C3%A4"),
        ] {
            assert_eq!(with_params(handler, &token), expected);
        }
        assert_eq!(with_params("https://a.example/cb?x", &[]), "https://a.example/cb?x");
    }

    #[test]
    fn redir_is_cut_to_path_and_query() {
        for (asked, expected) in [
            ("/path/in/app", "/path/in/app"),
            ("something/12345", "something/12345"),
            ("/a?b=c&d=https%3A%2F%2Fe.example", "/a?b=c&d=https%3A%2F%2Fe.example"),
            ("https://app.example.com/a/b?c=d#e", "/a/b?c=d"),
            ("https://evil.test", "/"),
            ("HTTPS://evil.test/x", "/x"),
            ("/100%25/caf%C3%A9", "/100%25/caf%C3%A9"),
            ("/über", "/über"),
            ("?page=2", "?page=2"),
            ("/a:b", "/a:b"),
        ] {
            assert_eq!(cut_redir(asked).as_deref(), Some(expected), "{asked}");
        }
        for asked in
            ["", "#x", "//evil.test", "/\\evil.test", "/\t/evil.test", "https://a.example//evil.test", "/.//evil.test"]
        {
            assert_eq!(cut_redir(asked), None, "{asked:?}");
        }
        for asked in
            ["/%2fevil.test", "%2f%2fevil.test", "/%252fevil.test", "javascript:x", "javascript%3ax", "／／evil.test"]
        {
            assert_eq!(cut_redir(asked), None, "{asked:?}");
        }
        assert_eq!(cut_redir(&format!("/{}", "x".repeat(2000))), None);
    }

    #[test]
    fn no_hostile_address_leaves_the_host_through_redir() {
        let base = Url::parse("https://app.example.com/hello").expect("an address");
        for asked in hostile() {
            let Some(redir) = cut_redir(&asked) else { continue };
            let url = base.join(&redir).expect("a path");
            let is_safe = url.origin() == base.origin()
                && !url.path().starts_with("//")
                && !redir.starts_with("//")
                && !redir.contains(|c: char| c.is_control() || c == '\\');
            assert!(is_safe, "{asked:?} became {redir:?}");
        }
    }
}
