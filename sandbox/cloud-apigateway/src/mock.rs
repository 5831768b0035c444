//! Mock integrations: answers that a REST API gives without a function, as it does to preflights. Not a template engine.
// AWS: "Set up mock integrations in API Gateway", "Enable CORS on a resource".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    routing::Mock,
    shapes_v1::{Integration, IntegrationResponse, IntegrationType},
};

/// Reads the extension of a definition.
pub(crate) fn read(integration: &Value) -> Integration {
    let texts = |value: Option<&Value>| {
        let members = value?.as_object()?.iter();
        Some(members.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect())
    };
    let responses = integration.get("responses").and_then(Value::as_object).into_iter().flatten();
    let responses = responses.map(|(pattern, response)| {
        let status = match response.get("statusCode") {
            Some(Value::String(text)) => text.clone(),
            Some(number) => number.to_string(),
            None => "200".to_owned(),
        };
        let response = IntegrationResponse {
            status_code: Some(status.clone()),
            selection_pattern: (pattern != "default").then(|| pattern.clone()),
            response_parameters: texts(response.get("responseParameters")),
            response_templates: texts(response.get("responseTemplates")),
            ..IntegrationResponse::default()
        };
        (status, response)
    });
    // AWS: definitions write it in small letters.
    let passthrough = integration.get("passthroughBehavior").and_then(Value::as_str);
    Integration {
        r#type: Some(IntegrationType::Mock),
        request_templates: texts(integration.get("requestTemplates")),
        passthrough_behavior: Some(passthrough.unwrap_or("WHEN_NO_MATCH").to_ascii_uppercase()),
        integration_responses: Some(responses.collect()),
        timeout_in_millis: Some(crate::quotas::REST_TIMEOUT),
        ..Integration::default()
    }
}

/// A mock integration as a deployment keeps it: a request decides what it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    /// The status that the template of a media type gives; none where it gives none.
    statuses: BTreeMap<String, Option<u16>>,
    passthrough: String,
    /// The answers, each with the pattern of the statuses that it is for; the one without is for the rest.
    responses: Vec<(Option<String>, Mock)>,
}

/// Why a mock has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// Its templates do not take the request's media type.
    MediaType,
    /// No status is given, or there is no response for it.
    Configuration,
}

/// What the integration is in a deployment.
// LIMIT: mapping templates are not evaluated: the status is the first number in the request's template, the body is
// the response's template where that is constant, and headers come from constants.
pub(crate) fn choice(integration: &Integration) -> Choice {
    let templates = integration.request_templates.iter().flatten();
    let responses = integration.integration_responses.iter().flat_map(BTreeMap::values);
    Choice {
        statuses: templates.map(|(media, template)| (media.clone(), status_of(template))).collect(),
        passthrough: integration.passthrough_behavior.clone().unwrap_or_default(),
        responses: responses.filter_map(response).collect(),
    }
}

fn response(response: &IntegrationResponse) -> Option<(Option<String>, Mock)> {
    let parameters = response.response_parameters.iter().flatten();
    let headers = parameters.filter_map(|(name, value)| {
        let name = name.strip_prefix("method.response.header.")?;
        // AWS: a constant stands in single quotes; the rest names what only an integration would have.
        let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
        Some((name.to_owned(), value.to_owned()))
    });
    let template = response.response_templates.as_ref().and_then(|all| all.get("application/json"));
    let body = template.filter(|template| !template.contains(['$', '#']));
    let mock = Mock {
        status: response.status_code.as_deref()?.parse().ok()?,
        headers: headers.collect(),
        body: body.cloned().unwrap_or_default(),
    };
    Some((response.selection_pattern.clone().filter(|pattern| !pattern.is_empty()), mock))
}

impl Choice {
    /// The answer to a request of that media type.
    pub(crate) fn answer(&self, media_type: Option<&str>, body: &[u8]) -> Result<&Mock, Unanswered> {
        // AWS: "Method request behavior for payloads without mapping templates".
        let media = media_type.unwrap_or("application/json").split(';').next().unwrap_or_default();
        let template = self.statuses.iter().find(|(known, _)| known.eq_ignore_ascii_case(media.trim()));
        let status = match (template, self.passthrough.as_str()) {
            (Some((_, status)), _) => *status,
            (None, "NEVER") => return Err(Unanswered::MediaType),
            (None, "WHEN_NO_TEMPLATES") if !self.statuses.is_empty() => return Err(Unanswered::MediaType),
            (None, _) => passed_status(body),
        };
        let status = status.ok_or(Unanswered::Configuration)?;
        self.for_status(status).ok_or(Unanswered::Configuration)
    }

    // AWS: a pattern must match the whole status; among responses without one, the status's own comes first.
    fn for_status(&self, status: u16) -> Option<&Mock> {
        let matching = |pattern: &String| {
            let whole = regex::RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(1 << 20).build();
            whole.is_ok_and(|whole| whole.is_match(&status.to_string()))
        };
        let matched = self.responses.iter().find(|(pattern, _)| pattern.as_ref().is_some_and(matching));
        let mut rest = self.responses.iter().filter(|(pattern, _)| pattern.is_none());
        let own = || rest.clone().find(|(_, mock)| mock.status == status);
        matched.or_else(own).or_else(|| rest.next()).map(|(_, mock)| mock)
    }
}

