//! `Auth` of an HTTP API: its authorizers, and which of them is the default.

use serde_json::{Value, json};

use super::authorizer::Authorizer;
use crate::sam::authorizers::listed;
use crate::sam::resource::{Made, Properties, is_set, reference};
use crate::sam::{Cause, Outcome, Work, editor, expect, permissions};

const KEYS: &[&str] = &["Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer"];

/// Adds the authorizers to the definition.
pub(super) fn add(
    work: &Work<'_>,
    properties: &Properties<'_>,
    definition: &mut Value,
    auth: &Value,
) -> Outcome<()> {
    let id = properties.id;
    let members = auth.as_object().filter(|members| members.keys().all(|key| KEYS.contains(&key.as_str())));
    if members.is_none() {
        return Err(Cause::resource(id, "Invalid value for 'Auth' property"));
    }
    if !editor::is_valid_http(definition) {
        let reason = "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid OpenApi definition.";
        return Err(Cause::resource(id, reason));
    }
    editor::check_http(definition)?;
    let authorizers = authorizers(id, auth)?;
    for authorizer in &authorizers {
        describe(definition, authorizer)?;
    }
    match auth.get("DefaultAuthorizer").filter(|name| is_set(name) && **name != reference("AWS::NoValue")) {
        None => Ok(()),
        Some(default) => {
            let name = expect::text(id, "Auth.DefaultAuthorizer", default)?;
            let default = authorizers.iter().find(|known| known.given.name == name).ok_or_else(|| {
                let reason = format!(
                    "Unable to set DefaultAuthorizer because '{name}' was not defined in 'Authorizers'."
                );
                Cause::resource(id, reason)
            })?;
            set_default(work, id, definition, default)
        }
    }
}

fn describe(definition: &mut Value, authorizer: &Authorizer<'_>) -> Outcome<()> {
    let described = authorizer.definition()?;
    for member in ["components", "securitySchemes"] {
        let place = if member == "components" { &mut *definition } else { &mut definition["components"] };
        if !place.get(member).is_some_and(is_set) {
            place[member] = json!({});
        }
    }
    match definition["components"]["securitySchemes"].as_object_mut() {
        Some(schemes) => {
            schemes.insert(authorizer.given.name.to_owned(), described);
            Ok(())
        }
        None => Err(Cause::definition("securitySchemes must be a dictionary.")),
    }
}

/// The API's authorizers, checked; that of AWS's signature among them if it is enabled.
fn authorizers<'a>(id: &'a str, auth: &'a Value) -> Outcome<Vec<Authorizer<'a>>> {
    let mut authorizers = Vec::new();
    if auth.get("EnableIamAuthorizer") == Some(&Value::Bool(true)) {
        authorizers.push(Authorizer::iam(id));
    }
    listed(id, auth, authorizers, Authorizer::of, |authorizer| authorizer.given.name)
}

/// Gives all methods that ask for nothing the default authorizer.
fn set_default(work: &Work<'_>, id: &str, definition: &mut Value, default: &Authorizer<'_>) -> Outcome<()> {
    let part = json!([{ default.given.name: default.given.scopes() }]);
    for path in editor::paths(definition) {
        for (_, method) in editor::methods_mut(definition, &path, &["parameters", "options"])? {
            if !method.get("security").is_some_and(is_set) {
                work.room.take(id, &part)?;
                method["security"] = part.clone();
            }
        }
    }
    Ok(())
}

/// The permissions for the API to call the functions that authorize.
pub(super) fn permissions(id: &str, source: &Value, auth: &Value) -> Outcome<Vec<Made>> {
    let authorizers = authorizers(id, auth)?;
    let permissions = authorizers.iter().filter_map(|authorizer| {
        let permission_id = format!("{id}{}AuthorizerPermission", authorizer.given.name);
        let function = authorizer.permitted_function()?;
        Some((permission_id, permissions::to_authorize(source, id, "arn:${AWS::Partition}:", function)))
    });
    Ok(permissions.collect())
}
