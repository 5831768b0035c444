//! `UsagePlan` of a REST API: a plan with a key, of the API alone or shared by all that say so.

use serde_json::{Map, Value, json};

use super::{Given, auth};
use crate::sam::python;
use crate::sam::resource::{Made, Plain, is_set, reference};
use crate::sam::{Cause, Outcome, Work};

const KEYS: &[&str] = &["CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"];
const CONDITION: &str = "SharedUsagePlanCondition";

/// What the APIs have in common that share a plan.
#[derive(Debug, Default)]
pub(in crate::sam) struct Shared {
    apis: Vec<Value>,
    stages: Vec<Value>,
    keys: Vec<Value>,
    conditions: Vec<String>,
    /// One of them has no condition, so that the plan has none.
    unconditional: bool,
    deletion: Option<Value>,
    replacement: Option<Value>,
}

/// The ids of a plan's parts, what they depend on and stand for.
struct Plan {
    ids: [String; 3],
    apis: Vec<Value>,
    stages: Vec<Value>,
    keys: Vec<Value>,
    /// The resource whose attributes they have.
    attributes: Value,
}

/// The plan, its key and what joins them.
pub(super) fn make(work: &mut Work<'_>, given: &Given<'_>, auth: &Value, stage: &str) -> Outcome<Vec<Made>> {
    let Some(plan) = auth::usage_plan(auth) else { return Ok(Vec::new()) };
    let wrong = |reason: String| Cause::resource(given.id, reason);
    let members = plan.as_object().ok_or_else(|| wrong("'UsagePlan' must be a dictionary".into()))?;
    if members.keys().any(|key| !KEYS.contains(&key.as_str())) {
        return Err(wrong("Invalid property for 'UsagePlan'".into()));
    }
    let create = members.get("CreateUsagePlan").filter(|create| !create.is_null());
    let create =
        create.ok_or_else(|| wrong("'CreateUsagePlan' is a required field for UsagePlan.".into()))?;
    match create.as_str() {
        Some("NONE") => Ok(Vec::new()),
        Some("PER_API") => Ok(of(&own(given, stage), members)),
        Some("SHARED") => Ok(of(&shared(work, given, stage)?, members)),
        _ => {
            let accepted = python::shown(&json!(["SHARED", "PER_API", "NONE"]));
            Err(wrong(format!("'CreateUsagePlan' accepts one of {accepted}.")))
        }
    }
}

fn stage_of(given: &Given<'_>, stage: &str) -> [Value; 2] {
    let (api, stage) = (reference(given.id), reference(stage));
    [json!({ "ApiId": api, "Stage": stage }), json!({ "RestApiId": api, "StageName": stage })]
}

fn own(given: &Given<'_>, stage: &str) -> Plan {
    let [stage, key] = stage_of(given, stage);
    Plan {
        ids: ["UsagePlan", "ApiKey", "UsagePlanKey"].map(|name| format!("{}{name}", given.id)),
        apis: vec![json!(given.id)],
        stages: vec![stage],
        keys: vec![key],
        attributes: given.source.clone(),
    }
}

fn shared(work: &mut Work<'_>, given: &Given<'_>, stage: &str) -> Outcome<Plan> {
    let [stage, key] = stage_of(given, stage);
    // The lists grow with every API that shares the plan and stand in each of its states.
    work.room.take(given.id, &json!([work.shared_plan.stages, work.shared_plan.keys]))?;
    let attributes = attributes(work, given.source)?;
    let shared = &mut work.shared_plan;
    shared.apis.push(json!(given.id));
    shared.stages.push(stage);
    shared.keys.push(key);
    Ok(Plan {
        ids: ["UsagePlan", "ApiKey", "UsagePlanKey"].map(|name| format!("Serverless{name}")),
        apis: shared.apis.clone(),
        stages: shared.stages.clone(),
        keys: shared.keys.clone(),
        attributes,
    })
}

