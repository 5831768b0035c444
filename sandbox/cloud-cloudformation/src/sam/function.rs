//! `AWS::Serverless::Function`: a function, its role, perhaps a version with an alias and a URL, where its results go,
//! and its events.

use serde_json::{Map, Value, json};

use super::events::{self, Callee};
use super::policies::{Policies, is_on};
use super::publish;
use super::resolve::resolve;
use super::resource::{Made, Plain, Properties, choice, choices, conditional, get_att, is_no_value, is_set};
use super::role::{self, Role};
use super::{Cause, Outcome, Work, capacity_provider, code, deployment, function_url, invoke_config, tags};

/// Properties that pass on under their own names.
const SAME: &[&str] = &[
    "Handler",
    "Runtime",
    "Description",
    "MemorySize",
    "Timeout",
    "VpcConfig",
    "Environment",
    "KmsKeyArn",
    "ReservedConcurrentExecutions",
    "Layers",
    "FileSystemConfigs",
    "ImageConfig",
    "PackageType",
    "Architectures",
    "SnapStart",
    "EphemeralStorage",
    "CodeSigningConfigArn",
    "RuntimeManagementConfig",
    "LoggingConfig",
    "RecursiveLoop",
    "PublishToLatestPublished",
    "TenancyConfig",
    "DurableConfig",
    "Role",
];

/// Where undelivered events may go, and what it takes to send there.
const DEAD_LETTER_ACTIONS: &[(&str, &str)] = &[("SQS", "sqs:SendMessage"), ("SNS", "sns:Publish")];

/// What the function stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    let policies = Policies::of(&properties, &work.room)?;
    events::check(work, id, source)?;
    check_rules(&properties)?;
    check_dead_letters(&properties)?;
    check_tenancy(&properties)?;
    let code = code::code(&properties)?;
    let tags = tags::with_ours(&properties, Map::new())?;
    let tracing = properties.get("Tracing").map(|mode| resolve(work, id, mode)).transpose()?;
    let traced = is_on(tracing.as_ref());
    let mut function = function(source, &properties, code, &tags, traced)?;
    let published = publish::publish(work, &properties, source, &mut function)?;
    let mut callee = Callee::function(id, source);
    if let Some(published) = &published {
        callee.call_alias(&published.alias_id);
    }
    let url = function_url::transform(&properties, source, &callee)?;
    let update = deployment::add(work, &properties, source, published.is_some())?;
    let (invoked, destinations) = invoke_config::transform(work, &properties, source, published.as_ref())?;
    let mut role = execution_role(work, &properties, traced)?;
    destinations.into_iter().try_for_each(|policy| role.allow(&work.room, policy))?;
    role.add(&work.room, &policies)?;
    let events = events::transform(work, &callee, &mut role)?;
    let role = role.state(role_frame(source, &properties, &tags));
    let role = link_role(work, id, &mut function, role)?;
    let mut made = vec![(id.to_owned(), function)];
    made.extend(published.into_iter().flat_map(|published| published.into_made(update.as_ref())));
    made.extend(url.into_iter().chain(invoked).chain(role).chain(events));
    tags::propagate(&properties, &mut made);
    for (name, made_type) in
        [("DestinationTopic", "AWS::SNS::Topic"), ("DestinationQueue", "AWS::SQS::Queue")]
    {
        let of_type = made.iter().rev().find(|(_, made)| super::resource::type_name(made) == made_type);
        work.references.extend(of_type.map(|(made_id, _)| (format!("{id}.{name}"), made_id.clone())));
    }
    Ok(made)
}

/// Properties that exclude or need each other.
fn check_rules(properties: &Properties<'_>) -> Outcome<()> {
    let has = |name: &str| properties.get(name).is_some();
    let mut wrong = Vec::new();
    for other in ["ProvisionedConcurrencyConfig", "VpcConfig"] {
        if has("CapacityProviderConfig") && has(other) {
            wrong.push(format!("Cannot specify 'CapacityProviderConfig' and '{other}' together."));
        }
    }
    for (one, needed) in
        [("FunctionScalingConfig", "CapacityProviderConfig"), ("VersionDeletionPolicy", "AutoPublishAlias")]
    {
        if has(one) && !has(needed) {
            wrong.push(format!("'{one}' requires '{needed}'."));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Cause::resource(properties.id, wrong.join("\n"))) }
}

fn check_dead_letters(properties: &Properties<'_>) -> Outcome<()> {
    let Some(queue) = properties.set("DeadLetterQueue") else { return Ok(()) };
    let wrong = |reason: &str| Err(Cause::resource(properties.id, reason));
    let given = |name: &str| queue.get(name).filter(|value| is_set(value));
    let (Some(kind), Some(_)) = (given("Type"), given("TargetArn")) else {
        return wrong("'DeadLetterQueue' requires Type and TargetArn properties to be specified.");
    };
    let Some(kind) = kind.as_str() else {
        return wrong("Property 'DeadLetterQueue.Type' should be a string.");
    };
    if !DEAD_LETTER_ACTIONS.iter().any(|(known, _)| *known == kind) {
        return wrong("'DeadLetterQueue' requires Type of ['SQS', 'SNS']");
    }
    Ok(())
}

