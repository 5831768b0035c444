//! What a workspace serves is another site than the IDE. Cookies know no ports and some headers speak for a whole host, so
//! on a machine where both are reached under one name, the IDE's cookie is kept from functions, and functions' answers
//! are kept from the IDE's place in the browser.

use edge::is_session_cookie;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Speak for the host, or for all that shares it, rather than for the answer.
const OF_THE_HOST: [HeaderName; 3] = [
    HeaderName::from_static("clear-site-data"),
    HeaderName::from_static("service-worker-allowed"),
    header::STRICT_TRANSPORT_SECURITY,
];

/// Takes the session cookies of front doors out of a request.
pub fn keep_from_functions(headers: &mut HeaderMap) {
    if !headers.contains_key(header::COOKIE) {
        return;
    }
    let kept: Vec<HeaderValue> = headers.get_all(header::COOKIE).iter().filter_map(without_ours).collect();
    headers.remove(header::COOKIE);
    for value in kept {
        headers.append(header::COOKIE, value);
    }
}

fn without_ours(value: &HeaderValue) -> Option<HeaderValue> {
    let pairs = value.as_bytes().split(|byte| *byte == b';');
    let ours = |pair: &&[u8]| is_ours(&String::from_utf8_lossy(pair));
    if !pairs.clone().any(|pair| ours(&pair)) {
        return Some(value.clone());
    }
    let kept: Vec<&[u8]> = pairs.filter(|pair| !ours(pair)).map(<[u8]>::trim_ascii).collect();
    if kept.is_empty() { None } else { HeaderValue::from_bytes(&kept.join(&b"; "[..])).ok() }
}

/// Takes out of an answer what would change the IDE's place in the browser; `shares_host` says that the function
/// was reached under the endpoint's own name.
pub fn keep_from_browser(headers: &mut HeaderMap, shares_host: bool) {
    if shares_host {
        for name in &OF_THE_HOST {
            headers.remove(name);
        }
    }
    let cookies = headers.get_all(header::SET_COOKIE).iter();
    let kept: Vec<HeaderValue> =
        cookies.filter(|cookie| !is_ours(&String::from_utf8_lossy(cookie.as_bytes()))).cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in kept {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// Whether a cookie's text has the name of a front door's session. One without a name is sent back as its value alone, so
/// that `=cumulo-9000=x` would come back as ours.
fn is_ours(cookie: &str) -> bool {
    let pair = cookie.split(';').next().unwrap_or_default();
    let nameless = pair.trim_start_matches(|letter: char| letter == '=' || letter.is_whitespace());
    nameless.split('=').next().is_some_and(is_session_cookie)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
        headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn functions_never_see_a_front_door_s_cookie() {
        let check = |sent: &[&'static str], expected: &[&str]| {
            let mut headers = HeaderMap::new();
            for cookie in sent {
                headers.append(header::COOKIE, HeaderValue::from_static(cookie));
            }
            keep_from_functions(&mut headers);
            assert_eq!(values(&headers, &header::COOKIE), expected, "{sent:?}");
        };
        check(&["a=1; cumulo-9000=secret; b=2"], &["a=1; b=2"]);
        check(&["cumulo-9000=secret"], &[]);
        check(&["__Host-cumulo=secret", "a=1;b=2"], &["a=1;b=2"]);
        check(&["a=1;  __host-cumulo =x"], &["a=1"]);
        check(&["cumulo-theme=dark"], &["cumulo-theme=dark"]);
    }

    #[test]
    fn functions_never_set_a_front_door_s_cookie() {
        let mut headers = HeaderMap::new();
        for cookie in [
            "cumulo-9000=x; Path=/",
            " cumulo-9000 =x",
            "__HOST-cumulo=x; Secure",
            "=cumulo-9000=x",
            "= =cumulo-9000=x",
            "session=1; Path=/cumulo-9000=x",
        ] {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
        keep_from_browser(&mut headers, false);
        assert_eq!(values(&headers, &header::SET_COOKIE), ["session=1; Path=/cumulo-9000=x"]);
    }

    #[test]
    fn what_speaks_for_the_host_passes_only_where_the_host_is_the_function_s() {
        for shares_host in [true, false] {
            let mut headers = HeaderMap::new();
            for name in ["clear-site-data", "service-worker-allowed", "strict-transport-security", "x-own"] {
                headers.insert(name, HeaderValue::from_static("v"));
            }
            keep_from_browser(&mut headers, shares_host);
            assert_eq!(headers.len(), if shares_host { 1 } else { 4 });
        }
    }
}
