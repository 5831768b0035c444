//! Templates with anything in the place of anything: the reader, the checks and the transform answer or refuse, and
//! never panic (invariant 10).

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

use std::collections::BTreeMap;

use cloud_cloudformation::sam;
use cloud_cloudformation::template::{Document, Template};
use proptest::prelude::*;
use serde_json::{Value, json};

const TEMPLATES: &[&str] = &[
    include_str!("sam/explicit_apis.yaml"),
    include_str!("sam/function_shapes.yaml"),
    include_str!("sam/conditional_implicit.yaml"),
    include_str!("sam/more_routes.yaml"),
    include_str!("sam/published.yaml"),
    include_str!("sam/functions.yaml"),
    include_str!("sam/events.yaml"),
    include_str!("sam/state_machines.yaml"),
    include_str!("sam/connectors.yaml"),
    include_str!("sam/globals_and_capacity.yaml"),
    include_str!("sam/err_functions.yaml"),
    include_str!("sam/err_types.yaml"),
];

fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!(true)),
        Just(json!(-1)),
        Just(json!("")),
        Just(json!("${")),
        Just(json!("{proxy+")),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[{}]])),
        Just(json!({"Ref": []})),
        Just(json!({"Ref": "AWS::NoValue"})),
        Just(json!({"Fn::If": []})),
        Just(json!({"Fn::If": ["A", null, 1]})),
        Just(json!({"Fn::Sub": ["${a.b.c}", {"a": {}}]})),
        Just(json!({"Fn::GetAtt": ["", 1]})),
        Just(json!({"Fn::Nope": {}})),
        Just(json!({"Type": "HttpApi", "Properties": []})),
        Just(json!({"Type": "Api", "Properties": {"Path": 1, "Method": []}})),
    ]
}

/// Puts a value in the place of the node that the number picks, counted in depth.
fn replace(value: &mut Value, at: &mut usize, with: &Value) -> bool {
    if *at == 0 {
        *value = with.clone();
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, at, with)),
        Value::Object(members) => members.values_mut().any(|member| replace(member, at, with)),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn mutilated_templates_are_answered(
        which in 0..TEMPLATES.len(),
        changes in prop::collection::vec((1_usize..400, anything()), 1..4),
    ) {
        let mut value = Document::parse(TEMPLATES[which]).unwrap().value().clone();
        for (mut at, with) in changes {
            replace(&mut value, &mut at, &with);
        }
        if let Ok(processed) = sam::transform(&value, &BTreeMap::new()) {
            let _ = Template::from_value(&processed);
        }
        let _ = Template::from_value(&value);
    }

    #[test]
    fn any_text_is_answered(text in "[ -~\n\t]{0,200}") {
        let _ = Document::parse(&text);
        let _ = Document::parse(&format!("{{{text}"));
    }
}

/// What the transform makes many of, made large: each was gigabytes.
#[test]
fn a_transformation_that_grows_is_refused() {
    let function = |more: Value| {
        let mut properties = json!({"Runtime": "provided.al2023", "Handler": "h", "CodeUri": "s3://b/k"});
        properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"Type": "AWS::Serverless::Function", "Properties": properties})
    };
    let long = "x".repeat(100_000);
    let events = |count: usize, path: &str| {
        let event =
            |n| json!({"Type": "Api", "Properties": {"Path": format!("/{n}{path}"), "Method": "get"}});
        (0..count).map(|n| (format!("E{n}"), event(n))).collect::<serde_json::Map<_, _>>()
    };
    let functions =
        (0..400).map(|n| (format!("F{n}"), function(json!({})))).collect::<serde_json::Map<_, _>>();
    let cases = [
        json!({"Globals": {"Function": {"Description": long}}, "Resources": functions}),
        json!({"Globals": {"Api": {"Cors": {"AllowHeaders": long}}}, "Resources": {"F": function(json!({"Events": events(300, "")}))}}),
        json!({"Resources": {"F": function(json!({"Policies": vec![json!({"S3CrudPolicy": {"BucketName": "b"}}); 20_000]}))}}),
        json!({"Resources": {"F": function(json!({"Events": events(400, &"p".repeat(3000))}))}}),
        json!({"Resources": {(long.clone()): function(json!({"Events": events(300, "")}))}}),
        json!({"Resources": {"F": function(json!({"AutoPublishAlias": long, "Events": events(300, "")}))}}),
    ];
    for (index, template) in cases.iter().enumerate() {
        let error = sam::transform(template, &BTreeMap::new()).unwrap_err().to_string();
        let told = ["larger than", "at most 255 characters", "longer than 128"];
        assert!(
            told.iter().any(|words| error.contains(words)),
            "{index}: {}",
            &error[..error.len().min(300)]
        );
    }
}
