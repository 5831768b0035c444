//! What a bucket's rules let pages of other origins do: pure.
// AWS: "Using cross-origin resource sharing (CORS)", "Elements of a CORS configuration".

use cloud_core::{AwsError, Glob};
use cloud_wire::{head::Head, service::CrossOrigin};

use crate::{error::bad, quotas, shapes::CORSRule};

const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];

/// Refuses rules that could not be kept.
pub(crate) fn check(rules: &[CORSRule]) -> Result<(), AwsError> {
    quotas::CORS_RULES.check(rules.len())?;
    if rules.is_empty() {
        return Err(crate::error::malformed_xml());
    }
    for rule in rules {
        check_rule(rule)?;
    }
    Ok(())
}

fn check_rule(rule: &CORSRule) -> Result<(), AwsError> {
    let refused = |message: String| Err(bad("InvalidRequest", &message));
    if rule.allowed_methods.is_empty() || rule.allowed_origins.is_empty() {
        return Err(crate::error::malformed_xml());
    }
    quotas::CORS_RULE_ID.check(rule.id.as_ref().map_or(0, |id| id.chars().count()))?;
    if let Some(method) = rule.allowed_methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
        return refused(format!(
            "Found unsupported HTTP method in CORS config. Unsupported method is {method}"
        ));
    }
    let several = |text: &&String| text.matches('*').count() > 1;
    if let Some(origin) = rule.allowed_origins.iter().find(several) {
        return refused(format!("AllowedOrigin \"{origin}\" can not have more than one wildcard."));
    }
    if let Some(header) = rule.allowed_headers.iter().flatten().find(several) {
        return refused(format!("AllowedHeader \"{header}\" can not have more than one wildcard."));
    }
    if let Some(header) = rule.expose_headers.iter().flatten().find(|header| header.contains('*')) {
        return refused(format!(
            "ExposeHeader \"{header}\" contains wildcard. We currently do not support wildcard for ExposeHeader."
        ));
    }
    Ok(())
}

/// What a page asks, by its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    origin: String,
    /// The method that it wants to use, or uses.
    method: String,
    /// The headers that it wants to send, in small letters.
    headers: Vec<String>,
    preflight: bool,
}

impl Asked {
    pub(crate) fn of(head: &Head) -> Result<Self, AwsError> {
        let preflight = head.method.as_str() == "OPTIONS";
        let origin = head
            .header("origin")
            .ok_or_else(|| bad("BadRequest", "Insufficient information. Origin request header needed."))?;
        let wanted = head.header("access-control-request-method").filter(|_| preflight);
        let headers = head.header("access-control-request-headers").filter(|_| preflight).unwrap_or_default();
        let headers = headers.split(',').map(|name| name.trim().to_ascii_lowercase());
        Ok(Self {
            origin: origin.to_owned(),
            method: wanted.unwrap_or(head.method.as_str()).to_owned(),
            headers: headers.filter(|name| !name.is_empty()).collect(),
            preflight,
        })
    }

    /// The answer by a bucket's rules; none of rules is a bucket that has none.
    pub(crate) fn answer(&self, rules: Option<&[CORSRule]>) -> CrossOrigin {
        let Some(rules) = rules else {
            return Err(self.forbidden("CORSResponse: CORS is not enabled for this bucket."));
        };
        // A preflight says what it is about.
        if self.preflight && self.method == "OPTIONS" {
            return Err(bad("BadRequest", "Invalid Access-Control-Request-Method: null"));
        }
        match rules.iter().find_map(|rule| Some((rule, self.granted(rule)?))) {
            Some((rule, origin)) => Ok(self.headers(rule, origin)),
            None => Err(self.forbidden(
                "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method \
                 / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS \
                 spec.",
            )),
        }
    }

    pub(crate) fn forbidden(&self, message: &str) -> AwsError {
        bad("AccessForbidden", message)
            .status(403)
            .with("Method", self.method.as_str())
            .with("ResourceType", "BUCKET")
    }

