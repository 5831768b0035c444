//! `DeploymentPreference`: gradual deployments by CodeDeploy, an application and a role for all functions, a group each.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::policies::policy_arn;
use super::resolve::{resolve, resolve_mappings};
use super::resource::{
    Made, Plain, Properties, choice, choices, get_att, is_intrinsic, is_no_value, is_set, reference, tag_list,
};
use super::{Cause, Outcome, Work, role, tags};

const APPLICATION: &str = "ServerlessDeploymentApplication";
const ROLE: &str = "CodeDeployServiceRole";
const CONDITION: &str = "ServerlessCodeDeployCondition";

/// Configurations that CodeDeploy has, by their short names.
// AWS: "Predefined deployment configurations for an AWS Lambda compute platform".
const PREDEFINED: &[&str] = &[
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
    "AllAtOnce",
];

/// How one function is deployed.
pub(super) struct Deployment {
    function: String,
    kind: Value,
    alarms: Option<Value>,
    role: Option<Value>,
    triggers: Option<Value>,
    condition: Option<String>,
    tags: Map<String, Value>,
}

/// Notes how the function is to be deployed; the update policy of its alias, if it is to be deployed gradually.
pub(super) fn add(
    work: &mut Work<'_>,
    properties: &Properties<'_>,
    source: &Value,
    published: bool,
) -> Outcome<Option<Value>> {
    let id = properties.id;
    let Some(preference) = properties.set("DeploymentPreference").and_then(Value::as_object) else {
        return Ok(None);
    };
    let wrong = |reason: &str| Err(Cause::resource(id, reason));
    let known = |name: &str| preference.get(name).map(|value| looked_up(work, id, value)).transpose();
    let (enabled, kind) = (known("Enabled")?, known("Type")?);
    let passed = passes_condition(work, id, preference)?;
    let off = |value: &Value| !is_set(value) || value == "false" || value == "False";
    if enabled.as_ref().is_some_and(off) {
        return Ok(None);
    }
    let Some(kind) = kind else {
        return wrong("'DeploymentPreference' is missing required Property 'Type'");
    };
    let hooks = preference.get("Hooks");
    if hooks.is_some_and(|hooks| !hooks.is_object()) {
        return wrong("'Hooks' property of 'DeploymentPreference' must be a dictionary");
    }
    let given = |name: &str| preference.get(name).filter(|value| !value.is_null()).cloned();
    let condition = source.get("Condition").and_then(Value::as_str).filter(|_| passed);
    let deployment = Deployment {
        function: id.to_owned(),
        kind,
        alarms: given("Alarms"),
        role: given("Role").filter(is_set),
        triggers: given("TriggerConfigurations").filter(is_set),
        condition: condition.map(str::to_owned),
        tags: tags::propagated(properties).cloned().unwrap_or_default(),
    };
    let group = deployment.group_id();
    let alarms = alarms(deployment.alarms.as_ref());
    work.deployments.push(deployment);
    if !published {
        return wrong("'DeploymentPreference' requires AutoPublishAlias property to be specified.");
    }
    alarms.map_err(|reason| Cause::resource(id, reason))?;
    Ok(Some(update_policy(&group, hooks)))
}

/// A value with parameters and mappings looked up.
fn looked_up(work: &Work<'_>, id: &str, value: &Value) -> Outcome<Value> {
    resolve_mappings(work, &resolve(work, id, value)?)
}

/// Whether what CodeDeploy needs is made under the function's condition.
fn passes_condition(work: &Work<'_>, id: &str, preference: &Map<String, Value>) -> Outcome<bool> {
    let Some(given) = preference.get("PassthroughCondition") else { return Ok(false) };
    let given = looked_up(work, id, given)?;
    match &given {
        Value::Bool(truth) => Ok(*truth),
        Value::String(text) if text == "true" || text == "True" => Ok(true),
        Value::String(text) if text == "false" || text == "False" => Ok(false),
        Value::Number(number) if number.as_f64() == Some(1.0) => Ok(true),
        Value::Number(number) if number.as_f64() == Some(0.0) => Ok(false),
        other if is_intrinsic(other) => Err(Cause::resource(
            id,
            "Unsupported intrinsic: the only intrinsic functions supported for property PassthroughCondition are \
             FindInMap and parameter Refs.",
        )),
        _ => Err(Cause::resource(id, "Invalid value for property PassthroughCondition.")),
    }
}

fn update_policy(group: &str, hooks: Option<&Value>) -> Value {
    let mut update = Map::from_iter([
        ("ApplicationName".to_owned(), reference(APPLICATION)),
        ("DeploymentGroupName".to_owned(), reference(group)),
    ]);
    for (name, hook) in [("BeforeAllowTrafficHook", "PreTraffic"), ("AfterAllowTrafficHook", "PostTraffic")] {
        let given = hooks.and_then(|hooks| hooks.get(hook)).filter(|hook| !hook.is_null());
        if let Some(hook) = given.filter(|hook| **hook != json!({ "Ref": null })) {
            update.insert(name.to_owned(), hook.clone());
        }
    }
    json!({ "CodeDeployLambdaAliasUpdate": update })
}

impl Deployment {
    fn group_id(&self) -> String {
        format!("{}DeploymentGroup", self.function)
    }

