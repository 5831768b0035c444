//! Events of the type `Api`: a route of a REST API that calls the function.

use serde_json::{Value, json};

use super::{Target, auth, edit, function_uri, permission, request, starred_path, trimmed};
use crate::sam::events::Callee;
use crate::sam::implicit::REST;
use crate::sam::properties::MANAGED;
use crate::sam::resource::{Made, Properties, is_set};
use crate::sam::{Cause, Outcome, Work, editor, expect, ids};

const ARN: &str = "arn:aws:";

/// What the event makes beside its route: the permission to call the function.
pub(in crate::sam) fn rest_event(
    work: &mut Work<'_>,
    callee: &Callee<'_>,
    id: &str,
    event: &Value,
) -> Outcome<Vec<Made>> {
    let named = format!("{}{id}", callee.function);
    let properties = Properties::of(&named, event);
    let target = Target::of(&properties, callee.function, id, callee.source, &REST);
    let stage = stage_suffix(work, &target.api)?;
    let method = if target.method == "any" { "*".to_owned() } else { target.method.to_uppercase() };
    let route = format!("{method}{}", starred_path(trimmed(target.path), true));
    let permission = permission(callee, properties.get("RestApiId"), ARN, &route);
    let place = target.api.clone();
    edit(work, &place, |work, api, definition| {
        let set = |name: &str| api.get(name).is_some_and(is_set);
        let route = Route { work, callee, target: &target, api, stage: &stage };
        if (set(MANAGED) || set("MergeDefinitions")) && !definition.is_null() {
            route.add(definition)?;
        }
        route.override_auth(definition)
    })?;
    Ok(vec![(permission_id(&named, &stage), permission)])
}

/// AWS: the permission's id carries the stage's name, or the word Stage where that is known only at deployment.
pub(super) fn stage_suffix(work: &Work<'_>, api: &str) -> Outcome<String> {
    match work.template["Resources"][api].get("Properties").and_then(|all| all.get("StageName")) {
        Some(Value::String(name)) if name.is_empty() => {
            Err(Cause::resource(api, "StageName cannot be empty."))
        }
        Some(Value::String(name)) => Ok(name.clone()),
        _ => Ok("Stage".to_owned()),
    }
}

fn permission_id(event: &str, stage: &str) -> String {
    if stage.chars().all(char::is_alphanumeric) {
        format!("{event}Permission{stage}")
    } else {
        ids::hashed(&format!("{event}Permission"), &json!(stage))
    }
}

/// The route is there already.
pub(super) fn refuse_double(target: &Target<'_>, definition: &Value) -> Outcome<()> {
    if !editor::has_integration(definition, target.path, &target.method_name())? {
        return Ok(());
    }
    let reason =
        format!("API method \"{}\" defined multiple times for path \"{}\".", target.method, target.path);
    Err(target.wrong(reason))
}

/// An event's route, and what it is written down from.
struct Route<'a> {
    work: &'a Work<'a>,
    callee: &'a Callee<'a>,
    target: &'a Target<'a>,
    /// The API's properties.
    api: &'a Value,
    stage: &'a str,
}

impl Route<'_> {
    fn add(&self, definition: &mut Value) -> Outcome<()> {
        if !self.api.get("MergeDefinitions").is_some_and(is_set) {
            return self.describe(definition);
        }
        let mut described = editor::skeleton("swagger", "2.0");
        self.describe(&mut described)?;
        merge(self.target, definition, &described)
    }

    /// Adds the route and all that the event says of it.
    fn describe(&self, definition: &mut Value) -> Outcome<()> {
        let Self { work, callee, target, api, stage } = *self;
        editor::check_rest(definition)?;
        refuse_double(target, definition)?;
        let own = target.properties.set("Auth");
        if own.is_some_and(|own| !own.is_object()) {
            return Err(target.wrong(expect::should_be("Auth", "map")));
        }
        let common = api.get("Auth").filter(|auth| is_set(auth));
        if let Some(common) = common {
            expect::map(&target.api, "Auth", common)?;
        }
        let streams =
            target.properties.get("ResponseTransferMode").is_some_and(|mode| mode == "RESPONSE_STREAM");
        let mut integration = json!({
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": editor::conditional(target.condition, function_uri(callee, ARN, streams)),
        });
        if streams {
            integration["responseTransferMode"] = json!("STREAM");
        }
        if let Some(credentials) = auth::credentials(own, common) {
            integration["credentials"] = credentials;
        }
        if let Some(timeout) = target.properties.set("TimeoutInMillis") {
            integration["timeoutInMillis"] = timeout.clone();
        }
        let method = target.method_name();
        editor::integrate(definition, &target.route(&method), &integration, &json!({}))?;
        if let Some(own) = own {
            auth::add(work, target, api, definition, own, &json!(stage))?;
        }
        request::add_model(target, api, definition)?;
        request::add_parameters(target, definition)
    }

    /// An event may have its own authorization also in a definition that the template has.
    fn override_auth(&self, definition: &mut Value) -> Outcome<()> {
        let Self { work, target, api, stage, .. } = *self;
        let Some(own) = target.properties.set("Auth").filter(|_| is_set(definition)) else { return Ok(()) };
        let set = |name: &str| own.get(name).is_some_and(is_set);
        if !set("OverrideApiAuth") {
            return Ok(());
        }
        if !(set("Authorizer") || set("ApiKeyRequired") || set("ResourcePolicy")) {
            let reason = "Must define one of: Authorizer, ApiKeyRequired or ResourcePolicy when using the OverrideApiAuth property.";
            return Err(target.wrong(reason));
        }
        editor::check_rest(definition)?;
        auth::add(work, target, api, definition, own, &json!(stage))
    }
}

/// Puts the described route into the definition that the template has; what the event says wins.
fn merge(target: &Target<'_>, definition: &mut Value, described: &Value) -> Outcome<()> {
    let (path, method) = (target.path, target.method.as_str());
    let known = definition.get("paths").and_then(|paths| paths.get(path)).filter(|item| !item.is_null());
    if known.is_some_and(|item| !item.is_object()) {
        let reason = format!("Property 'DefinitionBody' is invalid: The value of '{path}' should be a map");
        return Err(Cause::resource(&target.api, reason));
    }
    let known = known.and_then(|item| item.get(method)).filter(|known| is_set(known));
    let mut merged = match known {
        Some(known) => {
            expect::map(&target.api, &format!("DefinitionBody.paths.{path}.{method}"), known)?.clone()
        }
        None => serde_json::Map::new(),
    };
    let made = described["paths"][path][target.method_name()].as_object();
    merged.extend(made.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
    if let Some(paths) = definition.get_mut("paths").and_then(Value::as_object_mut) {
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[method] = Value::Object(merged);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permission_ids_carry_the_stage() {
        assert_eq!(permission_id("FunctionGet", "Prod"), "FunctionGetPermissionProd");
        let hashed = permission_id("FunctionGet", "a-b");
        assert!(hashed.starts_with("FunctionGetPermission") && !hashed.contains('-'), "{hashed}");
    }
}
