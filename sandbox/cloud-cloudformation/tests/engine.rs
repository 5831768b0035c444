//! Stacks through the service's typed operations, on makers of resources that can be told to fail or to hang.

#[path = "engine/change_sets.rs"]
mod change_sets;
#[path = "engine/cloud.rs"]
mod cloud;
#[path = "engine/growth.rs"]
mod growth;
#[path = "engine/readers.rs"]
mod readers;
#[path = "engine/schemas.rs"]
mod schemas;

use cloud::{Cloud, template};
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn a_stack_is_made_in_the_order_of_its_needs_and_deleted_in_the_reverse() {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(&[("A", "B", "1"), ("B", "", "1")])).await.unwrap();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    cloud.delete("s").await.unwrap();
    assert_eq!(cloud.settled_id("s").await, "DELETE_COMPLETE");
    expect![[r"
        create B 1
        create A 1
        delete A
        delete B"]]
    .assert_eq(&cloud.calls());
    assert!(cloud.things().is_empty());
}

#[tokio::test]
async fn events_tell_the_whole_story() {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(&[("A", "", "1")])).await.unwrap();
    cloud.settled("s").await;
    expect![[r"
        s CREATE_IN_PROGRESS User Initiated
        A CREATE_IN_PROGRESS -
        A CREATE_IN_PROGRESS Resource creation Initiated
        A CREATE_COMPLETE -
        s CREATE_COMPLETE -"]]
    .assert_eq(&cloud.events("s").await);
}

#[tokio::test]
async fn a_failed_creation_is_rolled_back_to_nothing() {
    let cloud = Cloud::new().await;
    cloud.fail("create", "A");
    cloud.create("s", &template(&[("A", "B", "1"), ("B", "", "1")])).await.unwrap();
    assert_eq!(cloud.settled("s").await, "ROLLBACK_COMPLETE");
    assert!(cloud.things().is_empty());
    expect![[r#"
        s CREATE_IN_PROGRESS User Initiated
        B CREATE_IN_PROGRESS -
        B CREATE_IN_PROGRESS Resource creation Initiated
        B CREATE_COMPLETE -
        A CREATE_IN_PROGRESS -
        A CREATE_FAILED Resource handler returned message: "told to fail" (RequestToken: …, HandlerErrorCode: InvalidRequest)
        s ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [A]. Rollback requested by user.
        A DELETE_COMPLETE -
        B DELETE_IN_PROGRESS -
        B DELETE_COMPLETE -
        s ROLLBACK_COMPLETE -"#]]
    .assert_eq(&cloud.events("s").await);
    let refused = cloud.update("s", &template(&[("B", "", "2")])).await.unwrap_err();
    assert!(
        refused.message().ends_with("is in ROLLBACK_COMPLETE state and can not be updated."),
        "{refused}"
    );
}

#[tokio::test]
async fn a_failed_creation_is_left_or_deleted_where_asked() {
    let cloud = Cloud::new().await;
    cloud.fail("create", "A");
    let text = template(&[("A", "B", "1"), ("B", "", "1")]);
    cloud.create_with("left", &text, Some("DO_NOTHING")).await.unwrap();
    assert_eq!(cloud.settled("left").await, "CREATE_FAILED");
    assert_eq!(cloud.things().len(), 1);
    cloud.create_with("gone", &text, Some("DELETE")).await.unwrap();
    assert_eq!(cloud.settled_id("gone").await, "DELETE_COMPLETE");
    assert_eq!(cloud.things().len(), 1);
}

#[tokio::test]
async fn an_update_changes_what_differs_and_removes_what_is_gone() {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(&[("A", "B", "1"), ("B", "", "1"), ("C", "", "1")])).await.unwrap();
    cloud.settled("s").await;
    cloud.forget_calls();
    cloud.update("s", &template(&[("A", "B", "2"), ("B", "", "1"), ("D", "", "1")])).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_COMPLETE");
    let mut calls: Vec<String> = cloud.calls().lines().map(str::to_owned).collect();
    assert_eq!(calls.pop().as_deref(), Some("delete C"));
    calls.sort();
    assert_eq!(calls, ["create D 1", "update A 1 2"]);
}

#[tokio::test]
async fn what_has_no_effect_is_said_at_the_end_of_each_resource() {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(&[("A", "", "idle"), ("B", "", "1")])).await.unwrap();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    cloud.update("s", &template(&[("A", "", "1"), ("B", "", "idle")])).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_COMPLETE");
    let events = cloud.events("s").await;
    let said: Vec<&str> = events.lines().filter(|line| line.contains("Without effect here")).collect();
    assert_eq!(said.len(), 2, "{events}");
    for (line, (name, status)) in said.iter().zip([("A", "CREATE_COMPLETE"), ("B", "UPDATE_COMPLETE")]) {
        assert!(line.contains(name) && line.contains(status), "{line}");
        assert!(line.contains("Without effect here: Value (it is idle)"), "{line}");
    }
}

#[tokio::test]
async fn deploying_twice_changes_nothing() {
    let cloud = Cloud::new().await;
    let text = template(&[("A", "B", "1"), ("B", "", "1")]);
    cloud.create("s", &text).await.unwrap();
    cloud.settled("s").await;
    let refused = cloud.update("s", &text).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), ("ValidationError", "No updates are to be performed."));
}

