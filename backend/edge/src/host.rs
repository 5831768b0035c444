//! Which names we answer to. Holds off DNS rebinding and requests that mean different hosts to different readers.

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, StatusCode, Uri};
use thiserror::Error;

/// How the other end reaches us, as far as a URL says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Plain.
    Http,
    /// Over TLS, ours or a proxy's.
    Https,
}

impl Scheme {
    /// As it stands before `://`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that a URL of this scheme leaves out.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// The names and ports that a listener answers to.
#[derive(Clone, Debug)]
pub struct HostPolicy {
    scheme: Scheme,
    allowed: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Pattern {
    name: Name,
    port: u16,
}

#[derive(Clone, Debug)]
enum Name {
    Exact(String),
    /// Any name below this one; kept with its leading dot.
    Below(String),
}

/// What is wrong with a request's host.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum HostError {
    /// No `Host` header.
    #[error("the request names no host")]
    Missing,
    /// More than one `Host` header.
    #[error("the request names more than one host")]
    Several,
    /// `Host` is not `name[:port]`.
    #[error("the request's host is malformed")]
    Malformed,
    /// The request's target names another host than its header.
    #[error("the request's target and its Host header disagree")]
    Disagree,
    /// A host that is not ours.
    #[error("this host is not served here")]
    NotServed,
}

impl HostError {
    /// The status that answers it.
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotServed => StatusCode::MISDIRECTED_REQUEST,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl HostPolicy {
    /// A policy that allows no host yet.
    pub fn new(scheme: Scheme) -> Self {
        Self { scheme, allowed: Vec::new() }
    }

    /// What a listener on this machine alone answers to: `localhost`, `127.0.0.1` and `[::1]` with `port`.
    pub fn loopback(port: u16) -> Self {
        ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .fold(Self::new(Scheme::Http), |policy, name| policy.allow(name, port))
    }

    /// Adds one name with one port.
    #[must_use]
    pub fn allow(mut self, name: &str, port: u16) -> Self {
        self.allowed.push(Pattern { name: Name::Exact(name.to_ascii_lowercase()), port });
        self
    }

    /// Adds every name below `name` (not itself) with one port.
    #[must_use]
    pub fn allow_below(mut self, name: &str, port: u16) -> Self {
        self.allowed.push(Pattern { name: Name::Below(format!(".{}", name.to_ascii_lowercase())), port });
        self
    }

    /// The scheme that the names are reached by.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The request's one host in lower case, if it is one of ours.
    pub fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<Authority, HostError> {
        let host = host(uri, headers)?;
        let port = host.port_u16().unwrap_or(self.scheme.default_port());
        let served =
            self.allowed.iter().any(|pattern| pattern.port == port && pattern.name.matches(host.host()));
        if served { Ok(host) } else { Err(HostError::NotServed) }
    }
}

impl Name {
    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exact(name) => name == host,
            Self::Below(suffix) => host.strip_suffix(suffix.as_str()).is_some_and(|label| !label.is_empty()),
        }
    }
}

/// The one host that a request names, in lower case, served here or not: one `Host` header, well-formed, and the same
/// as the target's where that names one.
pub fn host(uri: &Uri, headers: &HeaderMap) -> Result<Authority, HostError> {
    let host = sole_host(headers)?;
    if uri.authority().is_some_and(|target| !target.as_str().eq_ignore_ascii_case(host.as_str())) {
        return Err(HostError::Disagree);
    }
    Ok(host)
}

fn sole_host(headers: &HeaderMap) -> Result<Authority, HostError> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().ok_or(HostError::Missing)?;
    if hosts.next().is_some() {
        return Err(HostError::Several);
    }
    let text = host.to_str().map_err(|_| HostError::Malformed)?.to_ascii_lowercase();
    let host: Authority = text.parse().map_err(|_| HostError::Malformed)?;
    // A user part, an empty port and a port beyond 65535 parse as an authority and have no business in a Host.
    let port = text.strip_prefix(host.host()).ok_or(HostError::Malformed)?;
    let port_is_sound = port.is_empty() || host.port_u16().is_some_and(|number| port == format!(":{number}"));
    if port_is_sound { Ok(host) } else { Err(HostError::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, hosts: &[&str], expected: Result<&str, HostError>) {
        let policy =
            HostPolicy::loopback(9000).allow("ide.example", 80).allow_below("execute-api.localhost", 4566);
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, host.parse().unwrap());
        }
        let answer = policy.check(&target.parse().unwrap(), &headers);
        assert_eq!(
            answer.as_ref().map(Authority::as_str).map_err(|error| *error),
            expected,
            "{target} {hosts:?}"
        );
    }

    #[test]
    fn only_one_host_of_ours() {
        check("/", &["localhost:9000"], Ok("localhost:9000"));
        check("/", &["LocalHost:9000"], Ok("localhost:9000"));
        check("/", &["127.0.0.1:9000"], Ok("127.0.0.1:9000"));
        check("/", &["[::1]:9000"], Ok("[::1]:9000"));
        check("/", &["ide.example"], Ok("ide.example"));
        check("/", &["ide.example:80"], Ok("ide.example:80"));
        check("/", &["abc.execute-api.localhost:4566"], Ok("abc.execute-api.localhost:4566"));
        check("/", &["execute-api.localhost:4566"], Err(HostError::NotServed));
        check("/", &[".execute-api.localhost:4566"], Err(HostError::NotServed));
        for other in [
            "evil.com",
            "evil.com:9000",
            "127.0.0.1.evil.com:9000",
            "localhost.evil.com:9000",
            "0.0.0.0:9000",
            "127.0.0.2:9000",
            "[::]:9000",
            "localhost",
            "localhost:9001",
            "localhost.:9000",
            "ide.example:9000",
        ] {
            check("/", &[other], Err(HostError::NotServed));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_host_that_is_not_on_the_list_passes(host in "[a-zA-Z0-9.:@\\[\\]/%-]{0,40}|(localhost|127[.]0[.]0[.]1|\\[::1\\])[:.@]?[0-9a-z.]{0,8}") {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            let passed = HostPolicy::loopback(9000).check(&Uri::from_static("/"), &headers).is_ok();
            let ours = ["localhost:9000", "127.0.0.1:9000", "[::1]:9000"];
            proptest::prop_assert_eq!(passed, ours.contains(&host.to_ascii_lowercase().as_str()));
        }
    }

    #[test]
    fn refuses_what_two_readers_could_read_differently() {
        check("/", &[], Err(HostError::Missing));
        check("/", &["localhost:9000", "localhost:9000"], Err(HostError::Several));
        check("/", &["localhost:9000", "evil.com"], Err(HostError::Several));
        check("http://evil.com/", &["localhost:9000"], Err(HostError::Disagree));
        check("http://localhost:9000/", &["localhost:9000"], Ok("localhost:9000"));
        check("http://localhost/", &["localhost:9000"], Err(HostError::Disagree));
        for malformed in [
            "",
            "user@localhost:9000",
            "localhost:9000/",
            "localhost:",
            "local host",
            "localhost:90000",
            "localhost:9000x",
            "localhost:09000",
        ] {
            check("/", &[malformed], Err(HostError::Malformed));
        }
    }
}
