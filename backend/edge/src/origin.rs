//! Where a browser says a request comes from. Only exact equality counts; nothing here grants anything.

use http::HeaderMap;
use http::header::ORIGIN;
use http::uri::Authority;

use crate::host::Scheme;

/// What the `Origin` header says about the page behind a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// No header: not a browser's cross-site request, and not a browser's WebSocket.
    Absent,
    /// A page of the host that the request is for.
    Same,
    /// Any other page, an opaque origin (`null`), or more than one header.
    Foreign,
}

/// What `Sec-Fetch-Site` says; browsers send it on requests to trustworthy origins, localhost among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchSite {
    /// No such header.
    Absent,
    /// Typed, bookmarked, opened from outside the browser.
    Direct,
    /// From a page of the same origin.
    SameOrigin,
    /// From anywhere else.
    Other,
}

/// Compares `Origin` with the host that the request is for, as [`crate::HostPolicy::check`] returned it.
pub fn origin(headers: &HeaderMap, scheme: Scheme, host: &Authority) -> Origin {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else { return Origin::Absent };
    let own = format!("{}://{}", scheme.as_str(), host.as_str());
    if origins.next().is_none() && origin.as_bytes() == own.as_bytes() {
        Origin::Same
    } else {
        Origin::Foreign
    }
}

/// Reads `Sec-Fetch-Site`.
pub fn fetch_site(headers: &HeaderMap) -> FetchSite {
    match headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes) {
        None => FetchSite::Absent,
        Some(b"none") => FetchSite::Direct,
        Some(b"same-origin") => FetchSite::SameOrigin,
        Some(_) => FetchSite::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origins: &[&str], expected: Origin) {
        let mut headers = HeaderMap::new();
        for origin in origins {
            headers.append(ORIGIN, origin.parse().unwrap());
        }
        let host = Authority::from_static("ide.example:9000");
        assert_eq!(origin(&headers, Scheme::Http, &host), expected, "{origins:?}");
    }

    #[test]
    fn only_the_exact_origin_is_ours() {
        check(&[], Origin::Absent);
        check(&["http://ide.example:9000"], Origin::Same);
        for foreign in [
            "null",
            "",
            "https://ide.example:9000",
            "http://ide.example",
            "http://ide.example:9001",
            "http://IDE.example:9000",
            "http://ide.example:9000/",
            "http://ide.example:9000.evil.com",
            "http://ide.example.evil.com:9000",
            "http://evil.com",
            " http://ide.example:9000",
        ] {
            check(&[foreign], Origin::Foreign);
        }
        check(&["http://ide.example:9000", "http://ide.example:9000"], Origin::Foreign);
    }

    #[test]
    fn reads_where_a_fetch_came_from() {
        let mut headers = HeaderMap::new();
        assert_eq!(fetch_site(&headers), FetchSite::Absent);
        for (value, expected) in [
            ("none", FetchSite::Direct),
            ("same-origin", FetchSite::SameOrigin),
            ("same-site", FetchSite::Other),
            ("cross-site", FetchSite::Other),
            ("x", FetchSite::Other),
        ] {
            headers.insert("sec-fetch-site", value.parse().unwrap());
            assert_eq!(fetch_site(&headers), expected);
        }
    }
}
