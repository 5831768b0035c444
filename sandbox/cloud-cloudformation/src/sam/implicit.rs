//! Before anything is transformed: every API gets a definition, events without an API get one, and the APIs get the
//! paths of all events, under the conditions of the functions behind them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::editor::{self, ANY_METHOD, DEFAULT_PATH};
use super::properties::MANAGED;
use super::resource::{is_set, reference, type_name};
use super::{Cause, Outcome, SamError};

/// What differs between the two kinds of APIs.
pub(super) struct Kind {
    /// The event's type.
    pub(super) event: &'static str,
    /// The event's property that names the API.
    pub(super) id_property: &'static str,
    api_type: &'static str,
    implicit_id: &'static str,
    version: (&'static str, &'static str),
    stage: Option<&'static str>,
}

/// REST APIs.
pub(super) const REST: Kind = Kind {
    event: "Api",
    id_property: "RestApiId",
    api_type: "AWS::Serverless::Api",
    implicit_id: "ServerlessRestApi",
    version: ("swagger", "2.0"),
    stage: Some("Prod"),
};

/// HTTP APIs.
pub(super) const HTTP: Kind = Kind {
    event: "HttpApi",
    id_property: "ApiId",
    api_type: "AWS::Serverless::HttpApi",
    implicit_id: "ServerlessHttpApi",
    version: ("openapi", "3.0.1"),
    stage: None,
};

/// For each API, path and method, the condition of the function behind it.
type Conditions = BTreeMap<String, BTreeMap<String, BTreeMap<String, Option<String>>>>;

/// Prepares the template's APIs.
pub(super) fn prepare(template: &mut Value) -> Result<(), SamError> {
    let mut causes = Vec::new();
    for kind in [&REST, &HTTP] {
        give_definitions(template, kind);
        causes.extend(prepare_kind(template, kind));
    }
    if causes.is_empty() { Ok(()) } else { Err(SamError::new(causes)) }
}

fn skeleton(kind: &Kind) -> Value {
    editor::skeleton(kind.version.0, kind.version.1)
}

fn give_definitions(template: &mut Value, kind: &Kind) {
    let resources = template.get_mut("Resources").and_then(Value::as_object_mut);
    for (_, resource) in
        resources.into_iter().flatten().filter(|(_, resource)| type_name(resource) == kind.api_type)
    {
        let has = |name: &str| resource.get("Properties").and_then(|all| all.get(name)).is_some_and(is_set);
        if has("DefinitionBody") || has("DefinitionUri") {
            continue;
        }
        if resource.get("Properties").is_none_or(Value::is_null) {
            resource["Properties"] = json!({});
        }
        resource["Properties"]["DefinitionBody"] = skeleton(kind);
        resource["Properties"][MANAGED] = json!(true);
    }
}

fn prepare_kind(template: &mut Value, kind: &Kind) -> Vec<Cause> {
    let own = template["Resources"].get(kind.implicit_id).cloned();
    template["Resources"][kind.implicit_id] = implicit_api(kind);
    let mut conditions = Conditions::new();
    let mut causes = Vec::new();
    for id in function_ids(template) {
        if let Err(cause) = prepare_function(template, kind, &id, &mut conditions) {
            causes.push(cause);
        }
    }
    condition_implicit_api(template, kind, &conditions);
    keep_implicit_api(template, kind);
    condition_paths(template, kind, &conditions);
    if editor::paths(&template["Resources"][kind.implicit_id]["Properties"]["DefinitionBody"]).is_empty() {
        restore(template, kind.implicit_id, own);
    }
    causes
}

fn implicit_api(kind: &Kind) -> Value {
    let mut properties = json!({ "DefinitionBody": skeleton(kind), MANAGED: true });
    if let Some(stage) = kind.stage {
        properties["StageName"] = json!(stage);
    }
    json!({ "Type": kind.api_type, "Properties": properties })
}

/// Without implicit routes the template gets back what it had under that id, if anything.
fn restore(template: &mut Value, id: &str, own: Option<Value>) {
    if let Some(resources) = template["Resources"].as_object_mut() {
        match own {
            Some(own) => resources.insert(id.to_owned(), own),
            None => resources.shift_remove(id),
        };
    }
}

