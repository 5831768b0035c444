//! What operations ask leave for by rule.

use cloud_core::{AccountId, Region, RequestId};
use http::Request;

use super::*;
use crate::model::Protocol;
use crate::schema::Schema;

static TEXT: Schema = Schema::string("Text");
static NUMBER: Schema = Schema::integer("Number");
static TAG_MEMBERS: &[Member] = &[Member::new("Key", &TEXT), Member::new("Value", &TEXT)];
static TAG: Schema = Schema::structure("Tag", TAG_MEMBERS);
static TAGS: Schema = Schema::list("Tags", &TAG);
static MEMBERS: &[Member] = &[
    Member::new("Description", &TEXT),
    Member::new("RoleName", &TEXT),
    Member::new("Path", &TEXT),
    Member::new("PolicyArn", &TEXT),
    Member::new("FunctionName", &TEXT).uri("FunctionName"),
    Member::new("Role", &TEXT),
    Member::new("StackName", &TEXT),
    Member::new("Prefix", &TEXT).query("prefix"),
    Member::new("MaxKeys", &NUMBER).query("max-keys"),
    Member::new("Tags", &TAGS),
    Member::new("resourceArn", &TEXT),
];
static INPUT: Schema = Schema::structure("Input", MEMBERS);

const fn model(service: &'static str) -> ServiceModel {
    ServiceModel {
        id: service,
        signing_name: service,
        endpoint_prefix: service,
        protocol: Protocol::Query,
        also: &[],
        query_compatible: false,
        target_prefix: "",
        api_version: "",
        xml_namespace: "",
        validation_code: "",
        names_input: false,
        operations: &[],
        errors: &[],
        selectors: &[],
        wrong_token: ServiceModel::WRONG_TOKEN,
        wrong_union: ServiceModel::WRONG_UNION,
    }
}

static IAM: ServiceModel = model("iam");
static LAMBDA: ServiceModel = model("lambda");
static CLOUDFORMATION: ServiceModel = model("cloudformation");
static S3: ServiceModel = model("s3");
static LOGS: ServiceModel = model("logs");

/// What an operation asks leave for: action, resource, keys.
fn asked(model: &'static ServiceModel, operation: &'static str, given: &[(&str, Value)]) -> Vec<String> {
    let members = MEMBERS.iter().map(|member| {
        let found = given.iter().find(|(name, _)| *name == member.name);
        found.map_or(Value::Null, |(_, value)| match value {
            Value::String(text) => Value::String(text.clone()),
            Value::Integer(number) => Value::Integer(*number),
            _ => Value::List(vec![Value::Structure(vec![
                Value::String("team".into()),
                Value::String("blue".into()),
            ])]),
        })
    });
    let input = Value::Structure(members.collect());
    let operation =
        Box::leak(Box::new(Operation::new(operation, "GET", "/v2/{FunctionName}/x?y", &INPUT, &INPUT)));
    let caller = Caller::root(&AccountId::default(), &Region::default(), RequestId::new("request"));
    let head = Head::of(&Request::new(()), None).unwrap();
    let asking = Asking { model, operation, input: &input, head: &head, caller: &caller };
    let show = |access: Access| {
        let keys = access.keys.iter().map(|(key, values)| format!(" {key}={}", values.join(",")));
        format!("{} {}{}", access.action, access.resource, keys.collect::<String>())
    };
    asking.by_rule().into_iter().map(show).collect()
}

fn text(text: &str) -> Value {
    Value::String(text.into())
}

