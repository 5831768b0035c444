//! `AWS::Serverless::CapacityProvider`: instances of one's own on which functions run, and the role that starts them.
//! And what a function says of the one that it runs on.

use serde_json::{Map, Value, json};

use super::resource::{Made, Plain, Properties, get_att, tag_list};
use super::role::{self, Role};
use super::{Cause, Outcome, Work, tags};

/// What a member of a property must be. A map stands for anything: it may be a function.
enum Shape {
    List,
    Integer,
    Number,
    Map,
}

use Shape::{Integer, List, Number};

/// A property with its members: their names, whether they must be there, and what they must be.
type Members = (&'static str, &'static [(&'static str, bool, Shape)]);

// AWS: "AWS::Serverless::CapacityProvider".
const MEMBERS: &[Members] = &[
    ("VpcConfig", &[("SecurityGroupIds", false, List), ("SubnetIds", true, List)]),
    (
        "InstanceRequirements",
        &[("Architectures", false, List), ("AllowedTypes", false, List), ("ExcludedTypes", false, List)],
    ),
    ("ScalingConfig", &[("MaxVCpuCount", false, Integer), ("AverageCPUUtilization", false, Number)]),
    ("ManagedResourceTags", &[("Tags", false, Shape::Map)]),
];

/// What the provider stands for.
pub(super) fn transform(_: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    check(&properties)?;
    let mut made = Vec::new();
    let operator = if let Some(given) = properties.set("OperatorRole") {
        given.clone()
    } else {
        let role_id = format!("{id}OperatorRole");
        let arn = get_att(&role_id, "Arn");
        made.push((role_id, operator_role(id, source)));
        arn
    };
    made.push((id.to_owned(), provider(source, &properties, &operator)));
    combine_tags(&properties, &mut made);
    Ok(made)
}

fn check(properties: &Properties<'_>) -> Outcome<()> {
    let mut wrong = Vec::new();
    for (name, members) in MEMBERS {
        if let Some(given) = properties.get(name).and_then(Value::as_object) {
            check_members(name, given, members, &mut wrong);
        }
    }
    if !wrong.is_empty() {
        return Err(Cause::resource(properties.id, wrong.join(" ")));
    }
    let requirements = properties.get("InstanceRequirements");
    let has = |name: &str| requirements.and_then(|all| all.get(name)).is_some_and(|types| !types.is_null());
    if has("AllowedTypes") && has("ExcludedTypes") {
        let reason = "Cannot specify 'InstanceRequirements.AllowedTypes' and \
                      'InstanceRequirements.ExcludedTypes' together.";
        return Err(Cause::resource(properties.id, reason));
    }
    Ok(())
}

fn check_members(
    name: &str,
    given: &Map<String, Value>,
    members: &[(&str, bool, Shape)],
    wrong: &mut Vec<String>,
) {
    for (member, required, shape) in members {
        match given.get(*member) {
            None if *required => wrong.push(format!("Property '{name}.{member}' is required.")),
            Some(value) if !value.is_null() => {
                if let Some(expected) = misfit(value, shape) {
                    wrong.push(format!("Property '{name}.{member}' value {expected}."));
                }
            }
            _ => {}
        }
    }
    let mut unknown: Vec<&String> =
        given.keys().filter(|given| members.iter().all(|(name, ..)| name != given)).collect();
    unknown.sort();
    wrong.extend(unknown.into_iter().map(|it| format!("Property '{name}.{it}' is an invalid property.")));
}

fn misfit(value: &Value, shape: &Shape) -> Option<&'static str> {
    let number = |whole: bool| match value {
        Value::Number(_) | Value::Bool(_) => true,
        Value::String(text) => text.parse::<f64>().is_ok_and(|number| !whole || number.fract() == 0.0),
        _ => false,
    };
    let (fits, expected) = match shape {
        List => (value.is_array(), "must be dictionary or list"),
        Integer => (number(true), "must be dictionary or integer"),
        Number => (number(false), "must be dictionary or number"),
        Shape::Map => (false, "is not a valid dict"),
    };
    (!fits && !value.is_object()).then_some(expected)
}

fn provider(source: &Value, properties: &Properties<'_>, operator: &Value) -> Value {
    let managed = properties.set("ManagedResourceTags");
    Plain::replacing("AWS::Lambda::CapacityProvider", source)
        .copy_as("CapacityProviderName", properties.set("CapacityProviderName"))
        .maybe(
            "VpcConfig",
            properties.set("VpcConfig").map(|vpc| {
                kept(vpc, &[("SubnetIds", "SubnetIds"), ("SecurityGroupIds", "SecurityGroupIds")])
            }),
        )
        .with("PermissionsConfig", json!({ "CapacityProviderOperatorRoleArn": operator }))
        .with("Tags", tag_list(&our_tags(properties.get("Tags"))))
        .maybe(
            "InstanceRequirements",
            properties.set("InstanceRequirements").map(|given| {
                kept(
                    given,
                    &[
                        ("Architectures", "Architectures"),
                        ("AllowedTypes", "AllowedInstanceTypes"),
                        ("ExcludedTypes", "ExcludedInstanceTypes"),
                    ],
                )
            }),
        )
        .maybe("CapacityProviderScalingConfig", properties.set("ScalingConfig").map(scaling))
        .copy_as("KmsKeyArn", properties.set("KmsKeyArn"))
        .maybe(
            "TelemetryConfig",
            properties.set("LoggingConfig").map(|logs| json!({ "LoggingConfig": logs })),
        )
        .maybe("PropagateTags", managed.map(explicit_tags))
        .build()
}

/// The members that are there, by the names that CloudFormation has for them.
fn kept(given: &Value, names: &[(&str, &str)]) -> Value {
    let member = |(from, to): &(&str, &str)| {
        let value = given.get(*from).filter(|value| !value.is_null())?;
        Some(((*to).to_owned(), value.clone()))
    };
    Value::Object(names.iter().filter_map(member).collect())
}

fn scaling(given: &Value) -> Value {
    let mut scaling = kept(given, &[("MaxVCpuCount", "MaxVCpuCount")]);
    let target = given.get("AverageCPUUtilization").filter(|target| !target.is_null());
    scaling["ScalingMode"] = json!(if target.is_some() { "Manual" } else { "Auto" });
    if let Some(target) = target {
        let target = target.as_f64().map_or_else(|| target.clone(), |number| json!(number));
        let metric = "LambdaCapacityProviderAverageCPUUtilization";
        scaling["ScalingPolicies"] = json!([{ "PredefinedMetricType": metric, "TargetValue": target }]);
    }
    scaling
}

fn explicit_tags(managed: &Value) -> Value {
    match managed.get("Tags").and_then(Value::as_object) {
        Some(tags) => json!({ "Mode": "Explicit", "ExplicitTags": tag_list(tags) }),
        None => json!({}),
    }
}

/// AWS: here the mark comes last.
fn our_tags(own: Option<&Value>) -> Map<String, Value> {
    let mut tags = own.and_then(Value::as_object).cloned().unwrap_or_default();
    tags.insert("lambda:createdBy".to_owned(), json!("SAM"));
    tags
}

fn operator_role(id: &str, source: &Value) -> Value {
    let role = Role::new(id, &["AWSLambdaManagedEC2ResourceOperator"]);
    role.state(
        Plain::passing("AWS::IAM::Role", source)
            .with("AssumeRolePolicyDocument", role::assumed_by("lambda.amazonaws.com"))
            .with("Tags", tag_list(&our_tags(None))),
    )
    .build()
}

/// AWS: here the tags that pass on join those that are there.
fn combine_tags(properties: &Properties<'_>, made: &mut [Made]) {
    let Some(own) = tags::propagated(properties) else { return };
    for (_, resource) in made {
        let list = resource["Properties"]["Tags"].as_array().cloned().unwrap_or_default();
        let mut all = Map::new();
        for tag in list {
            if let Some(key) = tag["Key"].as_str() {
                all.insert(key.to_owned(), tag["Value"].clone());
            }
        }
        all.extend(own.clone());
        resource["Properties"]["Tags"] = json!(tag_list(&all));
    }
}

/// `CapacityProviderConfig` of a function, in CloudFormation's words.
pub(super) fn of_function(properties: &Properties<'_>) -> Outcome<Option<Value>> {
    let Some(config) = properties.set("CapacityProviderConfig") else { return Ok(None) };
    let names = [
        ("Arn", "CapacityProviderArn"),
        ("PerExecutionEnvironmentMaxConcurrency", "PerExecutionEnvironmentMaxConcurrency"),
        ("ExecutionEnvironmentMemoryGiBPerVCpu", "ExecutionEnvironmentMemoryGiBPerVCpu"),
    ];
    let mut wrong = Vec::new();
    if config.get("Arn").is_none() {
        wrong.push("Arn\n  field required (type=value_error.missing)".to_owned());
    }
    let given = config.as_object().into_iter().flat_map(Map::keys);
    let unknown = given.filter(|given| names.iter().all(|(name, _)| name != given));
    wrong.extend(unknown.map(|it| format!("{it}\n  extra fields not permitted (type=value_error.extra)")));
    if wrong.is_empty() {
        return Ok(Some(json!({ "LambdaManagedInstancesCapacityProviderConfig": kept(config, &names) })));
    }
    let errors = if wrong.len() == 1 { "error" } else { "errors" };
    let reason = format!(
        "Invalid CapacityProviderConfig: {} validation {errors} for CapacityProviderConfig\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    Err(Cause::resource(properties.id, reason))
}
