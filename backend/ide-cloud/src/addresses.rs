//! Where what is deployed is reached: APIs and functions under names of their own, so that what a workspace serves is another site than
//! the IDE; and what here stands for an address at AWS, which answers nobody on this machine.

use std::{collections::HashSet, net::IpAddr};

use http::Uri;

/// `ID.execute-api.localhost`
const APIS: &str = ".execute-api.localhost";

/// The cloud's endpoint, `http://127.0.0.1:4566`.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint(String);

/// A request's way to an address that names the cloud otherwise than its endpoint does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// The address on the endpoint.
    pub(crate) url: String,
    /// What its `Host` header says, where that is not the endpoint.
    pub(crate) host: Option<String>,
}

impl Endpoint {
    /// The endpoint at a URL.
    pub(crate) fn new(url: &str) -> Self {
        Self(url.trim_end_matches('/').to_owned())
    }

    fn port(&self) -> &str {
        self.0.rsplit_once(':').map_or("", |(_, port)| port)
    }

    /// Whether the endpoint is on this machine only, where every name below `localhost` leads.
    fn is_local(&self) -> bool {
        let host =
            self.0.split("://").nth(1).and_then(|rest| rest.rsplit_once(':')).map_or("", |(host, _)| host);
        host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }

    /// An API's address, without a slash at the end; the default stage has no name.
    pub(crate) fn api(&self, id: &str, stage: &str) -> String {
        let url = if self.is_local() {
            format!("http://{id}{APIS}:{}/{stage}", self.port())
        } else {
            // LIMIT: names below `localhost` do not lead to another machine: there an API shares the endpoint's host.
            format!("{}/_aws/execute-api/{id}/{stage}", self.0)
        };
        url.trim_end_matches('/').to_owned()
    }

    /// The way to an address of this cloud; none to any other address.
    pub(crate) fn way(&self, url: &str) -> Option<Way> {
        if let Some(rest) = url.strip_prefix(&self.0)
            && (rest.is_empty() || rest.starts_with(['/', '?']))
        {
            return Some(Way { url: url.to_owned(), host: None });
        }
        let uri: Uri = url.parse().ok()?;
        let own = own_host(uri.host()?)?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Some(Way { url: format!("{}{path}", self.0), host: Some(format!("{own}:{}", self.port())) })
    }

    /// What stands here for an address at AWS, if it is of something that is here: an API or a bucket of those names.
    pub(crate) fn local(&self, text: &str, known: &HashSet<String>) -> Option<String> {
        let uri: Uri = text.trim().parse().ok()?;
        let host = uri.host().filter(|host| host.contains(".amazonaws.com"))?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        if let Some(id) = api_in_host(host).filter(|id| known.contains(*id)) {
            return Some(format!("{}{path}", self.api(id, "")));
        }
        let is_s3 = |rest: &str| {
            rest.starts_with("amazonaws.")
                || rest.split_once('.').is_some_and(|(_, rest)| rest.starts_with("amazonaws."))
        };
        if let Some((bucket, rest)) = host.split_once(".s3.").or_else(|| host.split_once(".s3-website-"))
            && known.contains(bucket)
            && is_s3(rest)
        {
            return Some(format!("{}/{bucket}{path}", self.0));
        }
        let bucket = path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
        let by_path = host.strip_prefix("s3.").is_some_and(is_s3) && known.contains(bucket);
        by_path.then(|| format!("{}{path}", self.0))
    }
}

/// The id of an API whose own name a host is, here or at AWS.
fn api_in_host(host: &str) -> Option<&str> {
    let (id, domain) = host.split_once(".execute-api.")?;
    let ours = domain == "localhost"
        || domain.contains("amazonaws.com")
        || domain.ends_with("localhost.localstack.cloud");
    (ours && !id.is_empty() && !id.contains('.')).then_some(id)
}