#[test]
fn operations_ask_for_what_the_table_says() {
    const ROLE: &str = "arn:aws:iam::000000000000:role/r";
    for (model, operation, given, expected) in [
        (&IAM, "GetRole", vec![("RoleName", text("r"))], &[format!("iam:GetRole {ROLE}")][..]),
        (
            &IAM,
            "CreateRole",
            vec![("RoleName", text("r")), ("Path", text("/a/b/"))],
            &["iam:CreateRole arn:aws:iam::000000000000:role/a/b/r".into()],
        ),
        (
            &IAM,
            "AttachRolePolicy",
            vec![("RoleName", text("r")), ("PolicyArn", text("arn:aws:iam::aws:policy/P"))],
            &[format!("iam:AttachRolePolicy {ROLE} iam:PolicyARN=arn:aws:iam::aws:policy/P")],
        ),
        (&IAM, "ListRoles", vec![], &["iam:ListRoles *".into()]),
        (
            &LAMBDA,
            "CreateFunction",
            vec![("FunctionName", text("f")), ("Role", text(ROLE))],
            &[
                "lambda:CreateFunction arn:aws:lambda:us-east-1:000000000000:function:f".into(),
                format!("iam:PassRole {ROLE} iam:PassedToService=lambda.amazonaws.com"),
            ],
        ),
        (
            &LAMBDA,
            "CreateFunction",
            vec![("FunctionName", text("f")), ("Role", text("arn:aws:iam::000000000000:rolex/Admin"))],
            &[
                "lambda:CreateFunction arn:aws:lambda:us-east-1:000000000000:function:f".into(),
                "iam:PassRole arn:aws:iam::000000000000:rolex/Admin iam:PassedToService=lambda.amazonaws.com"
                    .into(),
            ],
        ),
        (&LAMBDA, "ListFunctions", vec![], &["lambda:ListFunctions *".into()]),
        (
            &CLOUDFORMATION,
            "CreateStack",
            vec![("StackName", text("s")), ("Tags", Value::Null)],
            &["cloudformation:CreateStack arn:aws:cloudformation:us-east-1:000000000000:stack/s/* \
               aws:RequestTag/team=blue aws:TagKeys=team"
                .into()],
        ),
        (&CLOUDFORMATION, "DescribeStacks", vec![], &["cloudformation:DescribeStacks *".into()]),
        (
            &CLOUDFORMATION,
            "DescribeStacks",
            vec![("StackName", text("arn:aws:cloudformation:us-east-1:000000000000:stack/s/1"))],
            &["cloudformation:DescribeStacks arn:aws:cloudformation:us-east-1:000000000000:stack/s/1".into()],
        ),
        (
            &LOGS,
            "TagResource",
            vec![("resourceArn", text("arn:aws:logs:us-east-1:000000000000:log-group:g"))],
            &["logs:TagResource arn:aws:logs:us-east-1:000000000000:log-group:g".into()],
        ),
        // A name that the table does not know is about nothing.
        (&S3, "Nothing", vec![("Prefix", text("p"))], &["s3:Nothing *".into()]),
        (
            &S3,
            "ListBucket",
            vec![("Prefix", text("p/")), ("MaxKeys", Value::Integer(5))],
            &["s3:ListBucket * s3:max-keys=5 s3:prefix=p/".into()],
        ),
    ] {
        assert_eq!(asked(model, operation, &given), expected, "{operation} {given:?}");
    }
}

#[test]
fn a_text_that_looks_like_an_arn_is_none_where_it_does_not_stand_for_one() {
    for (model, operation, given, expected) in [
        (
            &IAM,
            "CreateRole",
            vec![("RoleName", text("prod-x")), ("Description", text("arn:aws:iam::000000000000:role/dev-x"))],
            "iam:CreateRole arn:aws:iam::000000000000:role/prod-x",
        ),
        (
            &LAMBDA,
            "CreateFunction",
            vec![
                ("FunctionName", text("prod")),
                ("resourceArn", text("arn:aws:lambda:us-east-1:000000000000:function:dev")),
            ],
            "lambda:CreateFunction arn:aws:lambda:us-east-1:000000000000:function:prod",
        ),
        (
            &LAMBDA,
            "CreateFunction",
            vec![
                ("Description", text("arn:aws:lambda:us-east-1:000000000000:function:dev")),
                ("FunctionName", text("arn:aws:lambda:us-east-1:000000000000:function:prod")),
            ],
            "lambda:CreateFunction arn:aws:lambda:us-east-1:000000000000:function:prod",
        ),
    ] {
        assert_eq!(asked(model, operation, &given), [expected], "{operation} {given:?}");
    }
}