#[tokio::test]
async fn a_replacement_carries_its_dependents_along_and_removes_the_old_one_last() {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(&[("A", "B", "1"), ("B", "", "1")])).await.unwrap();
    cloud.settled("s").await;
    let old = cloud.physical_id("s", "B");
    cloud.forget_calls();
    // `fixed` makes the maker ask for a replacement.
    cloud.update("s", &template(&[("A", "B", "1"), ("B", "", "fixed")])).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_COMPLETE");
    assert_ne!(cloud.physical_id("s", "B"), old);
    expect![[r"
        update B 1 fixed
        create B fixed
        update A 1 1
        delete B"]]
    .assert_eq(&cloud.calls());
    assert_eq!(cloud.things().len(), 2);
}

#[tokio::test]
async fn a_failed_update_is_rolled_back_to_exactly_what_was() {
    let cloud = Cloud::new().await;
    cloud
        .create("s", &template(&[("A", "B", "1"), ("B", "", "1"), ("C", "", "1"), ("Z", "A", "1")]))
        .await
        .unwrap();
    cloud.settled("s").await;
    let before = cloud.things();
    cloud.forget_calls();
    cloud.fail_once("update", "Z");
    let wanted = template(&[("A", "B", "2"), ("B", "", "fixed"), ("D", "", "1"), ("Z", "A", "2")]);
    cloud.update("s", &wanted).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(cloud.things(), before);
    assert_eq!(
        cloud.resource_statuses("s"),
        "A UPDATE_COMPLETE, B CREATE_COMPLETE, C CREATE_COMPLETE, Z UPDATE_COMPLETE"
    );
    cloud.heal();
    cloud.update("s", &wanted).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_COMPLETE");
}

#[tokio::test]
async fn a_rollback_that_fails_says_so() {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(&[("A", "", "1")])).await.unwrap();
    cloud.settled("s").await;
    cloud.fail("update", "A");
    cloud.update("s", &template(&[("A", "", "2")])).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_ROLLBACK_FAILED");
    cloud.heal();
    cloud.delete("s").await.unwrap();
    assert_eq!(cloud.settled_id("s").await, "DELETE_COMPLETE");
}

#[tokio::test]
async fn kept_resources_are_skipped() {
    let cloud = Cloud::new().await;
    let kept = "Resources:\n  A: {Type: Test::Thing, DeletionPolicy: Retain, Properties: {Value: '1'}}\n  B: {Type: Test::Thing, Properties: {Value: '1'}}\n";
    cloud.create("s", kept).await.unwrap();
    cloud.settled("s").await;
    cloud.delete("s").await.unwrap();
    assert_eq!(cloud.settled_id("s").await, "DELETE_COMPLETE");
    assert_eq!(cloud.calls().lines().last(), Some("delete B"));
    assert_eq!(cloud.things().len(), 1);
    assert!(cloud.events_of_id("s").await.contains("A DELETE_SKIPPED"));
}

