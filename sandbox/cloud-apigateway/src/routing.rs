//! Which route a request takes.
//!
//! AWS: for HTTP APIs a full match with the method comes first, then a greedy variable, then `$default`; for REST APIs the
//! most specific resource is chosen first and then one of its methods. In both a literal segment wins over a
//! variable, and a variable over a greedy one; a method of its own wins over `ANY`.

use std::{borrow::Cow, sync::Arc};

use cloud_core::Arn;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::{mock::Choice, rest_api::DeployedRoute};

/// Where a route leads. Kept without a tag: stores from before there were mocks hold only functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Target {
    /// To a function.
    Function(Proxy),
    /// To an answer that the API gives by itself; deployments from before requests decided which.
    Mock(Mock),
    /// To one of the answers that the API gives by itself.
    Choice(Choice),
}

/// The answer of a mock integration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mock {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A function behind a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proxy {
    /// The function's ARN, qualified or not.
    pub(crate) function: String,
    /// Whether it is sent payload format 2.0; else 1.0.
    pub(crate) payload_v2: bool,
    /// How long it may take.
    pub(crate) timeout_ms: u32,
}

/// A compiled table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes {
    compiled: Vec<Arc<Compiled>>,
    fallback: Option<Arc<Compiled>>,
    resource_first: bool,
}

/// A route, ready to be matched.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Compiled {
    /// `GET`, `ANY`.
    pub(crate) method: String,
    /// `/users/{id}`.
    pub(crate) path: String,
    pub(crate) target: Target,
    /// As HTTP APIs name it.
    pub(crate) key: String,
    /// The function that it leads to, where its ARN is one.
    pub(crate) function: Option<Arn>,
    /// The resource that the path is of, in a REST API.
    pub(crate) resource_id: Option<String>,
    /// Whether callers need a key.
    pub(crate) api_key_required: bool,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Literal(String),
    Variable(String),
    Greedy(String),
}

/// A route that was taken, and what its variables are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taken {
    pub(crate) route: Arc<Compiled>,
    pub(crate) parameters: Vec<(String, String)>,
}

/// How well a path fits: one rank a segment, lower is better.
type Fit = Vec<u8>;

/// The kinds of APIs, which choose routes differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKind {
    /// An HTTP API.
    Http,
    /// A REST API.
    Rest,
}

/// The key of the route that a request takes in an API with those routes (`GET /users/{id}`, `$default`), and the
/// variables of its path: the choice alone, for who has no API.
pub fn choose(
    kind: ApiKind,
    keys: &[&str],
    method: &str,
    path: &str,
) -> Option<(String, Vec<(String, String)>)> {
    let taken = Routes::of_keys(kind, keys).find(method, path)?;
    Some((taken.route.key.clone(), taken.parameters))
}

impl Routes {
    /// A table whose routes lead nowhere.
    fn of_keys(kind: ApiKind, keys: &[&str]) -> Self {
        let target = Target::Function(Proxy {
            function: String::new(),
            payload_v2: kind == ApiKind::Http,
            timeout_ms: 1,
        });
        if kind == ApiKind::Http {
            return Self::of_http(
                &keys.iter().map(|key| ((*key).to_owned(), target.clone())).collect::<Vec<_>>(),
            );
        }
        let route = |(method, path): (&str, &str)| DeployedRoute {
            method: method.to_owned(),
            path: path.to_owned(),
            target: target.clone(),
            resource_id: None,
            api_key_required: false,
        };
        Self::of_rest(&keys.iter().filter_map(|key| key.split_once(' ')).map(route).collect::<Vec<_>>())
    }

    /// The table of an HTTP API.
    pub(crate) fn of_http(routes: &[(String, Target)]) -> Self {
        let mut table = Self::default();
        for (key, target) in routes {
            match key.split_once(' ') {
                Some((method, path)) => table.add(method, path, target),
                None => table.fallback = Some(Arc::new(Compiled::new("$default", "$default", target))),
            }
        }
        table
    }

    /// The table of a REST API.
    pub(crate) fn of_rest(routes: &[DeployedRoute]) -> Self {
        let compiled = routes.iter().map(|route| {
            let resource_id = route.resource_id.clone();
            let compiled = Compiled::new(&route.method, &route.path, &route.target);
            Arc::new(Compiled { resource_id, api_key_required: route.api_key_required, ..compiled })
        });
        Self { compiled: compiled.collect(), resource_first: true, ..Self::default() }
    }

