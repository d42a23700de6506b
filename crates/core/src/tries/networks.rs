//! Networks of an address, from its own outwards: a client with many addresses has adjacent ones.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

/// A network: an IPv6 prefix. An IPv4 address is one of `::ffff:0:0/96`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    prefix: u128,
    bits: u8,
}

/// The networks of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Networks {
    /// Subscriber's network: the IPv4 address, or the /64 that an IPv6 subscriber has at least.
    pub own: Network,
    /// Wider networks, the widest first, each with a factor on the limit of the own one: a subscriber may have a /56, a
    /// site a /48; and a hundred adjacent IPv4 addresses are rented as easily as one.
    pub wider: Vec<(Network, u32)>,
    /// Network wide enough that all counts fit in memory: a /32, or a /16 of IPv4.
    pub coarse: Network,
}

/// Factor of a coarse network on the limit of one address.
pub const COARSE: u32 = 256;
const WIDE: u32 = 16;
const SITE: u32 = 4;
/// A text that is no address, as an API client may send, is a network of its own.
const NO_ADDRESS: u8 = u8::MAX;

impl Networks {
    /// Returns the networks of an address.
    pub fn of(address: &str) -> Self {
        match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V6(v6)) => {
                let at = |bits| Network::new(u128::from(v6), bits);
                Self { own: at(64), wider: vec![(at(48), WIDE), (at(56), SITE)], coarse: at(32) }
            }
            Ok(IpAddr::V4(v4)) => {
                let at = |bits: u8| Network::new(u128::from(v4.to_ipv6_mapped()), 96 + bits);
                Self { own: at(32), wider: vec![(at(24), WIDE)], coarse: at(16) }
            }
            Err(_) => {
                let mut hasher = DefaultHasher::new();
                address.hash(&mut hasher);
                let own = Network { prefix: u128::from(hasher.finish()), bits: NO_ADDRESS };
                Self { own, wider: Vec::new(), coarse: Network { prefix: 0, bits: NO_ADDRESS } }
            }
        }
    }

    /// Returns all networks except the coarse one, the widest first, each with its factor.
    pub fn inwards(&self) -> impl Iterator<Item = (Network, u32)> {
        self.wider.iter().copied().chain([(self.own, 1)])
    }
}

impl Network {
    fn new(address: u128, bits: u8) -> Self {
        let hidden = 128 - u32::from(bits);
        Self { prefix: address.checked_shr(hidden).unwrap_or(0).checked_shl(hidden).unwrap_or(0), bits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_subscriber_is_one_network() {
        for (one, same, other) in [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:3::1"),
            ("203.0.113.7", "::ffff:203.0.113.7", "203.0.113.70"),
            ("2001:DB8:0:0::1", "2001:db8::2", "2001:db9::1"),
            ("no address", "no address", "another"),
        ] {
            assert_eq!(Networks::of(one).own, Networks::of(same).own);
            assert_ne!(Networks::of(one).own, Networks::of(other).own);
        }
    }

    #[test]
    fn neighbours_share_what_is_wider() {
        let wider = |address: &str| Networks::of(address).wider;
        assert_eq!(wider("2001:db8:1:200::1"), wider("2001:db8:1:2ff::1"), "a /56");
        assert_eq!(wider("2001:db8:1:200::1")[0], wider("2001:db8:1:ffff::1")[0], "a /48");
        assert_ne!(wider("2001:db8:1:200::1")[1], wider("2001:db8:1:300::1")[1]);
        assert_ne!(wider("2001:db8:1::1")[0], wider("2001:db8:2::1")[0]);
        assert_eq!(wider("203.0.113.7"), wider("203.0.113.8"));
        assert_ne!(wider("203.0.113.7"), wider("203.0.114.7"));
        assert_eq!(Networks::of("203.0.113.7").coarse, Networks::of("203.0.1.1").coarse);
        assert_eq!(Networks::of("2001:db8:1::1").coarse, Networks::of("2001:db8:ffff::1").coarse);
    }
}