#[tokio::test]
async fn a_failed_deletion_goes_on_with_the_rest_and_can_be_repeated() {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(&[("A", "", "1"), ("B", "", "1")])).await.unwrap();
    cloud.settled("s").await;
    cloud.fail("delete", "A");
    cloud.delete("s").await.unwrap();
    assert_eq!(cloud.settled("s").await, "DELETE_FAILED");
    assert_eq!(cloud.things().len(), 1);
    cloud.heal();
    cloud.delete("s").await.unwrap();
    assert_eq!(cloud.settled_id("s").await, "DELETE_COMPLETE");
    assert!(cloud.things().is_empty());
}

#[tokio::test]
async fn two_deploys_at_once_are_refused() {
    let cloud = Cloud::new().await;
    cloud.hang("create", "A");
    cloud.create("s", &template(&[("A", "", "1")])).await.unwrap();
    let refused = cloud.update("s", &template(&[("A", "", "2")])).await.unwrap_err();
    assert!(
        refused.message().ends_with("is in CREATE_IN_PROGRESS state and can not be updated."),
        "{refused}"
    );
    let refused = cloud.create("s", &template(&[("A", "", "2")])).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), ("AlreadyExistsException", "Stack [s] already exists"));
    let refused = cloud.delete("s").await.unwrap_err();
    assert_eq!(refused.message(), "Stack [s] cannot be deleted while in status CREATE_IN_PROGRESS");
}

/// K9: the process ends while a call is under way; the next one goes on from what was kept.
#[tokio::test]
async fn whatever_was_under_way_is_gone_on_with_after_a_kill() {
    let first = template(&[("A", "B", "1"), ("B", "", "1"), ("C", "", "1")]);
    let second = template(&[("A", "B", "2"), ("B", "", "fixed"), ("D", "A", "1")]);
    let steps = [
        ("create", "B"),
        ("create", "A"),
        ("update", "B"),
        ("update", "A"),
        ("create", "D"),
        ("delete", "C"),
        ("delete", "B"),
    ];
    for (verb, name) in steps {
        let cloud = Cloud::new().await;
        let dies_early = verb == "create" && name != "D";
        if !dies_early {
            cloud.create("s", &first).await.unwrap();
            cloud.settled("s").await;
        }
        cloud.hang(verb, name);
        if dies_early {
            cloud.create("s", &first).await.unwrap();
        } else {
            cloud.update("s", &second).await.unwrap();
        }
        cloud.hung().await;
        let cloud = cloud.killed_and_started().await;
        let status = cloud.settled("s").await;
        assert_eq!(
            status,
            if dies_early { "CREATE_COMPLETE" } else { "UPDATE_COMPLETE" },
            "killed at {verb} {name}"
        );
        let wanted = if dies_early { "A=1 B=1 C=1" } else { "A=2 B=fixed D=1" };
        assert_eq!(cloud.summary(), wanted, "killed at {verb} {name}");
        assert_eq!(cloud.things().len(), 3, "nothing is left over after {verb} {name}");
    }
}

#[tokio::test]
async fn what_a_type_makes_of_its_properties_is_asked_for_first() {
    let cloud = Cloud::new().await;
    let many = vec![json!({}); 5000];
    let thing = json!({"Type": "Test::Thing", "Properties": {"Value": "1", "Many": many}});
    cloud.hang("create", "A");
    cloud.create("s", &json!({"Resources": {"A": thing}}).to_string()).await.unwrap();
    cloud.hung().await;
    assert!(cloud.memory_used() > 5000 * 4096, "{}", cloud.memory_used());
    cloud.let_go();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    assert_eq!(cloud.memory_used(), 0);
}