/// The attributes that the shared plan has once this API is among those that share it.
fn attributes(work: &mut Work<'_>, source: &Value) -> Outcome<Value> {
    let given = |name: &str| source.get(name).filter(|value| is_set(value)).cloned();
    let shared = &mut work.shared_plan;
    keep_stronger(&mut shared.deletion, given("DeletionPolicy"), &["Retain"]);
    keep_stronger(&mut shared.replacement, given("UpdateReplacePolicy"), &["Retain", "Snapshot"]);
    condition(work, source.get("Condition").and_then(Value::as_str))?;
    let shared = &work.shared_plan;
    let mut attributes = Map::new();
    let conditional = !shared.conditions.is_empty() && !shared.unconditional;
    for (name, value) in [
        ("DeletionPolicy", shared.deletion.clone()),
        ("UpdateReplacePolicy", shared.replacement.clone()),
        ("Condition", conditional.then(|| json!(CONDITION))),
    ] {
        attributes.extend(value.map(|value| (name.to_owned(), value)));
    }
    Ok(Value::Object(attributes))
}

/// The first policy stays until one comes that keeps more.
fn keep_stronger(kept: &mut Option<Value>, given: Option<Value>, strongest_first: &[&str]) {
    let Some(given) = given else { return };
    let rank = |policy: &Value| strongest_first.iter().position(|known| policy == known);
    let stronger = match (&kept, rank(&given)) {
        (None, _) => true,
        (Some(_), Some(0)) => true,
        // AWS: a snapshot is more than nothing, and less than all else.
        (Some(kept), Some(_)) => *kept == "Delete",
        (Some(_), None) => false,
    };
    if stronger {
        *kept = Some(given);
    }
}

/// The plan exists while one of its APIs does.
fn condition(work: &mut Work<'_>, condition: Option<&str>) -> Outcome<()> {
    let shared = &mut work.shared_plan;
    if shared.unconditional {
        return Ok(());
    }
    let Some(condition) = condition else {
        shared.unconditional = true;
        if let Some(conditions) = work.template.get_mut("Conditions").and_then(Value::as_object_mut) {
            conditions.shift_remove(CONDITION);
        }
        return Ok(());
    };
    if shared.conditions.iter().any(|known| known == condition) {
        return Ok(());
    }
    let Some(conditions) = work.template.get_mut("Conditions").and_then(Value::as_object_mut) else {
        return Err(Cause::structure(
            "Can't have condition without having 'Conditions' section in the template",
        ));
    };
    shared.conditions.push(condition.to_owned());
    let all: Vec<Value> = shared.conditions.iter().map(|name| json!({ "Condition": name })).collect();
    // AWS: one condition alone is written without a function around it.
    let combined = if all.len() == 1 { json!(condition) } else { json!({ "Fn::Or": all }) };
    conditions.insert(CONDITION.to_owned(), combined);
    Ok(())
}

fn of(plan: &Plan, given: &Map<String, Value>) -> Vec<Made> {
    let [plan_id, key_id, join_id] = &plan.ids;
    let part = |type_name: &'static str, needs: Value| {
        Plain::passing(type_name, &plan.attributes).attribute("DependsOn", needs)
    };
    let mut usage_plan =
        part("AWS::ApiGateway::UsagePlan", json!(plan.apis)).with("ApiStages", plan.stages.clone());
    for name in KEYS.iter().filter(|name| **name != "CreateUsagePlan") {
        usage_plan = usage_plan.copy_as(name, given.get(*name).filter(|value| is_set(value)));
    }
    let key = part("AWS::ApiGateway::ApiKey", json!([plan_id]))
        .with("Enabled", true)
        .with("StageKeys", plan.keys.clone())
        .build();
    let join = part("AWS::ApiGateway::UsagePlanKey", json!([key_id]))
        .with("KeyId", reference(key_id))
        .with("KeyType", "API_KEY")
        .with("UsagePlanId", reference(plan_id))
        .build();
    vec![(plan_id.clone(), usage_plan.build()), (key_id.clone(), key), (join_id.clone(), join)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_more_stays() {
        const POLICIES: &[&str] = &["Retain", "Snapshot"];
        for (given, expected) in [
            (&["Delete", "Snapshot", "Delete"][..], "Snapshot"),
            (&["Snapshot", "Retain", "Snapshot"], "Retain"),
            (&["Delete"], "Delete"),
        ] {
            let mut kept = None;
            for policy in given {
                keep_stronger(&mut kept, Some(json!(policy)), POLICIES);
            }
            assert_eq!(kept, Some(json!(expected)), "{given:?}");
        }
    }
}
