//! Mock integrations: answers that a REST API gives without a function, as it does to preflights.
// AWS: "Set up mock integrations in API Gateway", "Enable CORS on a resource".

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
    Integration {
        r#type: Some(IntegrationType::Mock),
        request_templates: texts(integration.get("requestTemplates")),
        passthrough_behavior: Some("WHEN_NO_MATCH".to_owned()),
        integration_responses: Some(responses.collect()),
        timeout_in_millis: Some(29_000),
        ..Integration::default()
    }
}

/// What the integration answers; none while it has no response for that.
// LIMIT: mapping templates are not evaluated: the status is the first number in the request's template, the body is
// the response's template where that is constant, and headers come from constants.
pub(crate) fn answer(integration: &Integration) -> Option<Mock> {
    let responses = integration.integration_responses.as_ref()?;
    let template = integration.request_templates.as_ref().and_then(|all| all.get("application/json"));
    let wanted = template.and_then(|template| status_of(template));
    let response = wanted.and_then(|status| responses.get(&status)).or_else(|| {
        responses.values().find(|response| response.selection_pattern.as_deref().is_none_or(str::is_empty))
    })?;
    let parameters = response.response_parameters.iter().flatten();
    let headers = parameters.filter_map(|(name, value)| {
        let name = name.strip_prefix("method.response.header.")?;
        // AWS: a constant stands in single quotes; the rest names what only an integration would have.
        let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
        Some((name.to_owned(), value.to_owned()))
    });
    let template = response.response_templates.as_ref().and_then(|all| all.get("application/json"));
    let body = template.filter(|template| !template.contains(['$', '#']));
    Some(Mock {
        status: response.status_code.as_deref()?.parse().ok()?,
        headers: headers.collect(),
        body: body.cloned().unwrap_or_default(),
    })
}

/// The `statusCode` that a request's template gives.
fn status_of(template: &str) -> Option<String> {
    let (_, rest) = template.split_once("statusCode")?;
    let digits = rest.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    Some(digits.chars().take_while(char::is_ascii_digit).collect()).filter(|code: &String| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        assert_eq!(answer(&integration), Some(expected));
        assert_eq!(answer(&read(&json!({"type": "mock"}))), None);
    }
}