/// K9: killed while it rolls back.
#[tokio::test]
async fn a_rollback_is_gone_on_with_after_a_kill() {
    for (verb, name) in [("update", "A"), ("delete", "D")] {
        let cloud = Cloud::new().await;
        cloud.create("s", &template(&[("A", "", "1"), ("Z", "A", "1")])).await.unwrap();
        cloud.settled("s").await;
        let before = cloud.things();
        cloud.fail_once("update", "Z");
        cloud.hang_at_second(verb, name);
        let wanted = template(&[("A", "", "2"), ("D", "", "1"), ("Z", "A D", "2")]);
        cloud.update("s", &wanted).await.unwrap();
        cloud.hung().await;
        let cloud = cloud.killed_and_started().await;
        assert_eq!(cloud.settled("s").await, "UPDATE_ROLLBACK_COMPLETE", "killed at {verb} {name}");
        assert_eq!(cloud.things(), before, "killed at {verb} {name}");
    }
}

#[tokio::test]
async fn what_ends_the_process_at_every_start_is_given_up() {
    const REASON: &str = "The operation ended the process each time it was gone on with";
    let text = template(&[("A", "B", "1"), ("B", "", "1")]);
    let changed = template(&[("A", "B", "2"), ("B", "", "1")]);
    for (verb, status, settles) in [
        ("create", "CREATE_FAILED", "A CREATE_FAILED"),
        ("update", "UPDATE_FAILED", "A UPDATE_FAILED"),
        ("delete", "DELETE_FAILED", "A DELETE_FAILED"),
    ] {
        let mut cloud = Cloud::new().await;
        if verb != "create" {
            cloud.create("s", &text).await.unwrap();
            cloud.settled("s").await;
        }
        cloud.hang(verb, "A");
        match verb {
            "create" => cloud.create("s", &text).await.unwrap(),
            "update" => cloud.update("s", &changed).await.unwrap(),
            _ => cloud.delete("s").await.unwrap(),
        };
        for _ in 0..2 {
            cloud.hung().await;
            cloud = cloud.killed_and_stuck(verb, "A").await;
        }
        cloud.hung().await;
        let cloud = cloud.killed_and_stuck(verb, "A").await;
        assert_eq!(cloud.settled("s").await, status);
        assert!(cloud.reason("s").starts_with(REASON), "{}", cloud.reason("s"));
        let events = cloud.events("s").await;
        assert!(events.contains(&format!("{settles} {REASON}")), "{events}");
        assert!(events.contains(&format!("s {status} {REASON}")), "{events}");
        // It has let go of nothing else: the stack can be deleted, and made again.
        let cloud = cloud.killed_and_started().await;
        cloud.delete("s").await.unwrap();
        assert_eq!(cloud.settled_id("s").await, "DELETE_COMPLETE");
        cloud.create("s", &text).await.unwrap();
        assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    }
}

#[tokio::test]
async fn ends_in_good_order_and_kills_on_the_way_are_no_crashes() {
    let cloud = Cloud::new().await;
    cloud.hang("create", "A");
    cloud.create("s", &template(&[("A", "", "1")])).await.unwrap();
    let mut cloud = cloud;
    for _ in 0..4 {
        cloud.hung().await;
        cloud.stop().await;
        cloud = cloud.killed_and_stuck("create", "A").await;
    }
    cloud.hung().await;
    let cloud = cloud.killed_and_started().await;
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    // Each start gets one resource further, so none of them is to blame.
    let names = ["A", "B", "C", "D", "E"];
    let chain: Vec<(&str, &str, &str)> = names
        .iter()
        .enumerate()
        .map(|(at, name)| (*name, if at == 0 { "" } else { names[at - 1] }, "1"))
        .collect();
    let mut cloud = Cloud::new().await;
    cloud.hang("create", "A");
    cloud.create("s", &template(&chain)).await.unwrap();
    for name in names {
        cloud.hung().await;
        cloud = cloud.killed_and_stuck("create", name).await;
        if name == "A" {
            cloud.hung().await;
            cloud = cloud.killed_and_stuck("create", "B").await;
        }
    }
    cloud.hung().await;
    let cloud = cloud.killed_and_started().await;
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_keeps_nothing_else_down() {
    let cloud = Cloud::new().await;
    for name in ["good", "bad"] {
        cloud.create(name, &template(&[("A", "", "1")])).await.unwrap();
        cloud.settled(name).await;
    }
    let cloud = cloud.killed_and_mangled("bad").await;
    cloud.update("good", &template(&[("A", "", "2")])).await.unwrap();
    assert_eq!(cloud.settled("good").await, "UPDATE_COMPLETE");
    assert!(cloud.update("bad", &template(&[("A", "", "2")])).await.is_err());
}

#[tokio::test]
async fn what_fails_because_the_cloud_ends_is_not_rolled_back() {
    let cloud = Cloud::new().await;
    cloud.hang("create", "A");
    cloud.fail("create", "A");
    cloud.create("s", &template(&[("A", "", "1")])).await.unwrap();
    cloud.hung().await;
    cloud.stop_and_let_go().await;
    let cloud = cloud.killed_and_started().await;
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    assert_eq!(cloud.things().len(), 1);
}

#[tokio::test]
async fn a_maker_that_panics_fails_its_resource_only() {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(&[("A", "", "panic"), ("B", "", "1")])).await.unwrap();
    assert_eq!(cloud.settled("s").await, "ROLLBACK_COMPLETE");
    assert!(cloud.things().is_empty());
}