    /// The origin of a rule that grants all that is asked.
    fn granted<'a>(&self, rule: &'a CORSRule) -> Option<&'a str> {
        let origin = rule.allowed_origins.iter().find(|pattern| Glob::of(pattern).matches(&self.origin))?;
        let allowed: Vec<String> =
            rule.allowed_headers.iter().flatten().map(|header| header.to_ascii_lowercase()).collect();
        let all =
            self.headers.iter().all(|header| allowed.iter().any(|pattern| Glob::of(pattern).matches(header)));
        (rule.allowed_methods.contains(&self.method) && all).then_some(origin)
    }

    fn headers(&self, rule: &CORSRule, origin: &str) -> Vec<(&'static str, String)> {
        let everybody = origin == "*";
        let shown = if everybody { origin } else { &self.origin };
        let mut headers = vec![
            ("access-control-allow-origin", shown.to_owned()),
            ("access-control-allow-methods", rule.allowed_methods.join(", ")),
            ("vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method".to_owned()),
        ];
        if !self.headers.is_empty() {
            headers.push(("access-control-allow-headers", self.headers.join(", ")));
        }
        if let Some(exposed) = rule.expose_headers.as_ref().filter(|exposed| !exposed.is_empty()) {
            headers.push(("access-control-expose-headers", exposed.join(", ")));
        }
        if let Some(seconds) = rule.max_age_seconds {
            headers.push(("access-control-max-age", seconds.to_string()));
        }
        if !everybody {
            headers.push(("access-control-allow-credentials", "true".to_owned()));
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(origins: &[&str], methods: &[&str], headers: &[&str]) -> CORSRule {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        CORSRule {
            allowed_origins: texts(origins),
            allowed_methods: texts(methods),
            allowed_headers: Some(texts(headers)),
            ..CORSRule::default()
        }
    }

    /// The granted origin, or the refusal's code and words.
    fn outcome(method: &str, headers: &[(&str, &str)], rules: Option<&[CORSRule]>) -> String {
        let mut request = http::Request::builder().method(method).uri("/bucket/key");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let head = Head::of(&request.body(()).unwrap(), None).unwrap();
        match Asked::of(&head).and_then(|asked| asked.answer(rules)) {
            Ok(headers) => {
                let lines: Vec<_> =
                    headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
                lines.concat()
            }
            Err(error) => {
                let method = error.members().get("Method").and_then(|method| method.as_str());
                let words: Vec<&str> = error.message().split(' ').take(4).collect();
                format!("{} {} {}", error.code(), method.unwrap_or("-"), words.join(" "))
            }
        }
    }

    #[test]
    fn a_page_may_what_the_first_fitting_rule_says() {
        let rules = [
            rule(&["https://app.test", "http://*.test"], &["PUT", "GET"], &["X-Amz-*", "content-type"]),
            rule(&["*"], &["GET"], &[]),
        ];
        let (origin, wants, sends) =
            ("origin", "access-control-request-method", "access-control-request-headers");
        let granted = |origin: &str, methods: &str| {
            format!("access-control-allow-origin: {origin}\naccess-control-allow-methods: {methods}\n")
        };
        let forbidden = "AccessForbidden PUT CORSResponse: This CORS request";
        for (method, headers, expected) in [
            (
                "OPTIONS",
                &[(origin, "https://app.test"), (wants, "PUT")][..],
                granted("https://app.test", "PUT, GET"),
            ),
            ("OPTIONS", &[(origin, "http://a.test"), (wants, "GET")], granted("http://a.test", "PUT, GET")),
            ("OPTIONS", &[(origin, "http://a.tests"), (wants, "GET")], granted("*", "GET")),
            ("OPTIONS", &[(origin, "https://APP.test"), (wants, "PUT")], forbidden.into()),
            ("OPTIONS", &[(origin, "https://app.test"), (wants, "put")], forbidden.replace("PUT", "put")),
            (
                "OPTIONS",
                &[(origin, "https://app.test"), (wants, "PUT"), (sends, "x-other")],
                forbidden.into(),
            ),
            ("OPTIONS", &[(origin, "x"), (wants, "GET"), (sends, "x-any")], forbidden.replace("PUT", "GET")),
            (
                "OPTIONS",
                &[(origin, "https://app.test"), (wants, "PUT"), (sends, "X-Amz-Date, Content-Type")],
                granted("https://app.test", "PUT, GET"),
            ),
            ("OPTIONS", &[], "BadRequest - Insufficient information. Origin request".into()),
            (
                "OPTIONS",
                &[(origin, "https://app.test")],
                "BadRequest - Invalid Access-Control-Request-Method: null".into(),
            ),
            (
                "PUT",
                &[(origin, "https://app.test"), (sends, "x-other")],
                granted("https://app.test", "PUT, GET"),
            ),
            ("PUT", &[(origin, "null")], forbidden.into()),
            ("GET", &[(origin, "null")], granted("*", "GET")),
            ("DELETE", &[(origin, "https://app.test")], forbidden.replace("PUT", "DELETE")),
        ] {
            let seen = outcome(method, headers, Some(&rules));
            assert!(seen.starts_with(&expected), "{method} {headers:?}\n{seen}\n{expected}");
            assert_eq!(
                seen.contains("access-control-allow-credentials: true"),
                seen.contains("access-control-allow-origin: http"),
                "{seen}"
            );
        }
        let sent = [(origin, "https://app.test"), (wants, "PUT"), (sends, "X-Amz-Date, Content-Type")];
        let seen = outcome("OPTIONS", &sent, Some(&rules));
        assert!(seen.contains("access-control-allow-headers: x-amz-date, content-type\n"), "{seen}");
        let none = "AccessForbidden OPTIONS CORSResponse: CORS is not";
        assert_eq!(outcome("OPTIONS", &[(origin, "x")], None), none);
    }

    #[test]
    fn rules_that_could_not_hold_are_refused() {
        let good = rule(&["*"], &["GET"], &["*"]);
        assert!(check(std::slice::from_ref(&good)).is_ok());
        let exposed = CORSRule { expose_headers: Some(vec!["x-*".into()]), ..good.clone() };
        let named = CORSRule { id: Some("x".repeat(256)), ..good.clone() };
        for (rules, code, part) in [
            (vec![], "MalformedXML", "well-formed"),
            (vec![good.clone(); 101], "InvalidRequest", "limit of 100 rules"),
            (vec![rule(&[], &["GET"], &[])], "MalformedXML", "well-formed"),
            (vec![rule(&["*"], &["PATCH"], &[])], "InvalidRequest", "Unsupported method is PATCH"),
            (vec![rule(&["*"], &["get"], &[])], "InvalidRequest", "Unsupported method is get"),
            (vec![rule(&["http://*.*"], &["GET"], &[])], "InvalidRequest", "AllowedOrigin \"http://*.*\""),
            (vec![rule(&["*"], &["GET"], &["a*b*"])], "InvalidRequest", "AllowedHeader \"a*b*\""),
            (vec![good, exposed], "InvalidRequest", "ExposeHeader \"x-*\""),
            (vec![named], "InvalidRequest", "255"),
        ] {
            let error = check(&rules).unwrap_err();
            assert_eq!(error.code(), code);
            assert!(error.message().contains(part), "{error}");
        }
    }
}
