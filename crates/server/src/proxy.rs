//! The client's address and the requested host and scheme, with and without reverse proxies.
//!
//! Guarantees that a client cannot choose its own address: forwarding headers count only on connections from a
//! trusted proxy; the client is the right-most hop that is not such a proxy; where `X-Forwarded-*` and `Forwarded`
//! disagree, one of them was not written by the proxy, and neither counts.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use axum::http::uri::Authority;
use ipnet::IpNet;

/// Networks of the proxies whose forwarding headers are trusted.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Parses addresses (`10.0.0.1`) and networks (`10.0.0.0/8`). The error is the first text that is neither.
    pub fn parse(texts: &[&str]) -> Result<Self, String> {
        let network =
            |text: &str| text.parse().or_else(|_| text.parse::<IpAddr>().map(|address| address.to_canonical().into()));
        texts.iter().map(|text| network(text).map_err(|_| (*text).to_owned())).collect::<Result<_, _>>().map(Self)
    }

    /// Returns whether `address` belongs to a trusted proxy. Mapped IPv6 (`::ffff:10.0.0.1`) counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Returns the client's address: `peer`, the other end of the connection, unless that is a trusted proxy.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(peer) {
        return peer;
    }
    let walk = |hops: Vec<&str>| (!hops.is_empty()).then(|| client_of(peer, &hops, trusted));
    let common = walk(values(headers, "x-forwarded-for").flat_map(|value| value.split(',')).collect());
    let standard = walk(forwarded(headers, "for"));
    agreed(common, standard).unwrap_or(peer)
}

/// Returns whether the client used https according to the trusted proxy; `None` if no trusted proxy reports it.
pub fn forwarded_https(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> Option<bool> {
    let scheme = told(peer, headers, trusted, "x-forwarded-proto", "proto")?;
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Some(true),
        "http" => Some(false),
        _ => None,
    }
}

/// Returns the host, optionally with a port, that the client requested according to the trusted proxy; `None` if no
/// trusted proxy reports it.
pub fn forwarded_host<'a>(peer: IpAddr, headers: &'a HeaderMap, trusted: &TrustedProxies) -> Option<&'a str> {
    let host = told(peer, headers, trusted, "x-forwarded-host", "host")?;
    let is_host = host.parse::<Authority>().is_ok_and(|authority| !authority.as_str().contains('@'));
    is_host.then_some(host)
}

/// Walks from the nearest hop to the farthest. A hop that is not an address (`unknown`, `_hidden`) ends the walk at the
/// proxy that reported it.
fn client_of(peer: IpAddr, hops: &[&str], trusted: &TrustedProxies) -> IpAddr {
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        let Some(address) = hop_address(hop) else { break };
        nearest = address;
        if !trusted.contains(address) {
            break;
        }
    }
    nearest
}

/// Parses `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:4711`.
fn hop_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(bracketed).or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

/// Returns the value that the nearest proxy reported, which is the last one: a client may have written earlier ones.
fn told<'a>(
    peer: IpAddr,
    headers: &'a HeaderMap,
    trusted: &TrustedProxies,
    common: &str,
    standard: &str,
) -> Option<&'a str> {
    if !trusted.contains(peer) {
        return None;
    }
    let common = values(headers, common).flat_map(|value| value.split(',')).last().map(str::trim);
    agreed(common, forwarded(headers, standard).pop())
}

fn agreed<T: PartialEq>(common: Option<T>, standard: Option<T>) -> Option<T> {
    match (common, standard) {
        (Some(common), Some(standard)) => (common == standard).then_some(common),
        (common, standard) => common.or(standard),
    }
}

/// Returns the lines of a header in order. A line that is not ASCII counts as empty, so that it cannot hide the hops
/// after it.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().map(|value| value.to_str().unwrap_or_default())
}