#[tokio::test]
async fn outputs_and_exports() {
    let cloud = Cloud::new().await;
    let exporter = "Resources:\n  A: {Type: Test::Thing, Properties: {Value: '1'}}\nOutputs:\n  O: {Value: !GetAtt A.Value, Export: {Name: shared}}\n";
    let importer = "Resources:\n  B: {Type: Test::Thing, Properties: {Value: !ImportValue shared}}\n";
    let lonely = cloud.create("lonely", importer).await;
    lonely.unwrap();
    assert_eq!(cloud.settled("lonely").await, "ROLLBACK_COMPLETE");
    assert!(cloud.events("lonely").await.contains("No export named shared found."));
    cloud.create("exporter", exporter).await.unwrap();
    assert_eq!(cloud.settled("exporter").await, "CREATE_COMPLETE");
    cloud.create("importer", importer).await.unwrap();
    assert_eq!(cloud.settled("importer").await, "CREATE_COMPLETE");
    assert!(cloud.summary().contains("B=1"));
    let refused = cloud.delete("exporter").await.unwrap_err();
    assert_eq!(refused.message(), "Export shared cannot be deleted as it is in use by importer");
    cloud.create("second", exporter).await.unwrap();
    assert_eq!(cloud.settled("second").await, "ROLLBACK_COMPLETE");
    assert!(
        cloud
            .events("second")
            .await
            .contains("Export with name shared is already exported by stack exporter.")
    );
    cloud.delete("importer").await.unwrap();
    cloud.settled_id("importer").await;
    cloud.delete("exporter").await.unwrap();
    assert_eq!(cloud.settled_id("exporter").await, "DELETE_COMPLETE");
}

/// AWS's sentence, and the place beside it.
fn placed(error: &cloud_core::AwsError) -> String {
    std::error::Error::source(error).map_or_else(|| error.message().to_owned(), ToString::to_string)
}