    fn add(&mut self, method: &str, path: &str, target: &Target) {
        self.compiled.push(Arc::new(Compiled::new(method, path, target)));
    }

    /// The route for a request; the path is as it came, percent-encoded.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<Taken> {
        let path = if self.resource_first { path.strip_suffix('/').unwrap_or(path) } else { path };
        let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        let answers = |route: &Compiled| route.method == method || route.method == "ANY";
        let mut best: Option<(Fit, bool, &Arc<Compiled>)> = None;
        for route in &self.compiled {
            // A REST API's resource is chosen by its path alone.
            if !self.resource_first && !answers(route) {
                continue;
            }
            let Some(fit) = route.fit(&segments) else { continue };
            let any = route.method == "ANY";
            let wins = best.as_ref().is_none_or(|(best_fit, best_any, chosen)| {
                let better_method = self.resource_first && !answers(chosen) && answers(route);
                fit < *best_fit
                    || (fit == *best_fit && (better_method || (*best_any && !any && answers(route))))
            });
            if wins {
                best = Some((fit, any, route));
            }
        }
        let taken = best.map(|(_, _, route)| route).filter(|route| answers(route));
        let route = taken.or(self.fallback.as_ref())?;
        let mut parameters = route.parameters(&segments);
        if !self.resource_first {
            // AWS: HTTP APIs decode parameters, REST APIs tell them as they were sent.
            for (_, value) in &mut parameters {
                *value = decode(value);
            }
        }
        Some(Taken { parameters, route: Arc::clone(route) })
    }
}

impl Compiled {
    fn new(method: &str, path: &str, target: &Target) -> Self {
        let segments = path.strip_prefix('/').unwrap_or(path).split('/').map(Segment::parse).collect();
        let key = if method == "$default" { method.to_owned() } else { format!("{method} {path}") };
        let function = match target {
            Target::Function(proxy) => proxy.function.parse().ok(),
            Target::Mock(_) | Target::Choice(_) => None,
        };
        let (method, path, target) = (method.to_owned(), path.to_owned(), target.clone());
        Self { method, path, target, key, function, resource_id: None, api_key_required: false, segments }
    }

    fn fit(&self, segments: &[&str]) -> Option<Fit> {
        let mut fit = Fit::new();
        for (index, segment) in self.segments.iter().enumerate() {
            match (segment, segments.get(index)) {
                // AWS: below the root a greedy variable may be empty, if the slash before it is there.
                (Segment::Greedy(_), Some(rest))
                    if !rest.is_empty() || segments.len() > index + 1 || index > 0 =>
                {
                    fit.push(2);
                    return Some(fit);
                }
                (Segment::Literal(literal), Some(actual)) if decoded(actual) == *literal => fit.push(0),
                (Segment::Variable(_), Some(actual)) if !actual.is_empty() => fit.push(1),
                _ => return None,
            }
        }
        (segments.len() == self.segments.len()).then_some(fit)
    }

    fn parameters(&self, segments: &[&str]) -> Vec<(String, String)> {
        let value = |(index, segment): (usize, &Segment)| match segment {
            Segment::Literal(_) => None,
            Segment::Variable(name) => Some((name.clone(), (*segments.get(index)?).to_owned())),
            Segment::Greedy(name) => Some((name.clone(), segments.get(index..)?.join("/"))),
        };
        self.segments.iter().enumerate().filter_map(value).collect()
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        let variable = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        match variable {
            None => Self::Literal(text.to_owned()),
            Some(name) => match name.strip_suffix('+') {
                Some(name) => Self::Greedy(name.to_owned()),
                None => Self::Variable(name.to_owned()),
            },
        }
    }
}

