//! Which API a request names: by its host, or by a path on the endpoint's own hosts.
//!
//! Besides this cloud's own forms those are read that AWS and other local clouds write, so that clients which were set up
//! for them need no change.

use http::request::Parts;

use crate::http_api::DEFAULT_STAGE;

/// `/_aws/execute-api/ID/…`, with behind it what follows an API's own host.
const BY_ID: &str = "/_aws/execute-api/";
/// `/restapis/ID/STAGE/_user_request_/…`
const BY_STAGE: &str = "/restapis/";
const REQUEST: &str = "_user_request_";

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The API's id.
    pub(crate) id: String,
    /// The path as it is behind the API's own host: a named stage in front.
    pub(crate) path: String,
    /// Whether the default stage is meant, whatever the path begins with.
    pub(crate) default_stage: bool,
    /// The API's own host without its port. None where the request came by a path of the endpoint, whose host is that
    /// of all other APIs too, and may be the IDE's.
    pub(crate) own_host: Option<String>,
}

impl Address {
    /// The address of a request; none if it names no API.
    pub(crate) fn of(parts: &Parts) -> Option<Self> {
        let path = parts.uri.path();
        let host = parts.headers.get("host").and_then(|host| host.to_str().ok()).or(parts.uri.host());
        let host = host.unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        if let Some(id) = id_in_host(&name) {
            let id = id.to_owned();
            return Some(Self { id, path: path.to_owned(), default_stage: false, own_host: Some(name) });
        }
        by_id(path).or_else(|| by_stage(path))
    }

    /// Whether a path on the endpoint's own hosts names an API.
    pub(crate) fn is_path(path: &str) -> bool {
        path.starts_with(BY_ID) || by_stage(path).is_some()
    }
}

/// The API's id in a host's name (lower case, without its port): `ID.execute-api.localhost`, as AWS writes it
/// `ID.execute-api.REGION.amazonaws.com`, or as another local cloud does.
pub(crate) fn id_in_host(name: &str) -> Option<&str> {
    let (id, domain) = name.split_once(".execute-api.")?;
    let in_region = |domain: &str| {
        domain.split_once('.').is_some_and(|(region, domain)| {
            is_label(region)
                && matches!(
                    domain,
                    "amazonaws.com" | "amazonaws.com.cn" | "localhost" | "localhost.localstack.cloud"
                )
        })
    };
    let ours = matches!(domain, "localhost" | "localhost.localstack.cloud") || in_region(domain);
    (ours && is_label(id)).then_some(id)
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn by_id(path: &str) -> Option<Address> {
    let rest = path.strip_prefix(BY_ID)?;
    let (id, path) = first(rest);
    let (stage, behind) = first(path.strip_prefix('/').unwrap_or(path));
    // Only here can the default stage be named: as a part of a path behind an API's own host it would be a route's.
    let default_stage = is_default(stage);
    let path = if default_stage { behind } else { path };
    Some(Address { id: id.to_owned(), path: path.to_owned(), default_stage, own_host: None })
}

fn by_stage(path: &str) -> Option<Address> {
    let (id, rest) = path.strip_prefix(BY_STAGE)?.split_once('/')?;
    let (stage, rest) = rest.split_once('/')?;
    let (mark, behind) = first(rest);
    if mark != REQUEST {
        return None;
    }
    let default_stage = is_default(stage);
    let path = if default_stage { behind.to_owned() } else { format!("/{stage}{behind}") };
    Some(Address { id: id.to_owned(), path, default_stage, own_host: None })
}

/// The first part of a path, and the path from there on.
fn first(path: &str) -> (&str, &str) {
    path.find('/').map_or((path, "/"), |slash| path.split_at(slash))
}

fn is_default(stage: &str) -> bool {
    stage == DEFAULT_STAGE || stage.eq_ignore_ascii_case("%24default")
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    /// Id, path, whether the default stage is meant, own host.
    type Expected<'a> = Option<(&'a str, &'a str, bool, Option<&'a str>)>;

    fn check(host: &str, path: &str, expected: Expected<'_>) {
        let (parts, ()) = Request::get(path).header("host", host).body(()).unwrap().into_parts();
        let seen = Address::of(&parts);
        let seen = seen
            .as_ref()
            .map(|seen| (seen.id.as_str(), seen.path.as_str(), seen.default_stage, seen.own_host.as_deref()));
        assert_eq!(seen, expected, "{host} {path}");
        assert_eq!(
            expected.is_some(),
            id_in_host(host.split(':').next().unwrap()).is_some() || Address::is_path(path)
        );
    }

    #[test]
    fn hosts_of_this_cloud_of_aws_and_of_other_local_clouds() {
        for host in [
            "abc.execute-api.localhost",
            "abc.execute-api.us-east-1.amazonaws.com",
            "abc.execute-api.cn-north-1.amazonaws.com.cn",
            "abc.execute-api.localhost.localstack.cloud",
            "abc.execute-api.eu-west-1.localhost.localstack.cloud",
        ] {
            check(host, "/prod/x", Some(("abc", "/prod/x", false, Some(host))));
            check(&format!("{host}:4566"), "/", Some(("abc", "/", false, Some(host))));
        }
        for host in [
            "execute-api.localhost",
            ".execute-api.localhost",
            "a.b.execute-api.localhost",
            "abc.execute-api.localhost.evil.example",
            "abc.execute-api.evil.example",
            "abc.execute-api.x.y.amazonaws.com",
            "abc.execute-api..amazonaws.com",
            "bucket.s3.us-east-1.amazonaws.com",
            "localhost",
        ] {
            check(host, "/prod/x", None);
        }
    }

    #[test]
    fn paths_of_this_cloud_and_of_other_local_clouds() {
        let check = |path: &str, expected: Option<(&str, &str, bool)>| {
            check("localhost:1", path, expected.map(|(id, path, default)| (id, path, default, None)));
        };
        check("/_aws/execute-api/abc", Some(("abc", "/", false)));
        check("/_aws/execute-api/abc/prod/a%2Fb", Some(("abc", "/prod/a%2Fb", false)));
        check("/_aws/execute-api/abc/$default/a", Some(("abc", "/a", true)));
        check("/_aws/execute-api/abc/%24default", Some(("abc", "/", true)));
        check("/restapis/abc/prod/_user_request_/a/b", Some(("abc", "/prod/a/b", false)));
        check("/restapis/abc/prod/_user_request_", Some(("abc", "/prod/", false)));
        check("/restapis/abc/$default/_user_request_/a", Some(("abc", "/a", true)));
        for other in ["/restapis/abc/prod/x", "/restapis/abc/stages", "/restapis", "/", "/v2/apis"] {
            check(other, None);
        }
    }
}