/// What functions with isolated tenants cannot have.
fn check_tenancy(properties: &Properties<'_>) -> Outcome<()> {
    if properties.set("TenancyConfig").is_none() {
        return Ok(());
    }
    let refused = "supported for functions enabled with tenancy configuration.";
    for (name, what) in [
        ("ProvisionedConcurrencyConfig", "Provisioned concurrency"),
        ("FunctionUrlConfig", "Function URL"),
        ("SnapStart", "SnapStart"),
    ] {
        if properties.set(name).is_some() {
            return Err(Cause::resource(properties.id, format!("{what} is not {refused}")));
        }
    }
    let events = properties.get("Events").and_then(Value::as_object).into_iter().flat_map(Map::values);
    let mut types = events.map(super::resource::type_name);
    match types.find(|kind| !matches!(*kind, "Api" | "HttpApi")) {
        None => Ok(()),
        Some(kind) => Err(Cause::resource(
            properties.id,
            format!(
                "Event source '{kind}' is not {refused} Only Api and HttpApi event sources are supported."
            ),
        )),
    }
}

fn function(
    source: &Value,
    properties: &Properties<'_>,
    code: Value,
    tags: &Map<String, Value>,
    traced: bool,
) -> Outcome<Value> {
    let capacity = capacity_provider::of_function(properties)?;
    code::check_package(properties)?;
    let tracing = properties.set("Tracing").filter(|_| traced);
    let dead_letters = properties.set("DeadLetterQueue").and_then(|queue| queue.get("TargetArn"));
    Ok(Plain::replacing("AWS::Lambda::Function", source)
        .with("Code", code)
        .copy_as("FunctionName", properties.set("FunctionName"))
        .copy(properties, SAME)
        .copy_as("FunctionScalingConfig", properties.set("FunctionScalingConfig"))
        .maybe("CapacityProviderConfig", capacity)
        .with("Tags", super::resource::tag_list(tags))
        .maybe("TracingConfig", tracing.map(|mode| json!({ "Mode": mode })))
        .maybe("DeadLetterConfig", dead_letters.map(|arn| json!({ "TargetArn": arn })))
        .build())
}

/// The role that a function without one of its own gets, before its events have asked for more.
fn execution_role(work: &Work<'_>, properties: &Properties<'_>, traced: bool) -> Outcome<Role> {
    let durable = properties.set("DurableConfig").is_some();
    let mut managed = vec![if durable {
        "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
    } else {
        "service-role/AWSLambdaBasicExecutionRole"
    }];
    if traced {
        managed.push("AWSXrayWriteOnlyAccess");
    }
    if properties.set("VpcConfig").is_some() {
        managed.push("service-role/AWSLambdaVPCAccessExecutionRole");
    }
    let mut role = Role::new(properties.id, &managed);
    if let Some(queue) = properties.set("DeadLetterQueue") {
        let kind = queue.get("Type").and_then(Value::as_str).unwrap_or_default();
        let action = DEAD_LETTER_ACTIONS.iter().find(|(known, _)| *known == kind).map(|(_, action)| action);
        role.allow(
            &work.room,
            json!({
                "PolicyName": "DeadLetterQueuePolicy",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{ "Action": action, "Resource": queue.get("TargetArn"), "Effect": "Allow" }],
                },
            }),
        )?;
    }
    Ok(role)
}

fn role_frame(source: &Value, properties: &Properties<'_>, tags: &Map<String, Value>) -> Plain {
    let assume = properties.get("AssumeRolePolicyDocument").cloned();
    Plain::passing("AWS::IAM::Role", source)
        .with("AssumeRolePolicyDocument", assume.unwrap_or_else(|| role::assumed_by("lambda.amazonaws.com")))
        .copy_as("Path", properties.get("RolePath"))
        .copy_as("PermissionsBoundary", properties.get("PermissionsBoundary"))
        .with("Tags", super::resource::tag_list(tags))
}

/// Lets the function have the role where it has none of its own, or has none under a condition.
fn link_role(work: &mut Work<'_>, id: &str, function: &mut Value, role: Plain) -> Outcome<Option<Made>> {
    let role_id = format!("{id}Role");
    let arn = get_att(&role_id, "Arn");
    let Some(given) = function["Properties"].get("Role") else {
        function["Properties"]["Role"] = arn;
        return Ok(Some((role_id, role.build())));
    };
    if choice(given).is_none() {
        return Ok(None);
    }
    let given = resolve(work, id, given)?;
    function["Properties"]["Role"] = given.clone();
    let (condition, yes, no) = choice(&given)
        .map_or(Err(""), choices)
        .map_err(|reason| Cause::resource(id, format!("Malformed 'Role' property: {reason}.")))?;
    let (linked, role) = match (is_no_value(yes), is_no_value(no)) {
        (true, true) => (arn, role),
        (true, false) => (conditional(condition, &arn, no), role.attribute("Condition", condition.clone())),
        (false, true) => {
            let negated = format!("NOT{}", super::python::shown(condition));
            work.set_condition(&negated, json!({ "Fn::Not": [{ "Condition": condition }] }));
            (conditional(condition, yes, &arn), role.attribute("Condition", negated))
        }
        (false, false) => return Ok(None),
    };
    function["Properties"]["Role"] = linked;
    Ok(Some((role_id, role.build())))
}
