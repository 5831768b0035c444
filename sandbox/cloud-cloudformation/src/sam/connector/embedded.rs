//! The attribute `Connectors` of resources: connectors that begin where they are written.

use serde_json::{Map, Value, json};

use crate::sam::properties;
use crate::sam::resource::Properties;
use crate::sam::schemas;
use crate::sam::{Cause, Outcome};

const CONNECTOR: &str = "AWS::Serverless::Connector";

/// Takes the connectors out of their resources and makes them resources of the template.
pub(in crate::sam) fn take(template: &mut Value) -> Vec<Cause> {
    let mut causes = Vec::new();
    let mut connectors = Vec::new();
    let Some(resources) = template.get_mut("Resources").and_then(Value::as_object_mut) else { return causes };
    let taken: Vec<(String, Value)> = resources
        .iter_mut()
        .filter_map(|(id, resource)| {
            Some((id.clone(), resource.as_object_mut()?.shift_remove("Connectors")?))
        })
        .collect();
    for (id, embedded) in &taken {
        let Some(embedded) = embedded.as_object() else {
            causes.push(Cause::resource(id, format!("Attribute '{id}.Connectors' should be a map.")));
            continue;
        };
        for (name, connector) in embedded {
            match connect(resources, id, name, connector) {
                Ok(connector) => connectors.push((format!("{id}{name}"), connector)),
                Err(cause) => causes.push(cause),
            }
        }
    }
    resources.extend(connectors);
    causes
}

fn connect(resources: &Map<String, Value>, source: &str, name: &str, given: &Value) -> Outcome<Value> {
    let id = format!("{source}{name}");
    let Some(given) = given.as_object() else {
        return Err(Cause::resource(&id, format!("{source}.{id} should be a map.")));
    };
    let place = format!("Connectors.{name}.Properties");
    let mut own = given
        .get("Properties")
        .and_then(Value::as_object)
        .cloned()
        .ok_or_else(|| Cause::resource(source, format!("Attribute '{place}' should be a map.")))?;
    let mut end = Map::from_iter([("Id".to_owned(), json!(source))]);
    if let Some(more) = own.shift_remove("SourceReference") {
        let Value::Object(more) = more else {
            let reason = format!("Property '{place}.SourceReference' should be a map.");
            return Err(Cause::resource(source, reason));
        };
        if more.contains_key("Id") {
            return Err(Cause::resource(name, "'Id' shouldn't be defined in 'SourceReference'."));
        }
        end.extend(more);
    }
    own.insert("Source".to_owned(), Value::Object(end));
    let mut connector = given.clone();
    connector.insert("Type".to_owned(), json!(CONNECTOR));
    connector.insert("Properties".to_owned(), Value::Object(own));
    let connector = Value::Object(connector);
    properties::check(&Properties::of(&id, &connector), CONNECTOR, schemas::CONNECTOR)?;
    if resources.contains_key(&id) {
        return Err(Cause::taken(source, &id, CONNECTOR));
    }
    Ok(connector)
}
