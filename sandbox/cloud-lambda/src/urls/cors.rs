//! What a function URL says to web pages of other origins, without asking the function.
// AWS: "Lambda automatically adds the CORS headers to all responses through the function URL … If there are conflicting
// headers, the configured CORS headers on the function URL take precedence."

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use crate::shapes::Cors;

/// The answer to a preflight, if the request is one.
// LIMIT: AWS does not document what it answers where a star is configured: here what was asked for, which every browser takes.
pub(super) fn preflight(cors: &Cors, method: &Method, asked: &HeaderMap) -> Option<HeaderMap> {
    let wanted = asked.get(header::ACCESS_CONTROL_REQUEST_METHOD).filter(|_| *method == Method::OPTIONS)?;
    asked.get(header::ORIGIN)?;
    let mut headers = HeaderMap::new();
    if !allow(cors, asked, &mut headers) {
        return Some(headers);
    }
    put_list(&mut headers, header::ACCESS_CONTROL_ALLOW_METHODS, cors.allow_methods.as_deref(), Some(wanted));
    let wanted = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    put_list(&mut headers, header::ACCESS_CONTROL_ALLOW_HEADERS, cors.allow_headers.as_deref(), wanted);
    if let Some(age) = cors.max_age {
        put(&mut headers, header::ACCESS_CONTROL_MAX_AGE, &age.to_string());
    }
    Some(headers)
}

/// Puts the URL's own headers into an answer.
pub(super) fn apply(cors: &Cors, asked: &HeaderMap, headers: &mut HeaderMap) {
    if allow(cors, asked, headers) {
        put_list(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, cors.expose_headers.as_deref(), None);
    }
}

/// Says that the origin is allowed, if it is one and is.
// AWS: an answer names the origin that asked, also where all may.
fn allow(cors: &Cors, asked: &HeaderMap, headers: &mut HeaderMap) -> bool {
    let Some(origin) = asked.get(header::ORIGIN) else { return false };
    let listed = cors.allow_origins.iter().flatten();
    let fits = |allowed: &String| allowed == "*" || allowed.as_bytes() == origin.as_bytes();
    if !listed.into_iter().any(fits) {
        return false;
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if cors.allow_credentials == Some(true) {
        put(headers, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
    true
}

fn put_list(
    headers: &mut HeaderMap,
    name: HeaderName,
    list: Option<&[String]>,
    wanted: Option<&HeaderValue>,
) {
    let Some(list) = list.filter(|list| !list.is_empty()) else { return };
    match wanted {
        Some(wanted) if list.iter().any(|item| item == "*") => drop(headers.insert(name, wanted.clone())),
        _ => put(headers, name, &list.join(",")),
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // A configured value that is no header's text is left out rather than sent.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(origin: &'static str) -> HeaderMap {
        let told = [
            (header::ORIGIN, origin),
            (header::ACCESS_CONTROL_REQUEST_METHOD, "PUT"),
            (header::ACCESS_CONTROL_REQUEST_HEADERS, "x-a, x-b"),
        ];
        told.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
    }

    fn cors(origin: &str, all: &str) -> Cors {
        let list = |text: &str| Some(text.split(' ').map(str::to_owned).collect());
        Cors {
            allow_origins: list(origin),
            allow_methods: list(all),
            allow_headers: list(all),
            expose_headers: list("x-c x-d"),
            max_age: Some(5),
            allow_credentials: Some(true),
        }
    }

    #[track_caller]
    fn check(headers: &HeaderMap, expected: &[(&str, &str)]) {
        let mut seen: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        seen.sort_unstable();
        assert_eq!(seen, expected);
    }

    const A: &str = "https://a.example";

    #[test]
    fn a_preflight_is_answered_for_whom_is_allowed() {
        let preflight = |cors: &Cors, method, asked: &HeaderMap| preflight(cors, &method, asked);
        let of = |all: (&'static str, &'static str)| {
            [
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-headers", all.1),
                ("access-control-allow-methods", all.0),
                ("access-control-allow-origin", A),
                ("access-control-max-age", "5"),
                ("vary", "Origin"),
            ]
        };
        let listed = preflight(&cors(A, "GET POST"), Method::OPTIONS, &asked(A)).expect("one");
        check(&listed, &of(("GET,POST", "GET,POST")));
        let all = preflight(&cors("*", "*"), Method::OPTIONS, &asked(A)).expect("one");
        check(&all, &of(("PUT", "x-a, x-b")));
        check(&preflight(&cors(A, "*"), Method::OPTIONS, &asked("https://b.example")).expect("one"), &[]);
        assert_eq!(preflight(&cors(A, "*"), Method::GET, &asked(A)), None);
        assert_eq!(preflight(&cors(A, "*"), Method::OPTIONS, &HeaderMap::new()), None);
    }

    #[test]
    fn an_answer_has_the_urls_headers_before_the_functions() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        let own = headers.clone();
        apply(&cors(A, "*"), &asked("https://b.example"), &mut headers);
        assert_eq!(headers, own);
        apply(&cors(A, "*"), &asked(A), &mut headers);
        check(
            &headers,
            &[
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-origin", A),
                ("access-control-expose-headers", "x-c,x-d"),
                ("vary", "Origin"),
            ],
        );
    }
}
