//! Decides which addresses outbound requests may reach: public ones, and those that the operator allows.
//!
//! Guarantees that no connection is made to any other address. A host name is resolved here, once, and only its allowed
//! addresses are passed on for the connection, so a name cannot turn private between check and connection. IP addresses
//! in a URL, which are never resolved, are checked before.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Blocks of IANA's special-purpose registries that are not globally reachable (RFC 6890 and its updates), and
/// multicast.
const PRIVATE_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::BROADCAST, 32),
];

/// Blocks of [`PUBLIC_V6`] that are not public.
const PRIVATE_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

const PUBLIC_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// NAT64 prefix (RFC 6052): the address contains an IPv4 address to be translated.
const TRANSLATED: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Decides which addresses may be reached. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Arc<[IpNet]>,
}

/// An address that is not allowed.
#[derive(Debug, Clone)]
pub struct Forbidden(String);

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a public address, and delivery.allowed_networks does not name it", self.0)
    }
}

impl std::error::Error for Forbidden {}

impl Guard {
    /// Allows these networks in addition to public addresses.
    pub fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed: allowed.into() }
    }

    /// Rejects a URL whose host is an IP address that is not allowed.
    pub fn check(&self, url: &Url) -> Result<(), Forbidden> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(Forbidden("nothing".to_owned())),
        };
        if self.allows(address) { Ok(()) } else { Err(Forbidden(address.to_string())) }
    }

    /// Returns whether a connection to this address may be made.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(&address)) || is_public(address)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let (allowed, others): (Vec<SocketAddr>, Vec<SocketAddr>) = found.partition(|at| guard.allows(at.ip()));
            if allowed.is_empty() {
                let at = others.first().map_or_else(|| "nothing".to_owned(), |at| at.ip().to_string());
                return Err(Forbidden(format!("{} ({at})", name.as_str())).into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !PRIVATE_V4.into_iter().any(|network| within_v4(network, address)),
        IpAddr::V6(address) if within_v6(TRANSLATED, address) => {
            let [.., a, b, c, d] = address.octets();
            is_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
        }
        IpAddr::V6(address) => {
            within_v6(PUBLIC_V6, address) && !PRIVATE_V6.into_iter().any(|network| within_v6(network, address))
        }
    }
}

fn within_v4((network, length): (Ipv4Addr, u8), address: Ipv4Addr) -> bool {
    Ipv4Net::new(network, length).is_ok_and(|network| network.contains(&address))
}

fn within_v6((network, length): (Ipv6Addr, u8), address: Ipv6Addr) -> bool {
    Ipv6Net::new(network, length).is_ok_and(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_let_through() {
        let guard = Guard::default();
        for public in ["93.184.216.34", "1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101"] {
            assert!(guard.allows(public.parse().expect("an address")), "{public}");
        }
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "5f00::1",
        ] {
            assert!(!guard.allows(private.parse().expect("an address")), "{private}");
        }
    }

    #[test]
    fn urls_with_addresses_are_seen_in_every_spelling() {
        let guard = Guard::default();
        for hidden in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://user:word@169.254.169.254/latest",
            "http://①②⑦.0.0.1/",
        ] {
            assert!(guard.check(&Url::parse(hidden).expect("a URL")).is_err(), "{hidden}");
        }
        assert!(guard.check(&Url::parse("https://93.184.216.34/").expect("a URL")).is_ok());
    }

    #[test]
    fn the_operator_may_allow_networks() {
        let guard = Guard::new(vec!["127.0.0.0/8".parse().expect("a network"), "fd00::/8".parse().expect("a network")]);
        for (address, allowed) in
            [("127.0.0.1", true), ("::ffff:127.0.0.1", true), ("fd00::1", true), ("10.0.0.1", false), ("::1", false)]
        {
            assert_eq!(guard.allows(address.parse().expect("an address")), allowed, "{address}");
        }
    }

    #[tokio::test]
    async fn names_that_lead_inside_lead_nowhere() {
        let name = || "localhost".parse::<Name>().expect("a name");
        assert!(Guard::default().resolve(name()).await.is_err());
        let guard = Guard::new(vec!["127.0.0.0/8".parse().expect("a network")]);
        let found: Vec<SocketAddr> = guard.resolve(name()).await.expect("resolves").collect();
        assert!(!found.is_empty() && found.iter().all(|at| at.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST)), "{found:?}");
    }
}
