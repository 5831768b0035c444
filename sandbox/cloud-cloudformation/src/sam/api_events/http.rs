//! Events of the type `HttpApi`: a route of an HTTP API that calls the function.

use serde_json::{Map, Value, json};

use super::{Target, auth, edit, function_uri, is_any, permission, starred_path, trimmed};
use crate::sam::editor::{self, ANY_METHOD, DEFAULT_PATH, INTEGRATION};
use crate::sam::events::Callee;
use crate::sam::implicit::HTTP;
use crate::sam::properties::MANAGED;
use crate::sam::resource::{Made, Properties, is_set};
use crate::sam::{Cause, Outcome, Work, expect};

const ARN: &str = "arn:${AWS::Partition}:";
const IAM: &str = "AWS_IAM";
const NONE: &str = "NONE";

/// What the event makes beside its route: the permission to call the function, unless another covers it.
pub(in crate::sam) fn http_event(
    work: &mut Work<'_>,
    callee: &Callee<'_>,
    id: &str,
    event: &Value,
) -> Outcome<Vec<Made>> {
    let named = format!("{}{id}", callee.function);
    let properties = Properties::of(&named, event);
    let target = Target::of(&properties, callee.function, id, callee.source, &HTTP);
    let place = target.api.clone();
    let covered = edit(work, &place, |work, api, definition| {
        let covered = target.path != DEFAULT_PATH && is_covered(callee, &target, definition)?;
        if !definition.is_null() {
            add_route(work, callee, &target, api, definition)?;
        }
        Ok(covered)
    })?;
    if covered {
        return Ok(Vec::new());
    }
    let permission = permission(callee, properties.get("ApiId"), ARN, &permitted(&target));
    Ok(vec![(format!("{named}Permission"), permission)])
}

/// The route as a permission names it.
fn permitted(target: &Target<'_>) -> String {
    let path =
        if target.path == DEFAULT_PATH { String::new() } else { starred_path(trimmed(target.path), false) };
    // AWS: here the default route has no method.
    if target.method == "any" && path == "/$default" {
        return "$default".to_owned();
    }
    let method = if is_any(&target.method) { "*".to_owned() } else { target.method.to_uppercase() };
    format!("{method}{path}")
}

