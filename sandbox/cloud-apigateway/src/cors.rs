//! Cross-origin answers that an HTTP API gives by itself.
// AWS: "Configure CORS for HTTP APIs": preflights are answered without a route, and the API's headers replace those of
// the integration.

use cloud_core::AwsError;
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

/// Whether an API may have this configuration.
pub(crate) fn check(cors: &Cors) -> Result<(), AwsError> {
    if cors.allow_credentials == Some(true) && names_everybody(cors) {
        // AWS: the text of CreateApi.
        let message = "allow-credentials is not supported if 'allow-origin' is *";
        return Err(AwsError::new("BadRequestException", message));
    }
    Ok(())
}

fn names_everybody(cors: &Cors) -> bool {
    cors.allow_origins.iter().flatten().any(|origin| origin == "*")
}

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
    if names_everybody(cors) {
        return Some("*".to_owned());
    }
    // AWS: an origin may be a scheme with a star, `https://*`.
    let fits = |allowed: &String| {
        allowed == origin || allowed.strip_suffix('*').is_some_and(|start| origin.starts_with(start))
    };
    listed.iter().any(fits).then(|| origin.to_owned())
}

fn put_credentials(headers: &mut HeaderMap, cors: &Cors) {
    // Stores may hold configurations from before they were checked.
    if cors.allow_credentials == Some(true) && check(cors).is_ok() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cors(origins: &[&str], credentials: bool) -> Cors {
        Cors {
            allow_origins: Some(origins.iter().map(|origin| (*origin).to_owned()).collect()),
            allow_credentials: Some(credentials),
            ..Cors::default()
        }
    }

    #[test]
    fn credentials_are_not_for_everybody() {
        for (origins, credentials, fits) in [
            (&["*"][..], true, false),
            (&["https://a.example", "*"], true, false),
            (&["*"], false, true),
            (&["https://a.example"], true, true),
            (&["https://*"], true, true),
        ] {
            let cors = cors(origins, credentials);
            assert_eq!(check(&cors).is_ok(), fits, "{origins:?} {credentials}");
            let mut headers = HeaderMap::new();
            apply(&cors, Some("https://a.example"), &mut headers);
            let told = headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS);
            assert_eq!(told, credentials && fits, "{origins:?} {credentials}");
        }
    }
}