pub(crate) fn decode(text: &str) -> String {
    decoded(text).into_owned()
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(keys: &[&str]) -> Routes {
        Routes::of_keys(ApiKind::Http, keys)
    }

    fn rest(keys: &[&str]) -> Routes {
        Routes::of_keys(ApiKind::Rest, keys)
    }

    fn check(routes: &Routes, request: &str, expected: Option<(&str, &str)>) {
        let (method, path) = request.split_once(' ').unwrap();
        let taken = routes.find(method, path).map(|taken| {
            let parameters: Vec<String> =
                taken.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            (taken.route.key.clone(), parameters.join(","))
        });
        let expected = expected.map(|(key, parameters)| (key.to_owned(), parameters.to_owned()));
        assert_eq!(taken, expected, "{request}");
    }

    #[test]
    fn http_apis_prefer_full_matches_then_greedy_then_default() {
        // AWS: the example of "Create routes for HTTP APIs", and its neighbours.
        let routes = http(&[
            "GET /pets/dog/1",
            "GET /pets/dog/{id}",
            "GET /pets/{proxy+}",
            "ANY /{proxy+}",
            "$default",
        ]);
        check(&routes, "GET /pets/dog/1", Some(("GET /pets/dog/1", "")));
        check(&routes, "GET /pets/dog/2", Some(("GET /pets/dog/{id}", "id=2")));
        check(&routes, "GET /pets/cat/1", Some(("GET /pets/{proxy+}", "proxy=cat/1")));
        check(&routes, "POST /test/5", Some(("ANY /{proxy+}", "proxy=test/5")));
        check(&routes, "POST /pets/dog/1", Some(("ANY /{proxy+}", "proxy=pets/dog/1")));
        check(&routes, "GET /", Some(("$default", "")));
    }

    #[test]
    fn http_apis_take_paths_as_they_are() {
        let routes = http(&["GET /hello", "GET /hello/{name}", "GET /"]);
        check(&routes, "GET /", Some(("GET /", "")));
        check(&routes, "GET /hello", Some(("GET /hello", "")));
        check(&routes, "GET /hello/", None);
        check(&routes, "GET //hello", None);
        check(&routes, "GET /hello/a%2Fb", Some(("GET /hello/{name}", "name=a/b")));
        check(&routes, "GET /hello/%C3%BC", Some(("GET /hello/{name}", "name=ü")));
        check(&routes, "GET /a/../hello", None);
        check(&routes, "POST /hello", None);
    }

    #[test]
    fn a_method_of_its_own_wins_over_any() {
        for keys in [["ANY /x", "GET /x"], ["GET /x", "ANY /x"]] {
            check(&http(&keys), "GET /x", Some(("GET /x", "")));
            check(&http(&keys), "PUT /x", Some(("ANY /x", "")));
            check(&rest(&keys), "GET /x", Some(("GET /x", "")));
            check(&rest(&keys), "PUT /x", Some(("ANY /x", "")));
        }
    }

    #[test]
    fn rest_apis_choose_the_resource_first() {
        let routes = rest(&["GET /a/b", "ANY /a/{proxy+}", "ANY /{proxy+}"]);
        check(&routes, "GET /a/b", Some(("GET /a/b", "")));
        check(&routes, "POST /a/b", None);
        check(&routes, "POST /a/c", Some(("ANY /a/{proxy+}", "proxy=c")));
        check(&routes, "GET /a/b/", Some(("GET /a/b", "")));
        check(&routes, "GET /z", Some(("ANY /{proxy+}", "proxy=z")));
        check(&routes, "GET /z/", Some(("ANY /{proxy+}", "proxy=z")));
        check(&routes, "GET /z//y", Some(("ANY /{proxy+}", "proxy=z//y")));
    }

    #[test]
    fn parameters_are_decoded_by_http_apis_only() {
        for (request, sent, decoded) in [
            ("GET /a%20b", "id=a%20b", "id=a b"),
            ("GET /a%2Fb", "id=a%2Fb", "id=a/b"),
            ("GET /%C3%BC+", "id=%C3%BC+", "id=ü+"),
            ("GET /a%252Fb", "id=a%252Fb", "id=a%2Fb"),
        ] {
            check(&rest(&["GET /{id}"]), request, Some(("GET /{id}", sent)));
            check(&http(&["GET /{id}"]), request, Some(("GET /{id}", decoded)));
        }
    }

    #[test]
    fn a_greedy_variable_below_the_root_may_be_empty() {
        check(&http(&["ANY /handler/{proxy+}"]), "GET /handler/", Some(("ANY /handler/{proxy+}", "proxy=")));
        check(&http(&["ANY /handler/{proxy+}"]), "GET /handler", None);
        check(&http(&["ANY /{proxy+}"]), "GET /", None);
    }
}