fn function_ids(template: &Value) -> Vec<String> {
    let resources = template.get("Resources").and_then(Value::as_object);
    let functions = resources
        .into_iter()
        .flatten()
        .filter(|(_, resource)| type_name(resource) == "AWS::Serverless::Function");
    functions.map(|(id, _)| id.clone()).collect()
}

fn prepare_function(template: &mut Value, kind: &Kind, id: &str, conditions: &mut Conditions) -> Outcome<()> {
    let function = template["Resources"][id].clone();
    let condition = function.get("Condition").and_then(Value::as_str).map(str::to_owned);
    let Some(events) =
        function.get("Properties").and_then(|all| all.get("Events")).and_then(Value::as_object)
    else {
        return Ok(());
    };
    for (event_id, event) in events.iter().filter(|(_, event)| type_name(event) == kind.event) {
        let properties = prepare_event(template, kind, id, event_id, event)?;
        let Some(properties) = properties else { continue };
        let text = |name: &str| properties.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let api = api_id(&properties, kind).unwrap_or_default();
        let methods = conditions.entry(api).or_default().entry(text("Path")).or_default();
        methods.insert(text("Method"), condition.clone());
        template["Resources"][id]["Properties"]["Events"][event_id]["Properties"] = Value::Object(properties);
    }
    Ok(())
}

/// The event's properties, completed, its path and method in the definition of its API. REST events without
/// properties are left for the function's own check.
fn prepare_event(
    template: &mut Value,
    kind: &Kind,
    function: &str,
    event_id: &str,
    event: &Value,
) -> Outcome<Option<Map<String, Value>>> {
    let wrong = |reason: String| Cause::event(function, event_id, reason);
    let mut properties = match event.get("Properties") {
        Some(Value::Object(properties)) => properties.clone(),
        None | Some(Value::Null) => Map::new(),
        Some(_) => return Err(wrong("Properties should be a map.".into())),
    };
    if properties.is_empty() && kind.stage.is_some() {
        return Ok(None);
    }
    properties.entry(kind.id_property).or_insert_with(|| reference(kind.implicit_id));
    let has = |name: &str| properties.get(name).is_some_and(is_set);
    if kind.stage.is_none() && !has("Path") && !has("Method") {
        properties.insert("Path".to_owned(), DEFAULT_PATH.into());
        properties.insert("Method".to_owned(), ANY_METHOD.into());
    }
    let path = required_text(&properties, "Path").map_err(wrong)?;
    let method = required_text(&properties, "Method").map_err(wrong)?;
    let api = api_id(&properties, kind).filter(|api| type_name(&template["Resources"][api]) == kind.api_type);
    let Some(api) = api else {
        return Err(wrong(format!(
            "{} must be a valid reference to an '{}' resource in same template.",
            kind.id_property, kind.api_type
        )));
    };
    let api_properties = &mut template["Resources"][&api]["Properties"];
    if api_properties.get(MANAGED).is_some_and(is_set) && editor::is_valid(&api_properties["DefinitionBody"])
    {
        editor::add_path(&mut api_properties["DefinitionBody"], &path, &editor::method_name(&method));
    }
    if let Some(settings) = properties.get("RouteSettings").filter(|_| kind.stage.is_none()) {
        add_route_settings(api_properties, &path, &method, settings);
    }
    Ok(Some(properties))
}

fn required_text(properties: &Map<String, Value>, name: &str) -> Result<String, String> {
    match properties.get(name) {
        None | Some(Value::Null) => Err(format!("Property '{name}' is required.")),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("Property '{name}' should be a string.")),
    }
}

/// The logical id of the event's API; nothing where it is not known before deployment.
pub(super) fn api_id(properties: &Map<String, Value>, kind: &Kind) -> Option<String> {
    let id = properties.get(kind.id_property)?;
    id.get("Ref").unwrap_or(id).as_str().map(str::to_owned)
}