/// Whether the API's `$default` route goes to that function, whose permission then covers all routes.
fn is_covered(callee: &Callee<'_>, target: &Target<'_>, definition: &mut Value) -> Outcome<bool> {
    if !is_set(definition) {
        return Ok(false);
    }
    editor::check_http(definition).map_err(|cause| Cause::resource(&target.api, cause.message))?;
    if !editor::has_integration(definition, DEFAULT_PATH, ANY_METHOD)? {
        return Ok(false);
    }
    let uri_part = format!("functions/${{{}.Arn}}/", callee.id);
    for method in editor::method_mut(definition, DEFAULT_PATH, ANY_METHOD)? {
        let Some(uri) = method[INTEGRATION].get("uri").filter(|uri| uri.is_object()) else {
            return Ok(false);
        };
        for side in editor::contents(uri)? {
            let text = side.get("Fn::Sub").and_then(Value::as_str);
            if !text.is_some_and(|text| text.contains(&uri_part)) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn add_route(
    work: &Work<'_>,
    callee: &Callee<'_>,
    target: &Target<'_>,
    api: &Value,
    definition: &mut Value,
) -> Outcome<()> {
    editor::check_http(definition)?;
    let method = target.method_name();
    let known = editor::has_integration(definition, target.path, &method)?;
    if known && api.get(MANAGED).is_some_and(is_set) {
        let reason =
            format!("API method '{}' defined multiple times for path '{}'.", target.method, target.path);
        return Err(target.wrong(reason));
    }
    if !known {
        integrate(callee, target, definition, &method)?;
    }
    let auth = target.properties.set("Auth");
    let part = auth.map(|auth| asked(work, target, api, auth)).transpose()?.flatten();
    for described in editor::method_mut(definition, target.path, &method)? {
        if let Some(part) = &part {
            let mut security = editor::security(described, target.path, &method)?;
            security.push(part.clone());
            described["security"] = Value::Array(security);
        }
        for (property, member) in
            [("TimeoutInMillis", "timeoutInMillis"), ("PayloadFormatVersion", "payloadFormatVersion")]
        {
            if let Some(value) = target.properties.set(property) {
                described[INTEGRATION][member] = value.clone();
            }
        }
        describe_parameters(target.path, described);
    }
    Ok(())
}

fn integrate(callee: &Callee<'_>, target: &Target<'_>, definition: &mut Value, method: &str) -> Outcome<()> {
    let integration = json!({
        "type": "aws_proxy",
        "httpMethod": "POST",
        "payloadFormatVersion": "2.0",
        "uri": editor::conditional(target.condition, function_uri(callee, ARN, false)),
    });
    editor::integrate(definition, &target.route(method), &integration, &json!({}))?;
    if target.path == DEFAULT_PATH && method == ANY_METHOD {
        for described in editor::method_mut(definition, target.path, method)? {
            described["isDefaultRoute"] = json!(true);
        }
    }
    Ok(())
}

/// The path's parameters, added to those that the definition has.
fn describe_parameters(path: &str, described: &mut Value) {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    for name in names {
        if !described.get("parameters").is_some_and(Value::is_array) {
            described["parameters"] = json!([]);
        }
        let Some(parameters) = described["parameters"].as_array_mut() else { return };
        let is_it = |known: &&mut Value| known.get("name").and_then(Value::as_str) == Some(name);
        match parameters.iter_mut().find(is_it) {
            Some(known) => {
                known["in"] = json!("path");
                known["required"] = json!(true);
            }
            None => parameters.push(json!({ "name": name, "in": "path", "required": true })),
        }
    }
}

/// What the route asks of its callers, if the event says something of it.
fn asked(work: &Work<'_>, target: &Target<'_>, api: &Value, auth: &Value) -> Outcome<Option<Value>> {
    let common = api.get("Auth").cloned().unwrap_or_else(|| json!({}));
    expect::map(&target.api, "Auth", &common)?;
    let set = |name: &str| auth.get(name).filter(|value| is_set(value));
    let default = common.get("DefaultAuthorizer").filter(|default| is_set(default));
    let name = set("Authorizer").or(default).ok_or_else(|| {
        target.wrong("'Auth' section requires either an explicit 'Authorizer' set or a 'DefaultAuthorizer' configured on the HttpApi.")
    })?;
    let authorizers = common.get("Authorizers").filter(|authorizers| is_set(authorizers));
    let by_signature = *name == IAM && common.get("EnableIamAuthorizer") == Some(&Value::Bool(true));
    if *name == NONE {
        auth::check_none(target, &common)?;
    } else if !by_signature {
        if is_set(&common) {
            auth::check_kinds(target, name, common.get("Authorizers"))?;
        }
        auth::check_named(target, name, authorizers)?;
    }
    let own = set("AuthorizationScopes");
    if own.is_some_and(|scopes| !scopes.is_array()) {
        let reason = format!(
            "{} because 'AuthorizationScopes' must be a list of strings.",
            target.unable("Authorizer")
        );
        return Err(target.wrong(reason));
    }
    let name = name.as_str().unwrap_or_default();
    let mut scopes = json!([]);
    if name != NONE && name != IAM {
        let known = authorizers.and_then(|authorizers| authorizers.get(name)).unwrap_or(&Value::Null);
        let known = known
            .as_object()
            .ok_or_else(|| Cause::definition(format!("Type of authorizer '{name}' must be a dictionary")))?;
        if let Some(given) = own.or_else(|| known.get("AuthorizationScopes").filter(|scopes| is_set(scopes)))
        {
            scopes = given.clone();
        }
    }
    let part = Value::Object(Map::from_iter([(name.to_owned(), scopes)]));
    work.room.take(&target.api, &part)?;
    Ok(Some(part))
}