/// The name that an API or a function has here, of a host that is its own here or at AWS.
fn own_host(host: &str) -> Option<String> {
    if let Some(id) = api_in_host(host) {
        return Some(format!("{id}{APIS}"));
    }
    let (id, rest) = host.split_once(".lambda-url.")?;
    let (region, domain) = rest.split_once('.')?;
    let ours = matches!(domain, "localhost" | "on.aws" | "localhost.localstack.cloud");
    let fits = ours && !id.is_empty() && !id.contains('.') && !region.is_empty();
    fits.then(|| format!("{id}.lambda-url.{region}.localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apis_have_names_of_their_own_where_names_lead_here() {
        let check = |endpoint: &str, stage: &str, expected: &str| {
            assert_eq!(Endpoint::new(endpoint).api("abc", stage), expected);
        };
        check("http://127.0.0.1:4566", "", "http://abc.execute-api.localhost:4566");
        check("http://127.0.0.1:4566/", "prod", "http://abc.execute-api.localhost:4566/prod");
        check("http://[::1]:4566", "prod", "http://abc.execute-api.localhost:4566/prod");
        check("http://10.0.0.1:4566", "prod", "http://10.0.0.1:4566/_aws/execute-api/abc/prod");
    }

    #[test]
    fn only_addresses_of_this_cloud_are_asked() {
        let endpoint = Endpoint::new("http://127.0.0.1:4566");
        let check = |url: &str, expected: Option<(&str, Option<&str>)>| {
            let way = endpoint.way(url);
            let seen = way.as_ref().map(|way| (way.url.as_str(), way.host.as_deref()));
            assert_eq!(seen, expected, "{url}");
        };
        let named = Some("abc.execute-api.localhost:4566");
        check("http://abc.execute-api.localhost:4566/a?b=c", Some(("http://127.0.0.1:4566/a?b=c", named)));
        check(
            "https://abc.execute-api.us-east-1.amazonaws.com/prod",
            Some(("http://127.0.0.1:4566/prod", named)),
        );
        check("http://127.0.0.1:4566/_aws/x", Some(("http://127.0.0.1:4566/_aws/x", None)));
        let named = Some("abc.lambda-url.eu-west-1.localhost:4566");
        for domain in ["localhost:4566", "on.aws", "localhost.localstack.cloud:4566"] {
            let url = format!("http://abc.lambda-url.eu-west-1.{domain}/a");
            check(&url, Some(("http://127.0.0.1:4566/a", named)));
        }
        for url in [
            "http://127.0.0.1:45667/",
            "http://127.0.0.1:4566@evil/",
            "http://example.com/",
            "abc",
            "http://a.execute-api.evil.com/",
            "http://a.lambda-url.eu-west-1.evil.com/",
            "http://a.b.lambda-url.eu-west-1.on.aws/",
        ] {
            check(url, None);
        }
    }

    #[test]
    fn what_is_here_has_a_local_address() {
        let endpoint = Endpoint::new("http://127.0.0.1:4566");
        let known = ["abc", "bucket"].map(str::to_owned).into();
        for (text, expected) in [
            (
                "https://abc.execute-api.us-east-1.amazonaws.com/prod/x",
                Some("http://abc.execute-api.localhost:4566/prod/x"),
            ),
            (
                "https://abc.execute-api.us-east-1.amazonaws.com",
                Some("http://abc.execute-api.localhost:4566/"),
            ),
            ("https://bucket.s3.amazonaws.com/k", Some("http://127.0.0.1:4566/bucket/k")),
            ("https://bucket.s3.us-east-1.amazonaws.com", Some("http://127.0.0.1:4566/bucket/")),
            ("https://s3.us-east-1.amazonaws.com/bucket/k", Some("http://127.0.0.1:4566/bucket/k")),
            ("https://other.execute-api.us-east-1.amazonaws.com/", None),
            ("https://other.s3.amazonaws.com/", None),
            ("http://abc.execute-api.localhost:4566/", None),
            ("abc", None),
        ] {
            assert_eq!(endpoint.local(text, &known).as_deref(), expected, "{text}");
        }
    }
}