/// Returns the values of one parameter of `Forwarded` (RFC 7239), one per hop, without quotes. A hop without the
/// parameter yields an empty string.
fn forwarded<'a>(headers: &'a HeaderMap, parameter: &str) -> Vec<&'a str> {
    let value_of = |element: &'a str| {
        split(element, ';').into_iter().find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.trim().eq_ignore_ascii_case(parameter).then(|| value.trim().trim_matches('"'))
        })
    };
    let elements = values(headers, "forwarded").flat_map(|value| split(value, ','));
    let found: Vec<_> = elements.map(value_of).collect();
    if found.iter().all(Option::is_none) {
        return Vec::new();
    }
    found.into_iter().map(Option::unwrap_or_default).collect()
}

/// Splits at `separator`, but not inside quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text.split(move |character| {
        let plain = !escaped;
        escaped = quoted && plain && character == '\\';
        quoted ^= plain && character == '"';
        !quoted && character == separator
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use rstest::rstest;

    use super::*;

    fn trusted() -> TrustedProxies {
        TrustedProxies::parse(&["10.0.0.0/8", "192.168.1.1", "2001:db8:ffff::/48"]).expect("networks")
    }

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let line = |(name, value): &(&str, &str)| {
            (HeaderName::try_from(*name).expect("a name"), HeaderValue::from_bytes(value.as_bytes()).expect("a value"))
        };
        lines.iter().map(line).collect()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    const XFF: &str = "x-forwarded-for";
    const FWD: &str = "forwarded";

    #[rstest]
    // No proxy, or an untrusted one: headers are ignored.
    #[case("203.0.113.9", &[], "203.0.113.9")]
    #[case("203.0.113.9", &[(XFF, "198.51.100.1")], "203.0.113.9")]
    #[case("203.0.113.9", &[(FWD, "for=198.51.100.1")], "203.0.113.9")]
    #[case("192.168.1.2", &[(XFF, "198.51.100.1")], "192.168.1.2")]
    // One trusted proxy.
    #[case("10.0.0.1", &[], "10.0.0.1")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.1")], "198.51.100.1")]
    #[case("192.168.1.1", &[(XFF, "198.51.100.1")], "198.51.100.1")]
    #[case("::ffff:10.0.0.1", &[(XFF, "198.51.100.1")], "198.51.100.1")]
    // Values written by the client are further left.
    #[case("10.0.0.1", &[(XFF, "1.1.1.1, 198.51.100.1")], "198.51.100.1")]
    #[case("10.0.0.1", &[(XFF, "10.0.0.7, 198.51.100.1")], "198.51.100.1")]
    #[case("10.0.0.1", &[(XFF, "1.1.1.1"), (XFF, "198.51.100.1")], "198.51.100.1")]
    // A chain of trusted proxies with a client, and one without.
    #[case("10.0.0.1", &[(XFF, "1.1.1.1, 198.51.100.1, 10.0.0.3,10.0.0.2")], "198.51.100.1")]
    #[case("10.0.0.1", &[(XFF, "10.0.0.3, 10.0.0.2")], "10.0.0.3")]
    // Address formats.
    #[case("10.0.0.1", &[(XFF, "198.51.100.1:4711")], "198.51.100.1")]
    #[case("10.0.0.1", &[(XFF, "2001:db8::1")], "2001:db8::1")]
    #[case("10.0.0.1", &[(XFF, "[2001:db8::1]:4711")], "2001:db8::1")]
    #[case("10.0.0.1", &[(XFF, "::ffff:198.51.100.1")], "198.51.100.1")]
    #[case("2001:db8:ffff::1", &[(XFF, "198.51.100.1, ::ffff:10.0.0.2")], "198.51.100.1")]
    // A hop that is not an address ends the walk at the proxy that reported it.
    #[case("10.0.0.1", &[(XFF, "198.51.100.1, nonsense")], "10.0.0.1")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.1, unknown, 10.0.0.2")], "10.0.0.2")]
    #[case("10.0.0.1", &[(XFF, "")], "10.0.0.1")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.1"), (XFF, "\u{e9}")], "10.0.0.1")]
    // RFC 7239.
    #[case("10.0.0.1", &[(FWD, "for=198.51.100.1")], "198.51.100.1")]
    #[case("10.0.0.1", &[(FWD, "For=\"[2001:db8:cafe::17]:4711\"")], "2001:db8:cafe::17")]
    #[case("10.0.0.1", &[(FWD, "for=192.0.2.60;proto=http;by=203.0.113.43")], "192.0.2.60")]
    #[case("10.0.0.1", &[(FWD, "for=1.1.1.1, for=198.51.100.1;by=\"a,b;for=2.2.2.2\", for=10.0.0.2")], "198.51.100.1")]
    #[case("10.0.0.1", &[(FWD, "by=\"\\\",for=2.2.2.2\";for=198.51.100.1")], "198.51.100.1")]
    #[case("10.0.0.1", &[(FWD, "for=198.51.100.1, for=_hidden")], "10.0.0.1")]
    #[case("10.0.0.1", &[(FWD, "for=198.51.100.1, proto=https")], "10.0.0.1")]
    // Both header families: they agree, or the client wrote one of them.
    #[case("10.0.0.1", &[(XFF, "198.51.100.1"), (FWD, "for=198.51.100.1")], "198.51.100.1")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.1"), (FWD, "for=1.1.1.1")], "10.0.0.1")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.1"), (FWD, "proto=https")], "198.51.100.1")]
    fn client(#[case] peer: &str, #[case] lines: &[(&str, &str)], #[case] expected: &str) {
        assert_eq!(client_address(ip(peer), &headers(lines), &trusted()), ip(expected));
    }

    #[test]
    fn rotating_headers_changes_nothing_for_an_untrusted_peer() {
        for last in 0..=255 {
            let lines = headers(&[(XFF, &format!("198.51.100.{last}")), (FWD, &format!("for=203.0.113.{last}"))]);
            assert_eq!(client_address(ip("203.0.113.9"), &lines, &trusted()), ip("203.0.113.9"));
            assert_eq!(client_address(ip("10.0.0.1"), &lines, &TrustedProxies::default()), ip("10.0.0.1"));
        }
    }

    #[rstest]
    #[case("203.0.113.9", &[("x-forwarded-proto", "https"), ("x-forwarded-host", "a.example")], None, None)]
    #[case("10.0.0.1", &[], None, None)]
    #[case("10.0.0.1", &[("x-forwarded-proto", "HTTPS"), ("x-forwarded-host", "a.example:81")], Some(true), Some("a.example:81"))]
    #[case("10.0.0.1", &[("x-forwarded-proto", "https, http"), ("x-forwarded-host", "evil.example, a.example")], Some(false), Some("a.example"))]
    #[case("10.0.0.1", &[(FWD, "for=1.1.1.1;proto=https;host=\"a.example:81\"")], Some(true), Some("a.example:81"))]
    #[case("10.0.0.1", &[("x-forwarded-host", "a.example"), (FWD, "host=evil.example")], None, None)]
    #[case("10.0.0.1", &[("x-forwarded-proto", "gopher"), ("x-forwarded-host", "a example")], None, None)]
    #[case("10.0.0.1", &[("x-forwarded-host", "me@a.example")], None, None)]
    #[case("10.0.0.1", &[("x-forwarded-host", "a.example/path")], None, None)]
    fn scheme_and_host(
        #[case] peer: &str,
        #[case] lines: &[(&str, &str)],
        #[case] https: Option<bool>,
        #[case] host: Option<&str>,
    ) {
        let headers = headers(lines);
        assert_eq!(forwarded_https(ip(peer), &headers, &trusted()), https);
        assert_eq!(forwarded_host(ip(peer), &headers, &trusted()), host);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "example.com", "10.0.0", "10.0.0.1:80"] {
            assert_eq!(TrustedProxies::parse(&["10.0.0.1", text]).expect_err("no network"), text);
        }
    }
}
