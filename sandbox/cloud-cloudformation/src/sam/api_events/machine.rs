//! A state machine's events of the type `Api`: a route of a REST API that starts it.

use serde_json::{Value, json};

use super::{Target, auth, edit, rest};
use crate::sam::implicit::REST;
use crate::sam::properties::MANAGED;
use crate::sam::resource::{Made, Properties, get_att, is_set};
use crate::sam::state_machine::Machine;
use crate::sam::{Outcome, Work, editor};

/// Adds the event's route to its API, and makes the role by which the API starts the state machine.
pub(in crate::sam) fn machine_event(
    work: &mut Work<'_>,
    machine: &Machine<'_>,
    id: &str,
    event: &Value,
) -> Outcome<Vec<Made>> {
    let named = format!("{}{id}", machine.id);
    let properties = Properties::of(&named, event);
    let target =
        Target { by_machine: true, ..Target::of(&properties, machine.id, id, machine.source, &REST) };
    let role = machine.start_role(&named, "apigateway.amazonaws.com");
    rest::stage_suffix(work, &target.api)?;
    let place = target.api.clone();
    edit(work, &place, |work, api, definition| {
        if !api.get(MANAGED).is_some_and(is_set) || definition.is_null() {
            return Ok(());
        }
        editor::check_rest(definition)?;
        rest::refuse_double(&target, definition)?;
        let uri = json!({ "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution" });
        let integration = json!({
            "type": "aws",
            "httpMethod": "POST",
            "uri": editor::conditional(target.condition, uri),
            "responses": { "200": { "statusCode": "200" }, "400": { "statusCode": "400" } },
            "credentials": get_att(&role.0, "Arn"),
            "requestTemplates": request_template(&properties, &machine.target),
        });
        let responses = json!({ "200": { "description": "OK" }, "400": { "description": "Bad Request" } });
        let method = target.method_name();
        editor::integrate(definition, &target.route(&method), &integration, &responses)?;
        match properties.set("Auth") {
            Some(own) => {
                let stage = properties.get("Stage").cloned().unwrap_or_default();
                auth::add(work, &target, api, definition, own, &stage)
            }
            None => Ok(()),
        }
    })?;
    Ok(vec![role])
}

/// How a request becomes the input of an execution.
// AWS: escaped for JavaScript a single quote has a backslash, which JSON does not know; it is taken out on demand.
fn request_template(properties: &Properties<'_>, machine: &str) -> Value {
    let mut input = "$util.escapeJavaScript($input.json('$'))".to_owned();
    if properties.set("UnescapeMappingTemplate").is_some() {
        input.push_str(r#".replaceAll("\\'","'")"#);
    }
    let template = format!(r#"{{"input": "{input}", "stateMachineArn": "${{{machine}}}"}}"#);
    json!({ "application/json": { "Fn::Sub": template } })
}
