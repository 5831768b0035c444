//! Leave for what a deployment does: each step is done on behalf of the stack's role, or of who asked for the deployment,
//! who must be allowed the actions that AWS's own handler of the type would call.
//!
//! Which actions those are the types' public schemas say on AWS only; here a table says the main one of each step.
// LIMIT: further actions of a step (tags, a bucket's parts, reading what was made) are not asked for. The tags of what is
// there are those that its template gave.

use std::collections::BTreeMap;

use cloud_core::{Access, AwsError, Caller, Context, Denial, leave, properties};
use cloud_policy::actions;
use serde_json::Value;

use crate::PRINCIPAL;
use crate::state::operation::Call;

/// One resource type: its actions, and what they are about.
struct Type {
    name: &'static str,
    /// To make, to change, to remove it; an empty one is none.
    actions: [&'static str; 3],
    /// The ARN in the partition `aws`, `{}` for the name; without region and account where the service's ARNs have none.
    arn: &'static str,
    /// The property that names what the actions are about.
    property: &'static str,
}

const FUNCTION: &str = "arn:aws:lambda:{region}:{account}:function:{}";
const LAYER: &str = "arn:aws:lambda:{region}:{account}:layer:{}";
const ROLE: &str = "arn:aws:iam::{account}:role/{}";
const REST: &str = "arn:aws:apigateway:{region}::/restapis/{}";
const HTTP: &str = "arn:aws:apigateway:{region}::/apis/{}";
const METHODS: [&str; 3] = ["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE"];

const fn of(
    name: &'static str,
    actions: [&'static str; 3],
    arn: &'static str,
    property: &'static str,
) -> Type {
    Type { name, actions, arn, property }
}

const TYPES: &[Type] = &[
    of("AWS::ApiGateway::RestApi", METHODS, REST, ""),
    of("AWS::ApiGateway::Deployment", METHODS, REST, "RestApiId"),
    of(
        "AWS::ApiGateway::Method",
        ["apigateway:PUT", "apigateway:PUT", "apigateway:DELETE"],
        REST,
        "RestApiId",
    ),
    of("AWS::ApiGateway::Resource", METHODS, REST, "RestApiId"),
    of("AWS::ApiGateway::Stage", METHODS, REST, "RestApiId"),
    of("AWS::ApiGatewayV2::Api", METHODS, HTTP, ""),
    of("AWS::ApiGatewayV2::Integration", METHODS, HTTP, "ApiId"),
    of("AWS::ApiGatewayV2::Route", METHODS, HTTP, "ApiId"),
    of("AWS::ApiGatewayV2::Stage", METHODS, HTTP, "ApiId"),
    of(
        "AWS::IAM::ManagedPolicy",
        ["iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy"],
        "arn:aws:iam::{account}:policy/{}",
        "ManagedPolicyName",
    ),
    of("AWS::IAM::Policy", ["iam:PutRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"], ROLE, "Roles"),
    of("AWS::IAM::Role", ["iam:CreateRole", "iam:UpdateRole", "iam:DeleteRole"], ROLE, "RoleName"),
    of(
        "AWS::Lambda::Alias",
        ["lambda:CreateAlias", "lambda:UpdateAlias", "lambda:DeleteAlias"],
        FUNCTION,
        "FunctionName",
    ),
    of(
        "AWS::Lambda::EventInvokeConfig",
        [
            "lambda:PutFunctionEventInvokeConfig",
            "lambda:PutFunctionEventInvokeConfig",
            "lambda:DeleteFunctionEventInvokeConfig",
        ],
        FUNCTION,
        "FunctionName",
    ),
    of(
        "AWS::Lambda::Function",
        ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration", "lambda:DeleteFunction"],
        FUNCTION,
        "FunctionName",
    ),
    of(
        "AWS::Lambda::LayerVersion",
        ["lambda:PublishLayerVersion", "", "lambda:DeleteLayerVersion"],
        LAYER,
        "LayerName",
    ),
    of(
        "AWS::Lambda::LayerVersionPermission",
        ["lambda:AddLayerVersionPermission", "", "lambda:RemoveLayerVersionPermission"],
        LAYER,
        "LayerVersionArn",
    ),
    of(
        "AWS::Lambda::Permission",
        ["lambda:AddPermission", "lambda:AddPermission", "lambda:RemovePermission"],
        FUNCTION,
        "FunctionName",
    ),
    of(
        "AWS::Lambda::Url",
        [
            "lambda:CreateFunctionUrlConfig",
            "lambda:UpdateFunctionUrlConfig",
            "lambda:DeleteFunctionUrlConfig",
        ],
        FUNCTION,
        "TargetFunctionArn",
    ),
    of(
        "AWS::Lambda::Version",
        ["lambda:PublishVersion", "", "lambda:DeleteFunction"],
        FUNCTION,
        "FunctionName",
    ),
    of(
        "AWS::Logs::LogGroup",
        ["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"],
        "arn:aws:logs:{region}:{account}:log-group:{}:log-stream:",
        "LogGroupName",
    ),
    of(
        "AWS::Logs::SubscriptionFilter",
        ["logs:PutSubscriptionFilter", "logs:PutSubscriptionFilter", "logs:DeleteSubscriptionFilter"],
        "arn:aws:logs:{region}:{account}:log-group:{}:log-stream:",
        "LogGroupName",
    ),
    of("AWS::S3::Bucket", ["s3:CreateBucket", "", "s3:DeleteBucket"], "arn:aws:s3:::{}", "BucketName"),
    of(
        "AWS::S3::BucketPolicy",
        ["s3:PutBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"],
        "arn:aws:s3:::{}",
        "Bucket",
    ),
];

/// A step of a deployment.
pub(super) struct Step<'a> {
    /// The resource's type.
    pub(super) type_name: &'a str,
    /// The stack's name.
    pub(super) stack: &'a str,
    /// The resource in the template.
    pub(super) logical_id: &'a str,
    /// What is done.
    pub(super) call: &'a Call,
    /// The stack's tags.
    pub(super) tags: &'a BTreeMap<String, String>,
}

impl Step<'_> {
    /// What conditions see of tags: those that it is to be made with, or those that it has.
    fn tell_tags(&self, access: &mut Access) {
        match self.call {
            Call::Create { properties, .. } => {
                let tags = properties::tags(properties, self.tags);
                let named = tags.keys().cloned().collect::<Vec<_>>();
                let given =
                    tags.into_iter().map(|(key, value)| (format!("aws:RequestTag/{key}"), vec![value]));
                access.keys.extend(given);
                access.keys.extend((!named.is_empty()).then(|| ("aws:TagKeys".to_owned(), named)));
            }
            Call::Update { old: properties, .. } | Call::Delete { properties, .. } => {
                access.tell_tags(properties::tags(properties, self.tags));
            }
        }
    }
}

