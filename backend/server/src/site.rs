//! Under which names the front door is reached, and what follows from that: cookie, origin, content policy.

use std::net::SocketAddr;

use edge::{HostPolicy, Scheme, session_cookie};
use http::{HeaderMap, Uri, header};
use thiserror::Error;

use crate::accounts::SESSION_LIFETIME;

/// One front door's place in the web.
#[derive(Clone, Debug)]
pub struct Site {
    hosts: HostPolicy,
    /// Names that lead here, and from here to the one of [`Site::origin`].
    aliases: HostPolicy,
    cookie: String,
    origin: String,
}

/// Why an address cannot be a site's.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("failed to use {0:?} as the public address: it must be http://NAME[:PORT] or https://NAME[:PORT]")]
pub struct BadPublicAddress(String);

impl Site {
    /// A site reached on this machine, by the address it listens on and no other name: cookies know no ports, and what
    /// workspaces serve is reached by names below `localhost`. Whoever comes by another name of this machine is sent on.
    pub fn local(listen: SocketAddr) -> Self {
        let port = listen.port();
        let ip = if listen.ip().is_unspecified() { [127, 0, 0, 1].into() } else { listen.ip() };
        let shown = SocketAddr::new(ip, port);
        let name = if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() };
        // Plain http excludes `Secure`, and with it the `__Host-` prefix, in browsers that make no exception for
        // this machine; what the prefix adds beyond that (no Domain, Path=/) holds here all the same.
        Self {
            hosts: HostPolicy::new(Scheme::Http).allow(&name, port),
            aliases: HostPolicy::loopback(port),
            cookie: session_cookie(Scheme::Http, port),
            origin: format!("http://{shown}"),
        }
    }

    /// A site reached by others under one address, `https://ide.example`.
    pub fn public(address: &str) -> Result<Self, BadPublicAddress> {
        let bad = || BadPublicAddress(address.chars().take(200).collect());
        let uri: Uri = address.trim_end_matches('/').parse().map_err(|_| bad())?;
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err(bad()),
        };
        let authority = uri.authority().ok_or_else(bad)?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(bad());
        }
        let port = authority.port_u16().unwrap_or(scheme.default_port());
        let hosts = HostPolicy::new(scheme).allow(authority.host(), port);
        let cookie = session_cookie(scheme, port);
        let origin = format!("{}://{}", scheme.as_str(), authority.as_str().to_ascii_lowercase());
        Ok(Self { hosts, aliases: HostPolicy::new(scheme), cookie, origin })
    }

    /// The address to show: `http://127.0.0.1:9000`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The names that are answered to.
    pub fn hosts(&self) -> &HostPolicy {
        &self.hosts
    }

    /// Where a request by another of our names belongs; none if it is by no name of ours.
    pub(crate) fn elsewhere(&self, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        self.aliases.check(uri, headers).ok()?;
        Some(format!("{}{}", self.origin, uri.path_and_query().map_or("/", |rest| rest.as_str())))
    }

    /// The address that signs in with `code`. The code stands behind `#`, so it is in no request line, no proxy's
    /// log and no `Referer`, and whoever fetches the address without running its script does not use the code up.
    pub fn sign_in_address(&self, code: &crate::Secret) -> String {
        format!("{}/open#{}", self.origin, code.reveal())
    }

    /// The session token in the request's cookies; none where it is missing or there are two (tossed from elsewhere).
    pub(crate) fn token<'r>(&self, headers: &'r HeaderMap) -> Option<&'r str> {
        let mut tokens = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.cookie)
            .map(|(_, token)| token);
        let token = tokens.next()?;
        tokens.next().is_none().then_some(token)
    }

    /// The `Set-Cookie` that hands a session's token out.
    pub(crate) fn set_cookie(&self, token: &crate::Secret) -> String {
        self.cookie_with(token.reveal(), SESSION_LIFETIME.as_secs())
    }

    /// The `Set-Cookie` that takes it back.
    pub(crate) fn clear_cookie(&self) -> String {
        self.cookie_with("", 0)
    }

    fn cookie_with(&self, value: &str, age: u64) -> String {
        let secure = if self.hosts.scheme() == Scheme::Https { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}", self.cookie)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_as_strict_as_the_scheme_lets_them() {
        let local = Site::local("127.0.0.1:9000".parse().unwrap());
        assert_eq!(local.clear_cookie(), "cumulo-9000=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
        let public = Site::public("https://IDE.example/").unwrap();
        assert_eq!(
            public.clear_cookie(),
            "__Host-cumulo=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(public.origin(), "https://ide.example");
    }

    #[test]
    fn a_public_address_is_a_scheme_and_a_name() {
        for bad in
            ["", "ide.example", "ftp://ide.example", "https://", "https://a/b", "https://a?b", "https://u@a"]
        {
            assert!(Site::public(bad).is_err(), "{bad}");
        }
        assert_eq!(Site::public("http://ide.example:8080").unwrap().origin(), "http://ide.example:8080");
    }

    #[test]
    fn the_token_is_the_only_cookie_of_its_name() {
        let site = Site::local("127.0.0.1:9000".parse().unwrap());
        let check = |cookies: &[&'static str], expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            for cookie in cookies {
                headers.append(header::COOKIE, http::HeaderValue::from_static(cookie));
            }
            assert_eq!(site.token(&headers), expected, "{cookies:?}");
        };
        check(&[], None);
        check(&["cumulo-9000=a"], Some("a"));
        check(&["x=y; cumulo-9000=a; cumulo-9001=b"], Some("a"));
        check(&["cumulo-9000=a; cumulo-9000=b"], None);
        check(&["cumulo-9000=a", "cumulo-9000=a"], None);
        check(&["Cumulo-9000=a; cumulo-90000=b"], None);
    }

    #[test]
    fn a_listener_on_every_address_is_shown_by_loopback() {
        assert_eq!(Site::local("0.0.0.0:80".parse().unwrap()).origin(), "http://127.0.0.1:80");
        assert_eq!(Site::local("[::1]:9000".parse().unwrap()).origin(), "http://[::1]:9000");
    }
}