#[tokio::test]
async fn templates_are_refused_in_awss_words() {
    let cloud = Cloud::new().await;
    for (text, sentence) in [
        (
            "Resources: {A: {Type: AWS::X::Y}}",
            "Template format error: Unrecognized resource types: [AWS::X::Y]",
        ),
        (
            "Resources: {A: {Type: Test::Thing, Properties: {V: !Ref B}}, B: {Type: Test::Thing, Properties: {V: !Ref A}}}",
            "Circular dependency between resources: [A, B]",
        ),
        (
            "Resources: {A: {Type: Test::Thing, Properties: {V: !Ref Nope}}}",
            "Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template (/Resources/A/Properties/V/Ref, line 1, column 52)",
        ),
        (
            "Resources: {A: {Type: Test::Thing, Properties: {V: !GetAtt Nope.X}}}",
            "Template error: instance of Fn::GetAtt references undefined resource Nope (/Resources/A/Properties/V/Fn::GetAtt, line 1, column 52)",
        ),
        (
            "Conditions: {Never: !Equals [a, b]}\nResources: {A: {Type: Test::Thing, Condition: Never}, B: {Type: Test::Thing, Properties: {V: !Ref A}}}",
            "Template format error: Unresolved resource dependencies [A] in the Resources block of the template (/Resources/B/Properties/V/Ref, line 2, column 94)",
        ),
        (
            "Conditions: {Never: !Equals [a, b]}\nResources: {A: {Type: Test::Thing, Condition: Never}, B: {Type: Test::Thing}}\nOutputs: {O: {Value: !Ref A}}",
            "Unresolved resource dependencies [A] in the Outputs block of the template (/Outputs/O/Value/Ref, line 3, column 22)",
        ),
        ("Description: x", "Template format error: At least one Resources member must be defined."),
        (
            "Resources: {A: {Type: Test::Thing, Nope: 1}}",
            "Invalid template resource property 'Nope' (/Resources/A/Nope, line 1, column 36)",
        ),
        (
            "Nope: 1\nResources: {A: {Type: Test::Thing}}",
            "Invalid template property or properties [Nope] (/Nope, line 1, column 1)",
        ),
        (
            "Resources: {A: {Type: Test::Thing, Properties: {V: null}}}",
            "Template format error: [/Resources/A/Properties/V] 'null' values are not allowed in templates (/Resources/A/Properties/V, line 1, column 49)",
        ),
        (
            "Resources: {A: {Type: Test::Thing, Properties: {V: '{{resolve:ssm:/x}}'}}}",
            "Template error: dynamic references ({{resolve:…}}) are not supported by this cloud (/Resources/A/Properties/V, line 1, column 49)",
        ),
        (
            "Resources: {A: {Type: AWS::Serverless::Function}}\nTransform: Nope",
            "No transform named Nope found.",
        ),
    ] {
        let refused = cloud.create("s", text).await.unwrap_err();
        assert_eq!((refused.code(), placed(&refused).as_str()), ("ValidationError", sentence));
        assert!(!refused.message().contains("line "), "{refused}");
    }
    let many = (0..501).map(|n| format!("  A{n}: {{Type: Test::Thing}}\n")).collect::<Vec<_>>().concat();
    let refused = cloud.create("s", &format!("Resources:\n{many}")).await.unwrap_err();
    assert_eq!(
        placed(&refused),
        "Template format error: Number of resources, 501, is greater than maximum allowed, 500 (/Resources, line 1, column 1)"
    );
}

/// What `cdk synth` writes into every template, unmodified.
#[tokio::test]
async fn templates_of_the_cdk_deploy_as_they_are() {
    let text = r#"{
 "Resources": {
  "A": {"Type": "Test::Thing", "Properties": {"Value": {"Ref": "BootstrapVersion"}}, "Metadata": {"aws:cdk:path": "s/A"}},
  "CDKMetadata": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2:deflate64:H4s"},
   "Metadata": {"aws:cdk:path": "s/CDKMetadata/Default"}, "Condition": "CDKMetadataAvailable"}
 },
 "Conditions": {"CDKMetadataAvailable": {"Fn::Or": [
  {"Fn::Or": [{"Fn::Equals": [{"Ref": "AWS::Region"}, "af-south-1"]}, {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}]},
  {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-west-2"]}]}},
 "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version",
  "Description": "Version of the CDK Bootstrap resources in this environment, automatically retrieved from SSM Parameter Store. [cdk:skip]"}},
 "Rules": {"CheckBootstrapVersion": {"Assertions": [{"Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2", "3", "4", "5"], {"Ref": "BootstrapVersion"}]}]},
  "AssertDescription": "CDK bootstrap stack version 6 required. Please run 'cdk bootstrap' with a recent version of the CDK CLI."}]}}
}"#;
    let cloud = Cloud::new().await;
    cloud.create("s", text).await.unwrap();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    assert_eq!(cloud.resource_statuses("s"), "A CREATE_COMPLETE, CDKMetadata CREATE_COMPLETE");
    assert_eq!(cloud.summary(), "A=30");
    let refused = cloud.create("t", &text.replace("\"5\"]", "\"30\"]")).await.unwrap_err();
    let expected = "Template validation error: Rule CheckBootstrapVersion failed: CDK bootstrap stack version 6 required.";
    assert!(refused.message().starts_with(expected), "{refused}");
    let refused =
        cloud.create("t", &text.replace("/cdk-bootstrap/hnb659fds/version", "/mine")).await.unwrap_err();
    assert!(refused.message().starts_with("Unable to fetch parameters [/mine]"), "{refused}");
}

