//! Cross-origin answers that an HTTP API gives by itself.
// AWS: "Configure CORS for HTTP APIs": preflights are answered without a route, and the API's headers replace those of
// the integration.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::{request::Incoming, shapes_v2::Cors};

const OURS: [HeaderName; 6] = [
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
];

/// The answer to a preflight, if the request is one.
pub(crate) fn preflight(cors: &Cors, request: &Incoming) -> Option<(StatusCode, HeaderMap)> {
    let asks =
        request.method == Method::OPTIONS && request.headers.contains_key("access-control-request-method");
    let origin = request.header("origin")?;
    if !asks {
        return None;
    }
    let mut headers = HeaderMap::new();
    if let Some(allowed) = allowed(cors, origin) {
        put(&mut headers, &header::ACCESS_CONTROL_ALLOW_ORIGIN, &allowed);
        put_list(&mut headers, &header::ACCESS_CONTROL_ALLOW_METHODS, cors.allow_methods.as_deref());
        put_list(&mut headers, &header::ACCESS_CONTROL_ALLOW_HEADERS, cors.allow_headers.as_deref());
        if let Some(age) = cors.max_age {
            put(&mut headers, &header::ACCESS_CONTROL_MAX_AGE, &age.to_string());
        }
        put_credentials(&mut headers, cors);
    }
    Some((StatusCode::NO_CONTENT, headers))
}

/// Puts the API's own headers into an integration's answer.
pub(crate) fn apply(cors: &Cors, origin: Option<&str>, headers: &mut HeaderMap) {
    for name in &OURS {
        headers.remove(name);
    }
    let Some(allowed) = origin.and_then(|origin| allowed(cors, origin)) else { return };
    put(headers, &header::ACCESS_CONTROL_ALLOW_ORIGIN, &allowed);
    put_list(headers, &header::ACCESS_CONTROL_EXPOSE_HEADERS, cors.expose_headers.as_deref());
    put_credentials(headers, cors);
}

/// What to allow for an origin: `*`, or the origin itself where it is listed.
fn allowed(cors: &Cors, origin: &str) -> Option<String> {
    let listed = cors.allow_origins.as_deref().unwrap_or_default();
    if listed.iter().any(|allowed| allowed == "*") {
        return Some("*".to_owned());
    }
    // AWS: an origin may be a scheme with a star, `https://*`.
    let fits = |allowed: &String| {
        allowed == origin || allowed.strip_suffix('*').is_some_and(|start| origin.starts_with(start))
    };
    listed.iter().any(fits).then(|| origin.to_owned())
}

fn put_credentials(headers: &mut HeaderMap, cors: &Cors) {
    if cors.allow_credentials == Some(true) {
        put(headers, &header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
}

fn put_list(headers: &mut HeaderMap, name: &HeaderName, list: Option<&[String]>) {
    if let Some(list) = list.filter(|list| !list.is_empty()) {
        put(headers, name, &list.join(","));
    }
}

fn put(headers: &mut HeaderMap, name: &HeaderName, value: &str) {
    // A configured value that is no header's text is left out rather than sent.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name.clone(), value);
    }
}
