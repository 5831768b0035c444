//! Payload format 2.0: the event of an HTTP API.
// AWS: "Create AWS Lambda proxy integrations for HTTP APIs", payload format version 2.0.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Serialize, Serializer};

use crate::{
    request::{Incoming, Place},
    response::Kind,
    routing::{Taken, decode},
};

/// Bytes that most events have beside their body.
const USUAL: usize = 2048;

/// The event, its members in AWS's order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: &'a str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<&'a str>,
    headers: Texts<'a>,
    #[serde(skip_serializing_if = "Texts::is_empty")]
    query_string_parameters: Texts<'a>,
    request_context: RequestContext<'a>,
    #[serde(skip_serializing_if = "Texts::is_empty")]
    path_parameters: Texts<'a>,
    #[serde(skip_serializing_if = "Texts::is_empty")]
    stage_variables: Texts<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    account_id: &'a str,
    api_id: &'a str,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: &'a str,
    stage: &'a str,
    time: String,
    time_epoch: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: &'static str,
    source_ip: String,
    user_agent: &'a str,
}

/// Names with one text each, a JSON object in their order.
struct Texts<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Texts<'a> {
    /// Several values of a name are joined by commas.
    fn joined(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        let mut texts: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::with_capacity(pairs.size_hint().0);
        for (name, value) in pairs {
            match texts.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => *values = Cow::Owned(format!("{values},{value}")),
                None => texts.push((name, value)),
            }
        }
        Self(texts)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}

/// The event for a request.
pub(crate) fn event(request: &Incoming, place: &Place<'_>, taken: &Taken) -> Bytes {
    let route_key = taken.route.key.as_str();
    let query = request.query_pairs();
    let body = request.body_text(Kind::Http, false);
    // AWS: decoded, unlike the query.
    let path = decode(&request.raw_path);
    let event = Event {
        version: "2.0",
        route_key,
        raw_path: &path,
        raw_query_string: &request.query,
        cookies: cookies(request),
        headers: headers(request),
        query_string_parameters: joined(&query),
        request_context: context(request, place, route_key, &path),
        path_parameters: joined(&taken.parameters),
        stage_variables: joined(place.stage_variables),
        is_base64_encoded: body.as_ref().is_some_and(|(_, is_base64)| *is_base64),
        body: body.map(|(body, _)| body),
    };
    let mut json = Vec::with_capacity(USUAL + request.body.len());
    match serde_json::to_writer(&mut json, &event) {
        Ok(()) => json.into(),
        // Texts, numbers and maps of texts: there is nothing in it that JSON cannot say.
        Err(_) => Bytes::new(),
    }
}

fn context<'a>(
    request: &'a Incoming,
    place: &Place<'a>,
    route_key: &'a str,
    path: &'a str,
) -> RequestContext<'a> {
    RequestContext {
        account_id: place.account,
        api_id: place.api_id,
        domain_name: &request.domain,
        domain_prefix: place.api_id,
        http: Http {
            method: request.method.as_str(),
            path,
            protocol: "HTTP/1.1",
            source_ip: request.source_ip.to_string(),
            user_agent: request.user_agent(),
        },
        request_id: request.ids.request(Kind::Http),
        route_key,
        stage: place.stage,
        time: request.log_time(),
        time_epoch: request.now.as_millisecond(),
    }
}

fn cookies(request: &Incoming) -> Vec<&str> {
    let values = request.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).map(str::trim).filter(|cookie| !cookie.is_empty()).collect()
}

/// Names in lower case, several values joined by commas, without the cookies.
fn headers(request: &Incoming) -> Texts<'_> {
    let mut headers = request.event_headers(Kind::Http);
    headers.retain(|(name, _)| *name != "cookie");
    Texts::joined(headers.into_iter().map(|(name, value)| (name.into(), value)))
}

fn joined(pairs: &[(String, String)]) -> Texts<'_> {
    Texts::joined(pairs.iter().map(|(name, value)| (name.into(), value.into())))
}
