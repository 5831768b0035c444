//! Change sets: what they say of the properties, and what tells one request for them from another.

#![allow(clippy::unwrap_used, reason = "a test's helper")]

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::cloud::Cloud;

fn template(resources: &Value) -> String {
    let parameters = json!({
        "Size": {"Type": "Number", "Default": 1},
        "Secret": {"Type": "String", "NoEcho": true, "Default": "open sesame"},
    });
    let conditions = json!({"Never": {"Fn::Equals": ["a", "b"]}});
    json!({"Parameters": parameters, "Conditions": conditions, "Resources": resources}).to_string()
}

fn thing(properties: Value) -> Value {
    let mut thing = json!({"Type": "Test::Thing"});
    thing["Properties"] = properties;
    thing
}

/// A line for each change, and one for each of its details: what the change set of the second template says of a stack
/// of the first, also after a start.
async fn told(before: &Value, after: &Value) -> String {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(before)).await.unwrap();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    let after = template(after);
    let named = [("StackName", "s"), ("ChangeSetName", "c")];
    let members = [named.as_slice(), &[("TemplateBody", after.as_str())]].concat();
    cloud.call("CreateChangeSet", &members).await.unwrap();
    let cloud = cloud.killed_and_started().await;
    let plain = cloud.answer("DescribeChangeSet", &named).await.unwrap().to_string();
    assert!(
        !plain.contains("Context") && !plain.contains("AfterValue") && !plain.contains("Path"),
        "{plain}"
    );
    let asked = [named.as_slice(), &[("IncludePropertyValues", "true")]].concat();
    let set = cloud.answer("DescribeChangeSet", &asked).await.unwrap();
    let mut lines = Vec::new();
    for change in set["Changes"].as_array().unwrap() {
        let change = &change["ResourceChange"];
        let members =
            ["Action", "LogicalResourceId", "Replacement", "PolicyAction", "BeforeContext", "AfterContext"];
        lines.push(words(members.map(|name| &change[name])));
        lines.extend(change["Details"].as_array().unwrap().iter().map(detail));
    }
    let ids = set["Changes"].as_array().unwrap().iter().filter_map(|change| {
        let change = &change["ResourceChange"];
        Some((change["PhysicalResourceId"].as_str()?, change["LogicalResourceId"].as_str()?))
    });
    ids.fold(lines.join("\n"), |lines, (id, name)| lines.replace(id, &format!("<{name}>")))
}

fn detail(detail: &Value) -> String {
    let target = &detail["Target"];
    let source = [&detail["ChangeSource"], &detail["Evaluation"], &detail["CausingEntity"]];
    let values = ["Path", "RequiresRecreation", "AttributeChangeType", "BeforeValue", "AfterValue"];
    format!("  {}", words(source.into_iter().chain(values.map(|name| &target[name]))))
}

fn words<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    values.into_iter().map(|word| word.as_str().unwrap_or("-")).collect::<Vec<_>>().join(" | ")
}

async fn check(before: Value, after: Value, expected: Expect) {
    expected.assert_eq(&told(&before, &after).await);
}

