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
        changes in prop::collection::vec((1_usize..120, anything()), 1..4),
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
