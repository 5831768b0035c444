//! What operations ask leave for by rule.

#![allow(unreachable_pub, reason = "the macros make public items")]

use cloud_core::{AccountId, Region, RequestId};
use http::Request;

use super::*;
use crate::model::Protocol;

static TEXT: Schema = Schema::string("Text");
static NUMBER: Schema = Schema::integer("Number");
static TAGS: Schema = Schema::list("Tags", &TAG);

crate::structure! {
    pub struct Tag as TAG {
        key: String = Member::new("Key", &TEXT),
        value: String = Member::new("Value", &TEXT),
    }
    pub struct Asked as INPUT {
        description: Option<String> = Member::new("Description", &TEXT),
        role_name: Option<String> = Member::new("RoleName", &TEXT),
        path: Option<String> = Member::new("Path", &TEXT),
        policy_arn: Option<String> = Member::new("PolicyArn", &TEXT),
        function_name: Option<String> = Member::new("FunctionName", &TEXT).uri("FunctionName"),
        role: Option<String> = Member::new("Role", &TEXT),
        stack_name: Option<String> = Member::new("StackName", &TEXT),
        prefix: Option<String> = Member::new("Prefix", &TEXT).query("prefix"),
        max_keys: Option<i32> = Member::new("MaxKeys", &NUMBER).query("max-keys"),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAGS),
        resource_arn: Option<String> = Member::new("resourceArn", &TEXT),
    }
}

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
fn asked(
    model: &'static ServiceModel,
    operation: &'static str,
    given: &[(&str, serde_json::Value)],
) -> Vec<String> {
    let operation = Operation::new(operation, "GET", "/v2/{FunctionName}/x?y", &INPUT, &INPUT);
    let operation = Box::leak(Box::new(operation.takes::<Asked>()));
    let document = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let input = crate::codec::input(operation, &document).unwrap();
    let caller = Caller::root(&AccountId::default(), &Region::default(), RequestId::new("request"));
    let head = Head::of(&Request::new(()), None).unwrap();
    let asking = Asking { model, operation, input: &input, head: &head, caller: &caller };
    let show = |access: Access| {
        let keys = access.keys.iter().map(|(key, values)| format!(" {key}={}", values.join(",")));
        format!("{} {}{}", access.action, access.resource, keys.collect::<String>())
    };
    asking.by_rule().into_iter().map(show).collect()
}

fn text(text: &str) -> serde_json::Value {
    text.into()
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
            vec![("StackName", text("s")), ("Tags", serde_json::json!([{"Key": "team", "Value": "blue"}]))],
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
            vec![("Prefix", text("p/")), ("MaxKeys", 5.into())],
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