#[tokio::test]
async fn mappings_have_two_levels_and_no_more() {
    let cloud = Cloud::new().await;
    for (mappings, sentence) in [
        ("M: x", "Template format error: Every Mappings member M must be a map"),
        ("M: {A: x}", "Template format error: Every Mappings member A must be a map"),
        (
            "M: {A: {B: {C: x}}}",
            "Template format error: Every Mappings attribute must be a String or a List.",
        ),
    ] {
        let text = format!("Mappings: {{{mappings}}}\nResources: {{A: {{Type: Test::Thing}}}}");
        let refused = cloud.create("s", &text).await.unwrap_err();
        assert!(refused.message().starts_with(sentence), "{refused}");
    }
}

/// Each of these was accepted once, and filled the machine when it was deployed, and at every start after that.
#[tokio::test]
async fn a_template_that_grows_is_refused() {
    let cloud = Cloud::new().await;
    let resource =
        |value: String| format!("Resources: {{A: {{Type: Test::Thing, Properties: {{Value: {value}}}}}}}\n");
    let parameter = format!("Parameters: {{P: {{Type: String, Default: {}}}}}\n", "x".repeat(4000));
    let list = format!("Parameters: {{P: {{Type: CommaDelimitedList, Default: '{}'}}}}\n", ",".repeat(4000));
    let mapping = format!("Mappings: {{M: {{a: {{b: {}}}}}}}\n", "y".repeat(20_000));
    let cases = [
        ("Fn::Sub", parameter.clone() + &resource(format!("!Sub '{}'", "${P}".repeat(11_000)))),
        (
            "Fn::Join",
            format!(
                "{mapping}{}",
                resource(format!("!Join [!FindInMap [M, a, b], [{}]]", "a,".repeat(5000)))
            ),
        ),
        ("Ref", list + &resource(format!("[{}]", "!Ref P,".repeat(200)))),
        ("Fn::FindInMap", mapping + &resource(format!("[{}]", "!FindInMap [M,a,b],".repeat(1000)))),
    ];
    for (function, text) in cases {
        let refused = cloud.create("s", &text).await.unwrap_err();
        let expected = format!("Template error: {function} of resource A makes more than");
        assert_eq!(refused.code(), "ValidationError");
        assert!(refused.message().starts_with(&expected), "{function}: {refused}");
        assert!(placed(&refused).contains("/Resources/A/Properties/Value"), "{refused}");
    }
    let outputs = (0..150).map(|n| format!("  O{n}: {{Value: !Sub '{}'}}\n", "${P}".repeat(20)));
    let text = format!("{parameter}{}Outputs:\n{}", resource("'1'".into()), outputs.collect::<String>());
    let refused = cloud.create("s", &text).await.unwrap_err();
    assert!(refused.message().starts_with("Template error: Fn::Sub of output O"), "{refused}");
}

