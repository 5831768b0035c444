//! Which hosts functions may reach beside the cloud. None, unless somebody says so.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

/// Hosts that may be named at most.
const MAX_PATTERNS: usize = 100;
/// The longest name of a host, as DNS has it.
const MAX_NAME: usize = 253;

/// The hosts that functions may reach. Cheap to clone: what is set for one is in force for all, at once.
#[derive(Debug, Clone, Default)]
pub struct Egress(Arc<RwLock<Vec<Pattern>>>);

/// A host, or hosts, with one port or with every one: `*`, `*.example.com`, `example.com:443`, `10.0.0.5:5432`, `[::1]:80`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    host: Host,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    /// All names that end so: with the dot.
    Below(String),
    Name(String),
    Address(IpAddr),
}

/// Where a host that may be reached may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// At an address that the whole world has, and not on this machine or in its network.
    Public,
    /// Anywhere: it was named itself, with its port.
    Anywhere,
}

impl Reach {
    pub(crate) fn includes(self, address: IpAddr) -> bool {
        self == Self::Anywhere || is_public(address)
    }
}

impl Egress {
    /// What may be reached from now on; whether it is other than before. An environment that began when nothing was does
    /// not know of the proxy.
    pub fn set(&self, patterns: Vec<Pattern>) -> bool {
        let mut present = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let differs = *present != patterns;
        *present = patterns;
        differs
    }

    /// What may be reached.
    pub fn patterns(&self) -> Vec<Pattern> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether nothing but the cloud may be reached.
    pub fn is_empty(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Whether a host may be reached at a port, and where it may lie then.
    pub(crate) fn reach(&self, host: &str, port: u16) -> Option<Reach> {
        let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
        let patterns = self.0.read().unwrap_or_else(PoisonError::into_inner);
        patterns.iter().filter_map(|pattern| pattern.reach(&host, port)).max()
    }
}

impl Pattern {
    /// The hosts of a list, between commas or blanks.
    pub fn list(text: &str) -> Result<Vec<Self>, String> {
        let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        let patterns = words.map(str::parse).collect::<Result<Vec<Self>, _>>()?;
        if patterns.len() > MAX_PATTERNS {
            return Err(format!("{MAX_PATTERNS} hosts may be named, not {}", patterns.len()));
        }
        Ok(patterns)
    }

    /// Hosts as [`Pattern::list`] reads them.
    pub fn text(patterns: &[Self]) -> String {
        patterns.iter().map(Self::to_string).collect::<Vec<_>>().join(", ")
    }

    fn reach(&self, host: &str, port: u16) -> Option<Reach> {
        if self.port.is_some_and(|own| own != port) {
            return None;
        }
        let (fits, named) = match &self.host {
            Host::Any => (true, false),
            Host::Below(ending) => (host.ends_with(ending), false),
            Host::Name(name) => (name == host, true),
            Host::Address(address) => (host.parse() == Ok(*address), true),
        };
        fits.then_some(if named && self.port.is_some() { Reach::Anywhere } else { Reach::Public })
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            let shown: String = text.chars().take(80).collect();
            format!("'{shown}' is no host: write example.com, *.example.com, 10.0.0.5:5432 or *")
        };
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, Some(port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?))
            }
            _ => (text, None),
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let host = match (host, bare.parse()) {
            ("*", _) => Host::Any,
            (_, Ok(address)) => Host::Address(address),
            _ => match host.strip_prefix("*.") {
                Some(name) if is_name(name) => Host::Below(format!(".{}", name.to_ascii_lowercase())),
                None if is_name(host) => Host::Name(host.to_ascii_lowercase()),
                _ => return Err(wrong()),
            },
        };
        Ok(Self { host, port })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Any => f.write_str("*")?,
            Host::Below(ending) => write!(f, "*{ending}")?,
            Host::Name(name) => f.write_str(name)?,
            Host::Address(address) if address.is_ipv6() => write!(f, "[{address}]")?,
            Host::Address(address) => write!(f, "{address}")?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        let inside = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        (1..=63).contains(&label.len()) && inside && !label.starts_with('-') && !label.ends_with('-')
    };
    // What ends in a number is an address, or a mistaken one.
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= MAX_NAME && text.split('.').all(is_label) && !text.rsplit('.').next().is_some_and(is_number)
}

/// Whether an address is one that the whole world has, as IANA's registries of special addresses say.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_public_v4(address),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_for_protocols = a == 192 && b == 0 && c == 0;
    let is_for_benchmarks = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 224
        || is_shared
        || is_for_protocols
        || is_for_benchmarks
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    // Global unicast, but for what is for documentation and for tunnels to addresses of version 4.
    first & 0xe000 == 0x2000
        && !matches!(address.segments(), [0x2001, 0x0db8 | 0, ..] | [0x2002, ..])
        && first != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_they_are_written() {
        let read =
            Pattern::list("example.com, *.Example.ORG:443\n10.0.0.5:5432 [::1]:80 ::1 * localhost:8080")
                .expect("hosts");
        let shown: Vec<_> = read.iter().map(ToString::to_string).collect();
        let expected =
            ["example.com", "*.example.org:443", "10.0.0.5:5432", "[::1]:80", "[::1]", "*", "localhost:8080"];
        assert_eq!(shown, expected);
        assert_eq!(Pattern::list(" ,\n"), Ok(Vec::new()));
        for text in [
            "http://example.com",
            "a/b",
            "*.",
            "*x.com",
            "a..b",
            "-a.com",
            "a:0",
            "a:99999",
            "a:x",
            "1.2.3",
            "ü.de",
        ] {
            let error = Pattern::list(text).expect_err(text);
            assert!(error.starts_with(&format!("'{text}' is no host")), "{error}");
        }
        assert!(Pattern::list(&"a.com ".repeat(101)).is_err());
    }

    #[test]
    fn a_host_is_reached_by_what_names_it() {
        let egress = Egress::default();
        assert!(egress.is_empty());
        let check = |list: &str, host: &str, port: u16, expected: Option<Reach>| {
            egress.set(Pattern::list(list).expect("hosts"));
            assert_eq!(egress.reach(host, port), expected, "{host}:{port} by {list}");
        };
        let (public, anywhere) = (Some(Reach::Public), Some(Reach::Anywhere));
        check("", "example.com", 443, None);
        check("*", "example.com", 443, public);
        check("*:443", "example.com", 80, None);
        check("example.com", "EXAMPLE.com.", 443, public);
        check("example.com", "a.example.com", 443, None);
        check("*.example.com", "a.b.example.com", 443, public);
        check("*.example.com", "example.com", 443, None);
        check("*.example.com", "badexample.com", 443, None);
        check("db.internal:5432", "db.internal", 5432, anywhere);
        check("db.internal:5432", "db.internal", 5433, None);
        check("* localhost:80", "localhost", 80, anywhere);
        check("10.0.0.5", "10.0.0.5", 80, public);
        check("[::1]:80", "[0:0::1]", 80, anywhere);
    }

    #[test]
    fn what_is_reached_by_a_wildcard_is_not_of_this_machine_or_network() {
        for address in [
            "0.0.0.0",
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2001::1",
            "3fff::1",
        ] {
            let address: IpAddr = address.parse().expect("an address");
            assert!(!Reach::Public.includes(address), "{address}");
            assert!(Reach::Anywhere.includes(address), "{address}");
        }
        for address in
            ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"]
        {
            assert!(Reach::Public.includes(address.parse().expect("an address")), "{address}");
        }
    }
}
