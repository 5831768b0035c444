//! Before anything is transformed: every API gets a definition, events without an API get one, and the APIs get the
//! paths of all events, under the conditions of the functions behind them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::editor::{self, ANY_METHOD, DEFAULT_PATH};
use super::expect::should_be;
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
    let globals = template.get("Globals").cloned().unwrap_or_default();
    for kind in [&REST, &HTTP] {
        give_definitions(template, kind);
    }
    // AWS: mistakes of one kind are reported before the other is looked at.
    [&REST, &HTTP].iter().try_for_each(|kind| prepare_kind(template, &globals, kind))
}

fn skeleton(kind: &Kind) -> Value {
    editor::skeleton(kind.version.0, kind.version.1)
}

impl Kind {
    fn is_valid(&self, definition: &Value) -> bool {
        if self.stage.is_some() {
            editor::is_valid_rest(definition)
        } else {
            editor::is_valid_http(definition)
        }
    }

    fn check(&self, definition: &Value) -> Outcome<()> {
        if self.stage.is_some() { editor::check_rest(definition) } else { editor::check_http(definition) }
    }
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

fn prepare_kind(template: &mut Value, globals: &Value, kind: &Kind) -> Result<(), SamError> {
    let own = template["Resources"].get(kind.implicit_id).cloned();
    template["Resources"][kind.implicit_id] = implicit_api(kind);
    let mut conditions = Conditions::new();
    let mut causes = Vec::new();
    for id in owner_ids(template) {
        match prepare_owner(template, globals, kind, &id, &mut conditions) {
            Ok(()) => {}
            Err(cause) if cause.last => return Err(cause.into()),
            Err(cause) => causes.push(cause),
        }
    }
    condition_implicit_api(template, kind, &conditions);
    keep_implicit_api(template, kind);
    condition_paths(template, kind, &conditions);
    if editor::paths(&template["Resources"][kind.implicit_id]["Properties"]["DefinitionBody"]).is_empty() {
        restore(template, kind.implicit_id, own);
    }
    if causes.is_empty() { Ok(()) } else { Err(SamError::new(causes)) }
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

/// The types of what API events call.
const OWNERS: &[&str] = &["AWS::Serverless::Function", "AWS::Serverless::StateMachine"];

fn owner_ids(template: &Value) -> Vec<String> {
    let resources = template.get("Resources").and_then(Value::as_object);
    let owners =
        resources.into_iter().flatten().filter(|(_, resource)| OWNERS.contains(&type_name(resource)));
    owners.map(|(id, _)| id.clone()).collect()
}

fn prepare_owner(
    template: &mut Value,
    globals: &Value,
    kind: &Kind,
    id: &str,
    conditions: &mut Conditions,
) -> Outcome<()> {
    let owner = template["Resources"][id].clone();
    let condition = owner.get("Condition").and_then(Value::as_str).map(str::to_owned);
    let Some(events) = owner.get("Properties").and_then(|all| all.get("Events")).and_then(Value::as_object)
    else {
        return Ok(());
    };
    for (event_id, event) in events.iter().filter(|(_, event)| type_name(event) == kind.event) {
        let wrong = |reason: String| Cause::event(id, event_id, reason);
        let properties = event_properties(event, kind).map_err(wrong)?;
        let Some(mut properties) = properties else { continue };
        if !properties.contains_key(kind.id_property) {
            tag_implicit_api(template, globals, kind, &owner);
            properties.insert(kind.id_property.to_owned(), reference(kind.implicit_id));
        }
        let place = Place::of(&properties, kind).map_err(wrong)?;
        let methods = conditions.entry(place.api.clone()).or_default().entry(place.path.clone()).or_default();
        methods.insert(place.method.clone(), condition.clone());
        prepare_api(template, kind, &place, wrong)?;
        if let Some(settings) = properties.get("RouteSettings").filter(|_| kind.stage.is_none()) {
            let settings = editor::conditional(condition.as_deref(), settings.clone());
            add_route_settings(
                &mut template["Resources"][&place.api]["Properties"],
                &place,
                &settings,
                wrong,
            )?;
        }
        template["Resources"][id]["Properties"]["Events"][event_id]["Properties"] = Value::Object(properties);
    }
    Ok(())
}

/// The event's properties, completed. REST events without properties are left for the function's own check.
fn event_properties(event: &Value, kind: &Kind) -> Result<Option<Map<String, Value>>, String> {
    let mut properties = match event.get("Properties") {
        None => Map::new(),
        Some(given) if !is_set(given) && kind.stage.is_some() => return Ok(None),
        Some(Value::Object(properties)) => properties.clone(),
        Some(_) => return Err("Properties should be a map.".into()),
    };
    if properties.is_empty() && kind.stage.is_some() {
        return Ok(None);
    }
    let has = |name: &str| properties.get(name).is_some_and(is_set);
    if kind.stage.is_none() && !has("Path") && !has("Method") {
        properties.insert("Path".to_owned(), DEFAULT_PATH.into());
        properties.insert("Method".to_owned(), ANY_METHOD.into());
    }
    Ok(Some(properties))
}

/// Where an event leads from.
struct Place {
    api: String,
    path: String,
    method: String,
}

impl Place {
    fn of(properties: &Map<String, Value>, kind: &Kind) -> Result<Self, String> {
        for name in ["Path", "Method"] {
            if properties.get(name).is_none_or(Value::is_null) {
                return Err(format!("Property '{name}' is required."));
            }
        }
        let api = properties.get(kind.id_property).and_then(api_id);
        let text = |name: &str| {
            let text = properties.get(name).and_then(Value::as_str).map(str::to_owned);
            text.ok_or_else(|| should_be(name, "string"))
        };
        Ok(Self {
            api: api.ok_or_else(|| should_be(kind.id_property, "string"))?,
            path: text("Path")?,
            method: text("Method")?,
        })
    }
}

/// Gives the API the event's path, if it is one whose definition the transform writes.
fn prepare_api(
    template: &mut Value,
    kind: &Kind,
    place: &Place,
    wrong: impl Fn(String) -> Cause,
) -> Outcome<()> {
    let api = template["Resources"].get_mut(&place.api);
    // AWS: events of REST APIs may name what is no such API, but no HTTP API.
    let api = api.filter(|api| kind.stage.is_none() || type_name(api) != HTTP.api_type);
    let Some(api) = api else {
        return Err(wrong(format!(
            "{} must be a valid reference to an '{}' resource in same template.",
            kind.id_property, kind.api_type
        )));
    };
    let Some(properties) = api.get_mut("Properties").and_then(Value::as_object_mut) else { return Ok(()) };
    if !properties.get(MANAGED).is_some_and(is_set) {
        return Ok(());
    }
    match properties.get_mut("DefinitionBody") {
        Some(definition) if kind.is_valid(definition) => {
            kind.check(definition)?;
            editor::add_path(definition, &place.path, &editor::method_name(&place.method))
        }
        _ => Ok(()),
    }
}

/// The tags of a function pass on to the API that its events share, where it says so.
fn tag_implicit_api(template: &mut Value, globals: &Value, kind: &Kind, owner: &Value) {
    let section = type_name(owner).rsplit("::").next().and_then(|name| globals.get(name));
    let find = |name: &str| {
        let set = |from: Option<&Value>| from?.get(name).filter(|value| is_set(value)).cloned();
        set(owner.get("Properties")).or_else(|| set(section))
    };
    let (Some(Value::Object(tags)), Some(_)) = (find("Tags"), find("PropagateTags")) else { return };
    let properties = &mut template["Resources"][kind.implicit_id]["Properties"];
    if !properties.get("Tags").is_some_and(Value::is_object) {
        properties["Tags"] = json!({});
    }
    if let Some(known) = properties["Tags"].as_object_mut() {
        known.extend(tags);
    }
    properties["PropagateTags"] = json!(true);
}

/// The logical id of an event's API; nothing where it is not known before deployment.
pub(super) fn api_id(given: &Value) -> Option<String> {
    given.get("Ref").unwrap_or(given).as_str().map(str::to_owned)
}

fn add_route_settings(
    api: &mut Value,
    place: &Place,
    settings: &Value,
    wrong: impl Fn(String) -> Cause,
) -> Outcome<()> {
    let route = if place.method == ANY_METHOD {
        place.path.clone()
    } else {
        format!("{} {}", place.method.to_uppercase(), place.path)
    };
    let settings = settings.as_object().ok_or_else(|| wrong(should_be("RouteSettings", "map")))?;
    if !api.is_object() {
        return Err(Cause::resource(&place.api, should_be("Properties", "map")));
    }
    if api.get("RouteSettings").is_none() {
        api["RouteSettings"] = json!({});
    }
    if !api["RouteSettings"].is_object() {
        return Err(Cause::resource(&place.api, should_be("RouteSettings", "map")));
    }
    let known = &mut api["RouteSettings"][&route];
    if !known.is_object() {
        *known = json!({});
    }
    if let Some(known) = known.as_object_mut() {
        known.extend(settings.clone());
    }
    Ok(())
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
        let given: Vec<String> = owner_ids(template)
            .iter()
            .map(|id| &template["Resources"][id])
            .filter(|owner| uses_implicit_api(owner, kind))
            .filter_map(|owner| owner.get(attribute)?.as_str().map(str::to_owned))
            .collect();
        if let Some(policy) = strongest_first.iter().find(|policy| given.iter().any(|given| given == *policy))
        {
            template["Resources"][kind.implicit_id][attribute] = json!(policy);
        }
    }
}

fn uses_implicit_api(owner: &Value, kind: &Kind) -> bool {
    let events = owner.get("Properties").and_then(|all| all.get("Events")).and_then(Value::as_object);
    events.into_iter().flatten().any(|(_, event)| {
        let api = event.get("Properties").and_then(|properties| properties.get(kind.id_property));
        type_name(event) == kind.event && api.and_then(api_id).as_deref() == Some(kind.implicit_id)
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
            combine(&mut template["Conditions"], name, several);
            Some(name.to_owned())
        }
    }
}

/// AWS: `Fn::Or` takes at most ten conditions, so that of more the first ten make one, which stands behind the rest.
fn combine(conditions: &mut Value, name: &str, all: &[&String]) {
    const MOST: usize = 10;
    let mut left: std::collections::VecDeque<String> = all.iter().map(|name| (*name).clone()).collect();
    let mut more = all.len().saturating_sub(2) / (MOST - 1);
    while left.len() > 1 {
        let made = if more > 0 { format!("{name}{more}") } else { name.to_owned() };
        more = more.saturating_sub(1);
        let group: Vec<Value> =
            left.drain(..left.len().min(MOST)).map(|name| json!({ "Condition": name })).collect();
        conditions[&made] = json!({ "Fn::Or": group });
        left.push_back(made);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_conditions_than_a_function_takes() {
        let names: Vec<String> = (0..12).map(|index| format!("C{index:02}")).collect();
        let mut conditions = json!({});
        combine(&mut conditions, "Any", &names.iter().collect::<Vec<_>>());
        let count = |name: &str| conditions[name]["Fn::Or"].as_array().map(Vec::len);
        assert_eq!((count("Any1"), count("Any")), (Some(10), Some(3)));
        assert_eq!(conditions["Any"]["Fn::Or"][2], json!({"Condition": "Any1"}));
    }
}
