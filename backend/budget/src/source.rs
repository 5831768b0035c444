//! Those between whom a budget is fair.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

/// Whoever a cost is charged to: an address, an access key, a function. Cheap to clone.
///
/// ```
/// # use budget::Source;
/// assert_eq!(Source::address("::ffff:10.0.0.1".parse().unwrap()), Source::address("10.0.0.1".parse().unwrap()));
/// assert_ne!(Source::named("key", "10.0.0.1"), Source::address("10.0.0.1".parse().unwrap()));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Source(Kind);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Kind {
    Address(IpAddr),
    Named(&'static str, Arc<str>),
}

impl Source {
    /// A peer. IPv6 peers count by their network of 64 bits, since whoever has one address of it has them all.
    pub fn address(address: IpAddr) -> Self {
        Self(Kind::Address(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) >> 64 << 64)),
            address @ IpAddr::V4(_) => address,
        }))
    }

    /// Somebody of that kind and name: `("key", "AKIA…")`, `("function", "arn:…")`.
    pub fn named(kind: &'static str, name: impl Into<Arc<str>>) -> Self {
        Self(Kind::Named(kind, name.into()))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Address(address) => write!(f, "Source({address})"),
            Kind::Named(kind, name) => write!(f, "Source({kind} {name:?})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_of_ipv6_is_one_source() {
        let of = |text: &str| Source::address(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }
}