/// The `statusCode` of a body that passes through.
fn passed_status(body: &[u8]) -> Option<u16> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body.get("statusCode")?.as_u64().and_then(|status| u16::try_from(status).ok())
}

/// The `statusCode` that a request's template gives. AWS: it is an integer, and never text.
fn status_of(template: &str) -> Option<u16> {
    let (_, rest) = template.split_once("statusCode")?;
    let value = rest.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?.trim_start();
    let digits = value.trim_start_matches(|letter: char| !letter.is_ascii_digit() && letter != '"');
    let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(choice: &Choice, media: Option<&str>, body: &str, expected: Result<u16, Unanswered>) {
        let seen = choice.answer(media, body.as_bytes()).map(|mock| mock.status);
        assert_eq!(seen, expected, "{choice:?} {media:?} {body}");
    }

    fn of(templates: &Value, passthrough: &str, responses: &Value) -> Choice {
        choice(&read(&json!({
            "type": "mock",
            "requestTemplates": templates,
            "passthroughBehavior": passthrough,
            "responses": responses,
        })))
    }

    #[test]
    fn a_preflight_s_answer_is_constant() {
        let integration = read(&json!({
            "type": "mock",
            "requestTemplates": {"application/json": "{\n \"statusCode\" : 204\n}\n"},
            "responses": {"default": {
                "statusCode": "204",
                "responseParameters": {
                    "method.response.header.Access-Control-Allow-Origin": "'*'",
                    "method.response.header.X": "integration.response.header.x",
                },
                "responseTemplates": {"application/json": "{}\n"},
            }},
        }));
        let expected = Mock {
            status: 204,
            headers: vec![("Access-Control-Allow-Origin".into(), "*".into())],
            body: "{}\n".into(),
        };
        assert_eq!(choice(&integration).answer(None, b""), Ok(&expected));
    }

    #[test]
    fn without_a_template_the_body_passes_through() {
        let default = json!({"default": {"statusCode": 200}});
        for (passthrough, kept) in
            [("when_no_match", "WHEN_NO_MATCH"), ("when_no_templates", "WHEN_NO_TEMPLATES")]
        {
            let choice = of(&json!({}), passthrough, &default);
            assert_eq!(choice.passthrough, kept);
            check(&choice, None, "", Err(Unanswered::Configuration));
            check(&choice, None, r#"{"statusCode": 200}"#, Ok(200));
            check(&choice, Some("text/plain"), r#"{"statusCode": "200"}"#, Err(Unanswered::Configuration));
        }
        check(&of(&json!({}), "never", &default), None, r#"{"statusCode": 200}"#, Err(Unanswered::MediaType));
        let bare = choice(&read(&json!({"type": "mock"})));
        check(&bare, None, r#"{"statusCode": 200}"#, Err(Unanswered::Configuration));
    }

    #[test]
    fn a_template_is_taken_by_its_media_type() {
        let (templates, default) =
            (json!({"application/json": "{\"statusCode\": 200}"}), json!({"default": {"statusCode": "200"}}));
        for (passthrough, other) in [
            ("WHEN_NO_MATCH", Unanswered::Configuration),
            ("WHEN_NO_TEMPLATES", Unanswered::MediaType),
            ("NEVER", Unanswered::MediaType),
        ] {
            let choice = of(&templates, passthrough, &default);
            check(&choice, None, "", Ok(200));
            check(&choice, Some("Application/JSON; charset=utf-8"), "x", Ok(200));
            check(&choice, Some("text/plain"), "x", Err(other));
        }
    }

    #[test]
    fn a_response_is_chosen_by_its_pattern() {
        let responses = json!({
            "default": {"statusCode": "200"},
            "5\\d{2}": {"statusCode": "500"},
            "4[": {"statusCode": "400"},
        });
        for (status, expected) in [(200, 200), (201, 200), (503, 500), (5031, 200), (400, 200)] {
            let template = json!({ "application/json": format!("{{statusCode: {status}}}") });
            check(&of(&template, "NEVER", &responses), None, "", Ok(expected));
        }
        let template = json!({"application/json": "{\"statusCode\": 404}"});
        let only = json!({"200": {"statusCode": "200"}});
        check(&of(&template, "NEVER", &only), None, "", Err(Unanswered::Configuration));
    }

    #[test]
    fn a_template_s_status_is_a_number() {
        for (template, expected) in [
            ("{\"statusCode\": 200}", Some(200)),
            ("{statusCode:200}", Some(200)),
            ("#set($x = 1)\n{ 'statusCode' : 404 }", Some(404)),
            ("{\"statusCode\": \"200\"}", None),
            ("{\"statusCode\": 99999999}", None),
            ("{}", None),
            ("", None),
        ] {
            assert_eq!(status_of(template), expected, "{template}");
        }
    }
}