fn add_route_settings(api: &mut Value, path: &str, method: &str, settings: &Value) {
    let route =
        if method == ANY_METHOD { path.to_owned() } else { format!("{} {path}", method.to_uppercase()) };
    if !api.get("RouteSettings").is_some_and(Value::is_object) {
        api["RouteSettings"] = json!({});
    }
    let known = &mut api["RouteSettings"][&route];
    match (known.as_object_mut(), settings.as_object()) {
        (Some(known), Some(settings)) => known.extend(settings.clone()),
        _ => *known = settings.clone(),
    }
}

/// The API that events share exists when one of their functions does.
fn condition_implicit_api(template: &mut Value, kind: &Kind, conditions: &Conditions) {
    let Some(paths) = conditions.get(kind.implicit_id) else { return };
    let all: BTreeSet<Option<String>> =
        paths.values().flat_map(|methods| methods.values().cloned()).collect();
    if let Some(name) = combined(template, &format!("{}Condition", kind.implicit_id), &all) {
        template["Resources"][kind.implicit_id]["Condition"] = json!(name);
    }
}

/// The API that events share is kept when one of their functions is.
fn keep_implicit_api(template: &mut Value, kind: &Kind) {
    for (attribute, strongest_first) in [
        ("DeletionPolicy", &["Retain", "Delete"][..]),
        ("UpdateReplacePolicy", &["Retain", "Snapshot", "Delete"]),
    ] {
        let given: Vec<String> = function_ids(template)
            .iter()
            .map(|id| &template["Resources"][id])
            .filter(|function| uses_implicit_api(function, kind))
            .filter_map(|function| function.get(attribute)?.as_str().map(str::to_owned))
            .collect();
        if let Some(policy) = strongest_first.iter().find(|policy| given.iter().any(|given| given == *policy))
        {
            template["Resources"][kind.implicit_id][attribute] = json!(policy);
        }
    }
}

fn uses_implicit_api(function: &Value, kind: &Kind) -> bool {
    let events = function.get("Properties").and_then(|all| all.get("Events")).and_then(Value::as_object);
    events.into_iter().flatten().any(|(_, event)| {
        let properties = event.get("Properties").and_then(Value::as_object);
        type_name(event) == kind.event
            && properties.and_then(|properties| api_id(properties, kind)).as_deref() == Some(kind.implicit_id)
    })
}

fn condition_paths(template: &mut Value, kind: &Kind, conditions: &Conditions) {
    for (api, paths) in conditions {
        let properties = &template["Resources"][api]["Properties"];
        if type_name(&template["Resources"][api]) != kind.api_type
            || !properties.get(MANAGED).is_some_and(is_set)
        {
            continue;
        }
        for path in editor::paths(&properties["DefinitionBody"].clone()) {
            let Some(methods) = paths.get(&path) else { continue };
            let all = methods.values().cloned().collect();
            let name = path.replace('/', "SLASH").replace('{', "OB").replace('}', "CB");
            if let Some(condition) = combined(template, &format!("{api}{name}PathCondition"), &all) {
                let definition = &mut template["Resources"][api]["Properties"]["DefinitionBody"];
                editor::make_path_conditional(definition, &path, &condition);
            }
        }
    }
}

/// One condition for all of them: itself if it is one, a new one if they are several, none if one of them is none.
fn combined(template: &mut Value, name: &str, all: &BTreeSet<Option<String>>) -> Option<String> {
    let all: Option<Vec<&String>> = all.iter().map(Option::as_ref).collect();
    match all?.as_slice() {
        [] => None,
        [one] => Some((*one).clone()),
        several => {
            let any: Vec<Value> = several.iter().map(|name| json!({ "Condition": name })).collect();
            template["Conditions"][name] = any_of(&any);
            Some(name.to_owned())
        }
    }
}

/// AWS: `Fn::Or` takes at most ten conditions.
fn any_of(conditions: &[Value]) -> Value {
    const MOST: usize = 10;
    if conditions.len() <= MOST {
        return json!({ "Fn::Or": conditions });
    }
    let size = conditions.len().div_ceil(MOST).max(2);
    let groups = conditions.chunks(size).map(|group| match group {
        [one] => one.clone(),
        several => any_of(several),
    });
    json!({ "Fn::Or": groups.collect::<Vec<_>>() })
}