/// Asks for leave; an error where it is not given and that counts.
pub(super) async fn ask(context: &Context, caller: &Caller, step: &Step<'_>) -> Result<(), AwsError> {
    // AWS: what a service asks on somebody's behalf says so.
    let keys = leave::keys_of(context, &caller.region, PRINCIPAL);
    let answer = leave::ask(context, caller, &keys, &accesses(caller, step)).await?;
    if let Some(denial) = answer.refused {
        return Err(AwsError::new("AccessDenied", denial.to_string()).status(403));
    }
    if let Some(Denial { principal, action, resource, reason, is_barred: _ }) = &answer.reported {
        tracing::warn!(
            stack = step.stack,
            principal,
            action,
            resource,
            reason,
            "mode enforce would fail a deployment"
        );
    }
    Ok(())
}

fn accesses(caller: &Caller, step: &Step<'_>) -> Vec<Access> {
    let (index, properties, physical_id) = match step.call {
        Call::Create { properties, .. } => (0, properties, None),
        Call::Update { properties, physical_id, .. } => (1, properties, Some(physical_id.as_str())),
        Call::Delete { properties, physical_id } => (2, properties, Some(physical_id.as_str())),
    };
    let Some(found) = TYPES.iter().find(|of| of.name == step.type_name) else {
        return by_rule(step.type_name, index).into_iter().collect();
    };
    let Some(action) = found.actions.get(index).filter(|action| !action.is_empty()) else {
        return Vec::new();
    };
    let access = |name: &str| {
        let (action, resource) = ((*action).to_owned(), found.resource(caller, name));
        let mut access = Access { action, resource, ..Access::default() };
        step.tell_tags(&mut access);
        access
    };
    let mut accesses: Vec<Access> =
        names(found, step, properties, physical_id).iter().map(|name| access(name)).collect();
    let role = properties.get("Role").and_then(Value::as_str).filter(|_| index < 2);
    if let Some(role) = role.filter(|_| step.type_name == "AWS::Lambda::Function") {
        accesses.push(Access {
            action: "iam:PassRole".to_owned(),
            resource: role.to_owned(),
            keys: vec![("iam:PassedToService".to_owned(), vec!["lambda.amazonaws.com".to_owned()])],
            ..Access::default()
        });
    }
    accesses
}

