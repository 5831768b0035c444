//! Which headers of an integration's answer reach the caller, and under which names. None of those that frame it, which is
//! never the integration's to say.

use cloud_wire::framing::{is_framing, named_by_connection};
use http::{HeaderMap, HeaderName};

use crate::response::Kind;

/// What wrote a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    /// A function, behind a proxy integration.
    Function,
    /// The API, whose mapping names the header.
    Mapping,
}

/// What becomes of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Dropped,
    /// Renamed to `x-amzn-Remapped-…`.
    Remapped,
}

/// What REST APIs do to a function's header, and to a mapping's.
// AWS: "Amazon API Gateway important notes", the table of headers that are dropped or remapped. The table says of
// Content-Length that it passes, and answers show that it is remapped; what mappings do is by answers alone.
// LIMIT: AWS overwrites the remapped Date and Server with its own, and lets a mapping's TE pass.
const REST: &[(&str, Fate, Fate)] = &[
    ("authorization", Fate::Remapped, Fate::Remapped),
    ("connection", Fate::Remapped, Fate::Remapped),
    ("content-length", Fate::Remapped, Fate::Remapped),
    ("content-md5", Fate::Remapped, Fate::Remapped),
    ("date", Fate::Remapped, Fate::Remapped),
    ("expect", Fate::Dropped, Fate::Remapped),
    ("host", Fate::Dropped, Fate::Remapped),
    ("max-forwards", Fate::Remapped, Fate::Remapped),
    ("proxy-authenticate", Fate::Dropped, Fate::Remapped),
    ("server", Fate::Remapped, Fate::Remapped),
    ("trailer", Fate::Dropped, Fate::Remapped),
    ("upgrade", Fate::Dropped, Fate::Remapped),
    ("user-agent", Fate::Remapped, Fate::Remapped),
    ("www-authenticate", Fate::Remapped, Fate::Remapped),
    ("x-amzn-requestid", Fate::Remapped, Fate::Remapped),
];

/// The headers of an integration as the caller gets them.
pub(crate) fn pass(kind: Kind, writer: Writer, given: HeaderMap) -> HeaderMap {
    let named = named_by_connection(&given);
    let mut passed = HeaderMap::with_capacity(given.len());
    let mut current = None;
    for (name, value) in given {
        // A name comes with its first value only.
        current = name.or(current);
        let Some(name) = &current else { continue };
        if let Some(name) = outside(kind, writer, name, &named) {
            passed.append(name, value);
        }
    }
    passed
}

/// The name that a header has outside; none where it stays inside.
fn outside(kind: Kind, writer: Writer, name: &HeaderName, named: &[String]) -> Option<HeaderName> {
    let text = name.as_str();
    let known = REST.iter().filter(|_| kind == Kind::Rest).find(|(known, ..)| *known == text);
    let fate =
        known.map(|(_, function, mapping)| if writer == Writer::Function { function } else { mapping });
    match fate {
        Some(Fate::Remapped) => HeaderName::try_from(format!("x-amzn-remapped-{text}")).ok(),
        Some(Fate::Dropped) => None,
        // AWS: of a function's answer.
        None if text == "via" && kind == Kind::Rest && writer == Writer::Function => None,
        None if is_framing(text) || named.iter().any(|named| named == text) => None,
        None => Some(name.clone()),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const NAMES: &[&str] = &[
        "accept",
        "age",
        "authorization",
        "content-length",
        "content-md5",
        "content-type",
        "date",
        "expect",
        "host",
        "keep-alive",
        "max-forwards",
        "proxy-authenticate",
        "proxy-connection",
        "server",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "warn",
        "www-authenticate",
        "x-own",
    ];

    fn check(kind: Kind, writer: Writer, expected: &[&str]) {
        let value = HeaderValue::from_static("v");
        let given = NAMES.iter().map(|name| (HeaderName::from_static(name), value.clone())).collect();
        let mut seen: Vec<_> =
            pass(kind, writer, given).keys().map(|name| name.as_str().to_owned()).collect();
        seen.sort();
        assert_eq!(seen, expected, "{kind:?} {writer:?}");
    }

    #[test]
    fn the_table_of_each_kind() {
        check(
            Kind::Http,
            Writer::Function,
            &[
                "accept",
                "age",
                "authorization",
                "content-md5",
                "content-type",
                "date",
                "expect",
                "host",
                "max-forwards",
                "server",
                "set-cookie",
                "user-agent",
                "via",
                "warn",
                "www-authenticate",
                "x-own",
            ],
        );
        check(
            Kind::Rest,
            Writer::Function,
            &[
                "accept",
                "age",
                "content-type",
                "set-cookie",
                "warn",
                "x-amzn-remapped-authorization",
                "x-amzn-remapped-content-length",
                "x-amzn-remapped-content-md5",
                "x-amzn-remapped-date",
                "x-amzn-remapped-max-forwards",
                "x-amzn-remapped-server",
                "x-amzn-remapped-user-agent",
                "x-amzn-remapped-www-authenticate",
                "x-own",
            ],
        );
        check(
            Kind::Rest,
            Writer::Mapping,
            &[
                "accept",
                "age",
                "content-type",
                "set-cookie",
                "via",
                "warn",
                "x-amzn-remapped-authorization",
                "x-amzn-remapped-content-length",
                "x-amzn-remapped-content-md5",
                "x-amzn-remapped-date",
                "x-amzn-remapped-expect",
                "x-amzn-remapped-host",
                "x-amzn-remapped-max-forwards",
                "x-amzn-remapped-proxy-authenticate",
                "x-amzn-remapped-server",
                "x-amzn-remapped-trailer",
                "x-amzn-remapped-upgrade",
                "x-amzn-remapped-user-agent",
                "x-amzn-remapped-www-authenticate",
                "x-own",
            ],
        );
    }

    #[test]
    fn what_connection_names_goes_with_it() {
        for kind in [Kind::Http, Kind::Rest] {
            let mut given = HeaderMap::new();
            for (name, value) in [
                ("connection", "close, X-Hop"),
                ("x-hop", "1"),
                ("x-hop", "2"),
                ("x-own", "1"),
                ("x-own", "2"),
            ] {
                given.append(name, HeaderValue::from_static(value));
            }
            let passed = pass(kind, Writer::Function, given);
            assert_eq!(passed.get_all("x-own").iter().count(), 2);
            assert!(!passed.contains_key("x-hop") && !passed.contains_key("connection"), "{kind:?}");
        }
    }
}