#[tokio::test]
async fn what_a_request_asks_beyond_its_template_is_done_or_refused() {
    let cloud = Cloud::new().await;
    let text = template(&[("A", "", "1")]);
    for (operation, member, value, refused) in [
        ("CreateStack", "StackPolicyBody", "{}", "Stack policies are not supported by this cloud."),
        ("CreateStack", "StackPolicyURL", "http://x", "Stack policies are not supported by this cloud."),
        (
            "CreateStack",
            "RollbackConfiguration",
            "MonitoringTimeInMinutes=5",
            "Rollback triggers and monitoring times are not supported by this cloud.",
        ),
        ("CreateStack", "RollbackConfiguration", "MonitoringTimeInMinutes=0", ""),
        (
            "CreateStack",
            "ResourceTypes",
            "AWS::*,Test::Other",
            "Resource types [Test::Thing] are not among the ResourceTypes of the request",
        ),
        ("CreateStack", "ResourceTypes", "AWS::*,Test::*", ""),
        ("CreateStack", "TimeoutInMinutes", "5", ""),
        (
            "CreateChangeSet",
            "ImportExistingResources",
            "true",
            "Imports of existing resources are not supported by this cloud.",
        ),
        (
            "CreateChangeSet",
            "DeploymentMode",
            "REVERT_DRIFT",
            "Deployment modes are not supported by this cloud.",
        ),
    ] {
        let name = format!("s{}", cloud.things().len());
        let mut members =
            vec![("StackName", name.as_str()), ("TemplateBody", text.as_str()), (member, value)];
        if operation == "CreateChangeSet" {
            members.extend([("ChangeSetName", "c"), ("ChangeSetType", "CREATE")]);
        }
        let answer = cloud.call(operation, &members).await;
        let seen = answer.err().map(|error| error.message().to_owned()).unwrap_or_default();
        assert_eq!(seen, refused, "{operation} {member}={value}");
        if refused.is_empty() {
            assert_eq!(cloud.settled(&name).await, "CREATE_COMPLETE");
        }
    }
}

#[tokio::test]
async fn what_has_no_effect_is_said_once_in_the_events() {
    let cloud = Cloud::new().await;
    let text = r#"{"Resources": {"A": {"Type": "Test::Thing", "CreationPolicy": {}, "UpdatePolicy": {"EnableVersionUpgrade": true}}}}"#;
    let members =
        [("StackName", "s"), ("TemplateBody", text), ("NotificationARNs", "arn:aws:sns:us-east-1:1:t")];
    cloud.call("CreateStack", &members).await.unwrap();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    expect![[r"
        s CREATE_IN_PROGRESS User Initiated
        s CREATE_IN_PROGRESS Without effect here: NotificationARNs, for there are no topics
        A CREATE_IN_PROGRESS Without effect here: CreationPolicy, UpdatePolicy
        A CREATE_IN_PROGRESS Resource creation Initiated
        A CREATE_COMPLETE -
        s CREATE_COMPLETE -"]]
    .assert_eq(&cloud.events("s").await);
    let wrong = r#"{"Resources": {"A": {"Type": "Test::Thing", "UpdatePolicy": "x"}}}"#;
    let refused = cloud.update("s", wrong).await.unwrap_err();
    assert!(refused.message().contains("UpdatePolicy must be an object"), "{refused}");
}

#[tokio::test]
async fn a_deletion_by_force_leaves_what_cannot_be_removed() {
    let cloud = Cloud::new().await;
    cloud.create("s", &template(&[("A", "B", "1"), ("B", "", "1"), ("C", "", "1")])).await.unwrap();
    cloud.settled("s").await;
    let force = [("StackName", "s"), ("DeletionMode", "FORCE_DELETE_STACK")];
    let refused = cloud.call("DeleteStack", &force).await.unwrap_err();
    assert!(
        refused.message().contains("can only be used on a stack in the DELETE_FAILED state"),
        "{refused}"
    );
    cloud.fail("delete", "A");
    cloud.delete("s").await.unwrap();
    assert_eq!(cloud.settled("s").await, "DELETE_FAILED");
    cloud.call("DeleteStack", &force).await.unwrap();
    assert_eq!(cloud.settled_id("s").await, "DELETE_COMPLETE");
    assert_eq!(cloud.summary(), "A=1 B=1");
    let events = cloud.events_of_id("s").await;
    assert!(events.contains("A DELETE_SKIPPED -") && events.contains("B DELETE_SKIPPED -"), "{events}");
}