/// What the actions are about: what the property says, else what there is, else how it will be called.
fn names(of: &Type, step: &Step<'_>, properties: &Value, physical_id: Option<&str>) -> Vec<String> {
    // A layer is made by its name, and a version of it removed by its ARN.
    if let Some(id) = physical_id.filter(|_| of.name == "AWS::Lambda::LayerVersion") {
        return vec![id.to_owned()];
    }
    match properties.get(of.property) {
        Some(Value::String(name)) => vec![name.clone()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => match physical_id {
            Some(id) => vec![id.to_owned()],
            // AWS: a name that is generated begins so, and nobody knows its end before.
            None if of.property.is_empty() => vec![String::new()],
            None => vec![format!("{}-{}-*", step.stack, step.logical_id)],
        },
    }
}

impl Type {
    fn resource(&self, caller: &Caller, name: &str) -> String {
        if name.starts_with("arn:") {
            return name.to_owned();
        }
        let partition = caller.region.partition().id;
        let arn = self.arn.replacen("arn:aws:", &format!("arn:{partition}:"), 1);
        let arn =
            arn.replace("{region}", caller.region.as_str()).replace("{account}", caller.account.as_str());
        arn.replace("{}", name).trim_end_matches('/').to_owned()
    }
}

/// A type that is not in the table: `AWS::SQS::Queue` is made by `sqs:CreateQueue`, if there is such an action.
fn by_rule(type_name: &str, index: usize) -> Option<Access> {
    let mut parts = type_name.split("::").skip(1);
    let (service, noun) = (parts.next()?.to_ascii_lowercase(), parts.next()?);
    let verb = ["Create", "Update", "Delete"].get(index)?;
    let action = format!("{service}:{verb}{noun}");
    actions::is_known(&action).then(|| Access { action, resource: "*".to_owned(), ..Access::default() })
}

#[cfg(test)]
mod tests {
    use cloud_core::{AccountId, Region, RequestId};
    use serde_json::json;

    use super::*;

    fn caller(region: &str) -> Caller {
        Caller::root(&AccountId::default(), &Region::new(region), RequestId::new("request"))
    }

    fn asked(type_name: &str, call: &Call) -> Vec<String> {
        asked_in("us-east-1", type_name, call)
    }

    fn asked_in(region: &str, type_name: &str, call: &Call) -> Vec<String> {
        let tags = BTreeMap::from([("stack".to_owned(), "s".to_owned())]);
        let step = Step { type_name, stack: "s", logical_id: "L", call, tags: &tags };
        accesses(&caller(region), &step)
            .into_iter()
            .map(|access| format!("{} {}", access.action, access.resource))
            .collect()
    }

    #[test]
    fn steps_tell_of_the_tags_that_they_give_and_find() {
        let tagged = |value: &str| json!({ "Tags": [{ "Key": "team", "Value": value }] });
        let update = Call::Update {
            token: String::new(),
            physical_id: "f".into(),
            properties: tagged("new"),
            old: tagged("old"),
        };
        let request = ["aws:RequestTag/stack=s", "aws:RequestTag/team=new", "aws:TagKeys=stack,team"];
        let resource = ["aws:ResourceTag/stack=s", "aws:ResourceTag/team=old"];
        for (call, expected) in [
            (Call::Create { token: String::new(), properties: tagged("new") }, &request[..]),
            (update, &resource[..]),
            (Call::Delete { physical_id: "f".into(), properties: tagged("old") }, &resource[..]),
        ] {
            let tags = BTreeMap::from([("stack".to_owned(), "s".to_owned())]);
            let type_name = "AWS::Lambda::Function";
            let step = Step { type_name, stack: "s", logical_id: "L", call: &call, tags: &tags };
            let found = accesses(&caller("us-east-1"), &step);
            let keys = found.iter().flat_map(|access| &access.keys);
            let shown: Vec<String> =
                keys.map(|(key, values)| format!("{key}={}", values.join(","))).collect();
            assert_eq!(shown, expected, "{call:?}");
        }
    }

    #[test]
    fn steps_ask_for_the_actions_of_their_types() {
        let create = |properties| Call::Create { token: String::new(), properties };
        let delete =
            |physical_id: &str, properties| Call::Delete { physical_id: physical_id.into(), properties };
        let role = "arn:aws:iam::000000000000:role/r";
        for (type_name, call, expected) in [
            (
                "AWS::Lambda::Function",
                create(json!({ "Role": role })),
                &[
                    "lambda:CreateFunction arn:aws:lambda:us-east-1:000000000000:function:s-L-*",
                    "iam:PassRole arn:aws:iam::000000000000:role/r",
                ][..],
            ),
            (
                "AWS::Lambda::Function",
                delete("f", json!({ "Role": role })),
                &["lambda:DeleteFunction arn:aws:lambda:us-east-1:000000000000:function:f"],
            ),
            (
                "AWS::Lambda::Url",
                create(json!({ "TargetFunctionArn": "f" })),
                &["lambda:CreateFunctionUrlConfig arn:aws:lambda:us-east-1:000000000000:function:f"],
            ),
            (
                "AWS::IAM::Policy",
                create(json!({ "Roles": ["a", "b"] })),
                &[
                    "iam:PutRolePolicy arn:aws:iam::000000000000:role/a",
                    "iam:PutRolePolicy arn:aws:iam::000000000000:role/b",
                ],
            ),
            (
                "AWS::Lambda::LayerVersion",
                create(json!({ "LayerName": "l" })),
                &["lambda:PublishLayerVersion arn:aws:lambda:us-east-1:000000000000:layer:l"],
            ),
            (
                "AWS::Lambda::LayerVersion",
                delete("arn:aws:lambda:us-east-1:000000000000:layer:l:1", json!({ "LayerName": "l" })),
                &["lambda:DeleteLayerVersion arn:aws:lambda:us-east-1:000000000000:layer:l:1"],
            ),
            ("AWS::S3::Bucket", create(json!({ "BucketName": "b" })), &["s3:CreateBucket arn:aws:s3:::b"]),
            (
                "AWS::ApiGateway::RestApi",
                create(json!({})),
                &["apigateway:POST arn:aws:apigateway:us-east-1::/restapis"],
            ),
            (
                "AWS::ApiGatewayV2::Route",
                create(json!({ "ApiId": "x" })),
                &["apigateway:POST arn:aws:apigateway:us-east-1::/apis/x"],
            ),
            ("AWS::SQS::Queue", create(json!({})), &["sqs:CreateQueue *"]),
            ("AWS::CloudFormation::WaitConditionHandle", create(json!({})), &[]),
        ] {
            assert_eq!(asked(type_name, &call), expected, "{type_name}");
        }
        let bucket = create(json!({ "BucketName": "b" }));
        assert_eq!(asked_in("cn-north-1", "AWS::S3::Bucket", &bucket), ["s3:CreateBucket arn:aws-cn:s3:::b"]);
        for of in TYPES {
            let known = of.actions.iter().all(|action| action.is_empty() || actions::is_known(action));
            assert!(known, "{}: {:?}", of.name, of.actions);
        }
    }
}
