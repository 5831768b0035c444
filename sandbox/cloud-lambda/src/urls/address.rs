//! Which function URL a request names: by its host, or by a path on the endpoint's own hosts.
//!
//! Besides this cloud's own forms those are read that AWS and another local cloud write, so that clients which were set up
//! for them need no change.

use cloud_core::Context;
use http::request::Parts;

/// `/_aws/lambda-url/ID/…`, with behind it what follows a URL's own host.
const BY_ID: &str = "/_aws/lambda-url/";

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The URL's id.
    pub(crate) id: String,
    /// The path as it is behind the URL's own host.
    pub(crate) path: String,
    /// The URL's own host without its port. None where the request came by a path of the endpoint, whose host is that of all
    /// other functions too, and may be the IDE's.
    pub(crate) own_host: Option<String>,
}

impl Address {
    /// The address of a request; none if it names no function URL.
    pub(crate) fn of(parts: &Parts) -> Option<Self> {
        let path = parts.uri.path();
        let host = parts.headers.get("host").and_then(|host| host.to_str().ok()).or(parts.uri.host());
        let host = host.unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        if let Some(id) = id_in_host(&name) {
            let id = id.to_owned();
            return Some(Self { id, path: path.to_owned(), own_host: Some(name) });
        }
        let rest = path.strip_prefix(BY_ID)?;
        let (id, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
        Some(Self { id: id.to_owned(), path: path.to_owned(), own_host: None })
    }

    /// Whether a path on the endpoint's own hosts names a function URL.
    pub(crate) fn is_path(path: &str) -> bool {
        path.starts_with(BY_ID)
    }
}

/// The id in a host's name (lower case, without its port): `ID.lambda-url.REGION.localhost`, as AWS writes it
/// `ID.lambda-url.REGION.on.aws`, or as another local cloud does.
pub(crate) fn id_in_host(name: &str) -> Option<&str> {
    let (id, rest) = name.split_once(".lambda-url.")?;
    let (region, domain) = rest.split_once('.')?;
    let ours = matches!(domain, "on.aws" | "localhost" | "localhost.localstack.cloud");
    (ours && is_label(id) && is_label(region)).then_some(id)
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The name of a function URL's own host.
pub(crate) fn host(context: &Context, id: &str) -> String {
    format!("{id}.lambda-url.{}.localhost", context.region())
}

/// The address that AWS's clients are shown.
pub(crate) fn shown(context: &Context, id: &str) -> String {
    let port = context.endpoint().and_then(|url| url.rsplit_once(':')).map(|(_, port)| format!(":{port}"));
    format!("http://{}{}/", host(context, id), port.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn check(host: &str, path: &str, expected: Option<(&str, &str, Option<&str>)>) {
        let (parts, ()) = Request::get(path).header("host", host).body(()).expect("a request").into_parts();
        let seen = Address::of(&parts);
        let seen = seen.as_ref().map(|seen| (seen.id.as_str(), seen.path.as_str(), seen.own_host.as_deref()));
        assert_eq!(seen, expected, "{host} {path}");
        let name = host.split(':').next().unwrap_or_default();
        assert_eq!(expected.is_some(), id_in_host(name).is_some() || Address::is_path(path));
    }

    #[test]
    fn hosts_of_this_cloud_of_aws_and_of_another_local_cloud() {
        for host in [
            "abc.lambda-url.us-east-1.localhost",
            "abc.lambda-url.eu-west-1.on.aws",
            "abc.lambda-url.us-east-1.localhost.localstack.cloud",
        ] {
            check(host, "/a%2Fb", Some(("abc", "/a%2Fb", Some(host))));
            check(&format!("{host}:4566"), "/", Some(("abc", "/", Some(host))));
        }
        for host in [
            "lambda-url.us-east-1.on.aws",
            ".lambda-url.us-east-1.on.aws",
            "a.b.lambda-url.us-east-1.on.aws",
            "abc.lambda-url.on.aws",
            "abc.lambda-url..on.aws",
            "abc.lambda-url.us-east-1.on.aws.evil.example",
            "abc.lambda-url.us-east-1.evil.example",
            "abc.execute-api.localhost",
            "localhost",
        ] {
            check(host, "/x", None);
        }
    }

    #[test]
    fn paths_on_the_endpoint() {
        check("localhost:1", "/_aws/lambda-url/abc", Some(("abc", "/", None)));
        check("localhost:1", "/_aws/lambda-url/abc/a%2Fb/", Some(("abc", "/a%2Fb/", None)));
        check("localhost:1", "/_aws/lambda/abc", None);
    }

    #[test]
    fn an_address_that_is_shown_is_one_that_is_found() {
        let (context, _) = Context::for_test("/nowhere");
        assert_eq!(shown(&context, "abc"), "http://abc.lambda-url.us-east-1.localhost/");
        context.set_endpoint("http://127.0.0.1:4566");
        assert_eq!(shown(&context, "abc"), "http://abc.lambda-url.us-east-1.localhost:4566/");
        assert_eq!(id_in_host(&host(&context, "abc")), Some("abc"));
    }
}