    fn group(&self) -> Outcome<Made> {
        let alarms = alarms(self.alarms.as_ref());
        let alarms = alarms.map_err(|reason| Cause::resource(&self.function, reason))?;
        let group = Plain::new("AWS::CodeDeploy::DeploymentGroup")
            .maybe("AlarmConfiguration", alarms)
            .with("ApplicationName", reference(APPLICATION))
            .with(
                "AutoRollbackConfiguration",
                json!({
                    "Enabled": true,
                    "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
                }),
            )
            .with("DeploymentConfigName", configuration(&self.kind, None))
            .with(
                "DeploymentStyle",
                json!({ "DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL" }),
            )
            .with("ServiceRoleArn", self.role.clone().unwrap_or_else(|| get_att(ROLE, "Arn")))
            .maybe("TriggerConfigurations", self.triggers.clone())
            .maybe("Tags", (!self.tags.is_empty()).then(|| tag_list(&self.tags)));
        let group = match &self.condition {
            Some(condition) => group.attribute("Condition", condition.as_str()),
            None => group,
        };
        Ok((self.group_id(), group.build()))
    }
}

/// The alarms that stop a deployment.
fn alarms(alarms: Option<&Value>) -> Result<Option<Value>, &'static str> {
    let Some(alarms) = alarms.filter(|alarms| is_set(alarms) && !is_no_value(alarms)) else {
        return Ok(None);
    };
    match choice(alarms) {
        None => alarm_list(alarms).map(Some),
        Some(argument) => {
            let (condition, yes, no) = choices(argument)?;
            Ok(Some(json!({ "Fn::If": [condition, alarm_list(yes)?, alarm_list(no)?] })))
        }
    }
}

fn alarm_list(alarms: &Value) -> Result<Value, &'static str> {
    let alarms = alarms.as_array().ok_or("Alarms must be a list")?;
    if alarms.first().is_none_or(is_no_value) {
        return Ok(json!({}));
    }
    let alarms: Vec<Value> = alarms.iter().map(|alarm| json!({ "Name": alarm })).collect();
    Ok(json!({ "Enabled": true, "Alarms": alarms }))
}

/// The configuration's name, or a function of names; predefined ones by their full names.
fn configuration(value: &Value, function: Option<&str>) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| configuration(item, None)).collect(),
        Value::Object(members) if is_intrinsic(value) => {
            let members =
                members.iter().map(|(name, value)| (name.clone(), configuration(value, Some(name))));
            Value::Object(members.collect())
        }
        Value::String(name) if PREDEFINED.contains(&name.as_str()) => {
            let named = json!(["CodeDeployDefault.Lambda${ConfigName}", { "ConfigName": name }]);
            if function == Some("Fn::Sub") { named } else { json!({ "Fn::Sub": named }) }
        }
        other => other.clone(),
    }
}

/// What all gradual deployments of the template need.
pub(super) fn finish(work: &mut Work<'_>) -> Vec<Cause> {
    let deployments = std::mem::take(&mut work.deployments);
    if deployments.is_empty() {
        return Vec::new();
    }
    let condition = condition(work, &deployments);
    let mut tags = Map::new();
    for deployment in &deployments {
        tags.extend(deployment.tags.clone());
    }
    let shared = |plain: Plain| {
        let plain = plain.maybe("Tags", (!tags.is_empty()).then(|| tag_list(&tags)));
        match &condition {
            Some(condition) => plain.attribute("Condition", condition.as_str()),
            None => plain,
        }
    };
    let application = shared(Plain::new("AWS::CodeDeploy::Application").with("ComputePlatform", "Lambda"));
    let mut made = vec![(APPLICATION.to_owned(), application.build())];
    if deployments.iter().any(|deployment| deployment.role.is_none()) {
        let role = Plain::new("AWS::IAM::Role")
            .with("AssumeRolePolicyDocument", role::assumed_by("codedeploy.amazonaws.com"))
            .with("ManagedPolicyArns", vec![policy_arn("service-role/AWSCodeDeployRoleForLambda")]);
        made.push((ROLE.to_owned(), shared(role).build()));
    }
    let mut causes = Vec::new();
    for deployment in &deployments {
        match deployment.group() {
            Ok(group) => made.push(group),
            Err(cause) => causes.push(cause),
        }
    }
    for (id, resource) in made {
        if let Err(cause) = work.room.take(&id, &resource) {
            causes.push(cause);
        }
        work.resources_mut().insert(id, resource);
    }
    causes
}

/// The condition under which anything is deployed gradually, if each is under one.
fn condition(work: &mut Work<'_>, deployments: &[Deployment]) -> Option<String> {
    let all: Option<BTreeSet<&String>> =
        deployments.iter().map(|deployment| deployment.condition.as_ref()).collect();
    let all: Vec<String> = all?.into_iter().cloned().collect();
    match all.as_slice() {
        [one] => Some(one.clone()),
        several => {
            combine(work, several.to_vec());
            Some(CONDITION.to_owned())
        }
    }
}

/// One condition of many, in steps where they are more than a function takes.
// AWS: `Fn::Or` takes at most ten conditions.
fn combine(work: &mut Work<'_>, mut all: Vec<String>) {
    const MOST: usize = 10;
    let mut number = all.len().saturating_sub(2) / (MOST - 1);
    while all.len() > 1 {
        let name = if number > 0 { format!("{CONDITION}{number}") } else { CONDITION.to_owned() };
        number = number.saturating_sub(1);
        let rest = all.split_off(all.len().min(MOST));
        let any: Vec<Value> = all.iter().map(|name| json!({ "Condition": name })).collect();
        work.set_condition(&name, json!({ "Fn::Or": any }));
        all = rest;
        all.push(name);
    }
}