#[tokio::test]
async fn values_are_told_as_far_as_they_are_known() {
    check(
        json!({"A": thing(json!({"Value": "1", "Gone": [1, true], "Kept": 1.5}))}),
        json!({"A": thing(json!({"Value": "2", "Kept": 1.5, "New": {"X": {"Ref": "AWS::Region"}}}))}),
        expect![[r#"
            Modify | A | False | - | {"Properties":{"Value":"1","Gone":["1","true"],"Kept":"1.5"}} | {"Properties":{"Value":"2","Kept":"1.5","New":{"X":"us-east-1"}}}
              DirectModification | Static | - | /Properties/Gone | Never | Remove | ["1","true"] | -
              DirectModification | Static | - | /Properties/New | Never | Add | - | {"X":"us-east-1"}
              DirectModification | Static | - | /Properties/Value | Never | Modify | 1 | 2"#]],
    )
    .await;
    check(
        json!({"A": thing(json!({"Value": "1"})), "Z": thing(json!({"Value": "9"}))}),
        json!({
            "A": thing(json!({"Value": "1"})),
            "B": thing(json!({
                "Value": {"Ref": "C"},
                "Old": {"Fn::GetAtt": ["A", "Value"]},
                "Arn": {"Fn::Sub": "arn:${C}/${A.Value}"},
                "Joined": {"Fn::Join": ["-", ["x", {"Fn::GetAtt": ["C", "Value"]}]]},
                "Part": {"Fn::Select": [1, {"Fn::Split": [":", {"Ref": "C"}]}]},
                "Chosen": {"Fn::Select": [1, [{"Ref": "C"}, "known"]]},
                "Whole": {"Fn::Join": ["-", {"Fn::Split": [":", {"Ref": "C"}]}]},
                "If": {"Fn::If": ["Never", {"Ref": "C"}, "no"]},
                "Nothing": {"Fn::If": ["Never", 1, {"Ref": "AWS::NoValue"}]},
            })),
            "C": thing(json!({})),
        }),
        expect![[r#"
            Add | B | - | - | - | {"Properties":{"Value":"{{changeSet:KNOWN_AFTER_APPLY}}","Old":"1","Arn":"arn:{{changeSet:KNOWN_AFTER_APPLY}}/1","Joined":"x-{{changeSet:KNOWN_AFTER_APPLY}}","Part":"{{changeSet:KNOWN_AFTER_APPLY}}","Chosen":"known","Whole":"{{changeSet:KNOWN_AFTER_APPLY}}","If":"no"}}
            Add | C | - | - | - | {"Properties":{}}
            Remove | Z | - | Delete | {"Properties":{"Value":"9"}} | -"#]],
    )
    .await;
}

#[tokio::test]
async fn what_parameters_bring_about_is_told_as_theirs() {
    let cloud = Cloud::new().await;
    let text = template(&json!({"A": thing(json!({"Value": {"Ref": "Size"}}))}));
    cloud.create("s", &text).await.unwrap();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    let text = text.replace("\"Default\":1", "\"Default\":2");
    let named = [("StackName", "s"), ("ChangeSetName", "c")];
    let members = [named.as_slice(), &[("TemplateBody", text.as_str())]].concat();
    cloud.call("CreateChangeSet", &members).await.unwrap();
    let asked = [named.as_slice(), &[("IncludePropertyValues", "true")]].concat();
    let set = cloud.answer("DescribeChangeSet", &asked).await.unwrap();
    let details = set["Changes"][0]["ResourceChange"]["Details"].as_array().unwrap();
    assert_eq!(
        details.iter().map(detail).collect::<Vec<_>>(),
        [
            "  ParameterReference | Static | Size | /Properties/Value | Never | Modify | 1 | 2",
            "  DirectModification | Dynamic | - | /Properties/Value | Never | Modify | 1 | 2",
        ]
    );
}

#[tokio::test]
async fn what_replaced_and_new_resources_bring_about_is_told_as_theirs() {
    let dependents = |value: &str, fixed: &str| {
        json!({
            "A": thing(json!({"Value": value, "Fixed": fixed})),
            "B": thing(json!({"Value": {"Fn::GetAtt": ["A", "Value"]}})),
            "C": thing(json!({"Fixed": {"Ref": "A"}})),
            "D": thing(json!({"Fixed": {"Ref": "C"}})),
        })
    };
    check(dependents("1", "x"), dependents("1", "y"), expect![[r#"
        Modify | A | True | ReplaceAndDelete | {"Properties":{"Value":"1","Fixed":"x"}} | {"Properties":{"Value":"1","Fixed":"y"}}
          DirectModification | Static | - | /Properties/Fixed | Always | Modify | x | y
        Modify | B | False | - | {"Properties":{"Value":"1"}} | {"Properties":{"Value":"{{changeSet:KNOWN_AFTER_APPLY}}"}}
          ResourceAttribute | Static | A.Value | /Properties/Value | Never | Modify | 1 | {{changeSet:KNOWN_AFTER_APPLY}}
          DirectModification | Dynamic | - | /Properties/Value | Never | Modify | 1 | {{changeSet:KNOWN_AFTER_APPLY}}
        Modify | C | True | ReplaceAndDelete | {"Properties":{"Fixed":"<A>"}} | {"Properties":{"Fixed":"{{changeSet:KNOWN_AFTER_APPLY}}"}}
          ResourceReference | Static | A | /Properties/Fixed | Always | Modify | <A> | {{changeSet:KNOWN_AFTER_APPLY}}
          DirectModification | Dynamic | - | /Properties/Fixed | Always | Modify | <A> | {{changeSet:KNOWN_AFTER_APPLY}}
        Modify | D | True | ReplaceAndDelete | {"Properties":{"Fixed":"<C>"}} | {"Properties":{"Fixed":"{{changeSet:KNOWN_AFTER_APPLY}}"}}
          ResourceReference | Static | C | /Properties/Fixed | Always | Modify | <C> | {{changeSet:KNOWN_AFTER_APPLY}}
          DirectModification | Dynamic | - | /Properties/Fixed | Always | Modify | <C> | {{changeSet:KNOWN_AFTER_APPLY}}"#]]).await;
    // What is changed in its place keeps what others refer to it by.
    check(dependents("1", "x"), dependents("2", "x"), expect![[r#"
        Modify | A | False | - | {"Properties":{"Value":"1","Fixed":"x"}} | {"Properties":{"Value":"2","Fixed":"x"}}
          DirectModification | Static | - | /Properties/Value | Never | Modify | 1 | 2"#]]).await;
    check(
        json!({"A": thing(json!({"Fixed": "x", "Value": "x"}))}),
        json!({"A": thing(json!({"Fixed": {"Ref": "B"}, "Value": {"Ref": "B"}})), "B": thing(json!({}))}),
        expect![[r#"
            Modify | A | Conditional | - | {"Properties":{"Fixed":"x","Value":"x"}} | {"Properties":{"Fixed":"{{changeSet:KNOWN_AFTER_APPLY}}","Value":"{{changeSet:KNOWN_AFTER_APPLY}}"}}
              ResourceReference | Dynamic | B | /Properties/Fixed | Always | Modify | x | {{changeSet:KNOWN_AFTER_APPLY}}
              ResourceReference | Dynamic | B | /Properties/Value | Never | Modify | x | {{changeSet:KNOWN_AFTER_APPLY}}
            Add | B | - | - | - | {"Properties":{}}"#]],
    )
    .await;
    check(
        json!({"A": thing(json!({"Value": "x"}))}),
        json!({"A": thing(json!({"Value": {"Ref": "B"}})), "B": thing(json!({}))}),
        expect![[r#"
            Modify | A | False | - | {"Properties":{"Value":"x"}} | {"Properties":{"Value":"{{changeSet:KNOWN_AFTER_APPLY}}"}}
              ResourceReference | Dynamic | B | /Properties/Value | Never | Modify | x | {{changeSet:KNOWN_AFTER_APPLY}}
            Add | B | - | - | - | {"Properties":{}}"#]],
    )
    .await;
}

#[tokio::test]
async fn hidden_values_stay_hidden() {
    let secret = json!({"Fn::Sub": "key=${Secret}"});
    check(
        json!({"A": thing(json!({"Value": "1", "Key": secret}))}),
        json!({"A": thing(json!({"Value": "2", "Key": secret, "Other": {"Ref": "Secret"}}))}),
        expect![[r#"
            Modify | A | False | - | {"Properties":{"Value":"1","Key":"key=****"}} | {"Properties":{"Value":"2","Key":"key=****","Other":"****"}}
              DirectModification | Static | - | /Properties/Other | Never | Add | - | ****
              DirectModification | Static | - | /Properties/Value | Never | Modify | 1 | 2"#]],
    )
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_said_in_awss_words() {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(&json!({"A": thing(json!({}))}))).await.unwrap();
    for operation in ["DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet"] {
        for (stack, code, message) in [
            ("none", "ValidationError", "Stack [none] does not exist"),
            ("s", "ChangeSetNotFound", "ChangeSet [c] does not exist"),
        ] {
            let answer = cloud.answer(operation, &[("StackName", stack), ("ChangeSetName", "c")]).await;
            match answer {
                Err(error) => assert_eq!((error.code(), error.message()), (code, message), "{operation}"),
                // AWS: who deletes a change set that is not there is content.
                Ok(_) => assert_eq!(operation, "DeleteChangeSet"),
            }
        }
    }
}

#[tokio::test]
async fn a_change_set_is_that_of_the_stack_that_is_named() {
    let cloud = Cloud::new().await;
    let text = template(&json!({"A": thing(json!({"Value": "1"}))}));
    for stack in ["dev", "prod"] {
        cloud.create(stack, &text).await.unwrap();
        assert_eq!(cloud.settled(stack).await, "CREATE_COMPLETE");
    }
    let changed = template(&json!({"A": thing(json!({"Value": "2"}))}));
    let members = [("StackName", "prod"), ("ChangeSetName", "c"), ("TemplateBody", changed.as_str())];
    let made = cloud.answer("CreateChangeSet", &members).await.unwrap();
    let id = made["Id"].as_str().unwrap();
    for operation in ["DescribeChangeSet", "GetTemplate", "DeleteChangeSet", "ExecuteChangeSet"] {
        let answer = cloud.answer(operation, &[("StackName", "dev"), ("ChangeSetName", id)]).await;
        match answer {
            Err(error) => assert_eq!(error.code(), "ChangeSetNotFound", "{operation}"),
            Ok(_) => assert_eq!(operation, "DeleteChangeSet", "who deletes what is not there is content"),
        }
    }
    for named in
        [[("StackName", "prod"), ("ChangeSetName", id)], [("StackName", "prod"), ("ChangeSetName", "c")]]
    {
        assert!(cloud.answer("DescribeChangeSet", &named).await.is_ok(), "{named:?}");
    }
    assert!(cloud.answer("DescribeChangeSet", &[("ChangeSetName", id)]).await.is_ok());
}

#[tokio::test]
async fn a_token_tells_a_repeated_request_from_another() {
    let cloud = Cloud::new().await;
    let text = template(&json!({"A": thing(json!({"Value": "1"}))}));
    let other = template(&json!({"A": thing(json!({"Value": "2"}))}));
    let ask = async |body: &str, token: &str| {
        let named = [("StackName", "s"), ("ChangeSetName", "c"), ("ChangeSetType", "CREATE")];
        let mut members = [named.as_slice(), &[("TemplateBody", body)]].concat();
        if !token.is_empty() {
            members.push(("ClientToken", token));
        }
        let answer = cloud.answer("CreateChangeSet", &members).await;
        answer.map_err(|error| format!("{}: {}", error.code(), error.message()))
    };
    let refused = Err("AlreadyExistsException: ChangeSet c already exists".to_owned());
    let made = ask(&text, "t").await;
    assert!(made.is_ok(), "{made:?}");
    assert_eq!(ask(&text, "t").await, made);
    for (body, token) in [(&other, "t"), (&text, "u"), (&text, "")] {
        assert_eq!(ask(body, token).await, refused, "{token}");
    }
    cloud.call("ExecuteChangeSet", &[("StackName", "s"), ("ChangeSetName", "c")]).await.unwrap();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    assert_eq!(ask(&text, "t").await, made);
}
