//! Origins of the web: scheme, host and port (RFC 6454).
//!
//! Guarantee: texts that name one origin are equal here, however they spell it: with or without the scheme's default
//! port, in upper case, with the dot of a fully qualified name. Anything but a plain `host[:port]` is refused.

use std::fmt;

/// Origin: scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebOrigin {
    scheme: Scheme,
    host: String,
    port: u16,
}

/// Schemes of web pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Port 80.
    Http,
    /// Port 443.
    Https,
}

impl Scheme {
    /// Returns the scheme with which browsers reach the installation's hosts.
    pub fn of(secure: bool) -> Self {
        if secure { Self::Https } else { Self::Http }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl WebOrigin {
    /// Parses an `Origin` header. Returns `None` for `null` and other schemes.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let scheme = [Scheme::Http, Scheme::Https].into_iter().find(|one| scheme.eq_ignore_ascii_case(one.text()))?;
        Self::at(scheme, authority)
    }

    /// Parses a `Host` header, or the authority of a URL.
    pub fn at(scheme: Scheme, authority: &str) -> Option<Self> {
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => (host, port),
            _ => (authority, ""),
        };
        let port = if port.is_empty() { scheme.default_port() } else { port.parse().ok()? };
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        let is_address = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
        let is_plain = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').is_some_and(is_address),
            None => !host.is_empty() && is_name(&host),
        };
        is_plain.then_some(Self { scheme, host, port })
    }

    /// Returns the host, in lower case and without a trailing dot.
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// Formats the origin as browsers do: without the scheme's default port.
impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port } = self;
        write!(f, "{}://{host}", scheme.text())?;
        if *port == scheme.default_port() { Ok(()) } else { write!(f, ":{port}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_origin_is_the_same_origin() {
        for (written, spellings) in [
            (
                "https://acme.example.com",
                &[
                    "acme.example.com",
                    "acme.example.com:443",
                    "ACME.Example.com.",
                    "acme.example.com.:443",
                    "acme.example.com:",
                ][..],
            ),
            (
                "https://acme.example.com:8443",
                &["acme.example.com:8443", "Acme.example.com.:8443", "acme.example.com:08443"],
            ),
            ("https://acme.example.com:80", &["acme.example.com:80"]),
            ("https://[2001:db8::1]", &["[2001:DB8::1]", "[2001:db8::1]:443"]),
        ] {
            for spelling in spellings {
                let origin = WebOrigin::at(Scheme::Https, spelling).expect(spelling);
                assert_eq!(origin.to_string(), written, "{spelling}");
                assert_eq!(WebOrigin::parse(&format!("HTTPS://{spelling}")), Some(origin), "{spelling}");
            }
        }
        let plain = WebOrigin::parse("http://acme.localhost:80").expect("an origin");
        assert_eq!((plain.to_string().as_str(), plain.host()), ("http://acme.localhost", "acme.localhost"));
        assert_ne!(Some(plain), WebOrigin::parse("https://acme.localhost"));
    }

    #[test]
    fn what_is_no_plain_host_is_no_origin() {
        for text in [
            "",
            ".",
            "a@b",
            "a:80@b",
            "a/",
            "a/b",
            "a?b",
            "a#b",
            "a b",
            "a:x",
            "a:65536",
            "[::1",
            "[g]",
            "%61",
            "\u{fc}.test",
        ] {
            assert_eq!(WebOrigin::at(Scheme::Http, text), None, "{text}");
            assert_eq!(WebOrigin::parse(&format!("http://{text}")), None, "{text}");
        }
        for text in ["null", "*", "acme.localhost", "file://", "ftp://a", "capacitor://localhost", "http:a", "http:/a"]
        {
            assert_eq!(WebOrigin::parse(text), None, "{text}");
        }
    }
}
