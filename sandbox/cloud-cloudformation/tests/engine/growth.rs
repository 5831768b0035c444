//! What deployments leave on the disk.

use serde_json::{Value, json};

use crate::cloud::{Cloud, template};

/// What the store of stacks may grow by for reasons of its own: events, and pages that wait for what is written next.
const SLACK: u64 = 6 << 20;

/// A template that is large beside what else an update writes.
fn large(value: usize) -> String {
    let padding = format!("{value}{}", "x".repeat(20_000));
    let properties = json!({"Value": value.to_string()});
    let thing: Value =
        json!({"Type": "Test::Thing", "Properties": properties, "Metadata": {"Padding": padding}});
    json!({"Resources": {"A": thing}}).to_string()
}

#[tokio::test]
async fn five_hundred_updates_leave_one_template() {
    let cloud = Cloud::new().await;
    cloud.create("s", &large(0)).await.unwrap();
    cloud.settled("s").await;
    let mut first = 0;
    for number in 1..=500 {
        let (stack, text, name) = (("StackName", "s"), large(number), format!("c{number}"));
        if number % 10 == 0 {
            let set = ("ChangeSetName", name.as_str());
            cloud.call("CreateChangeSet", &[stack, set, ("TemplateBody", &text)]).await.unwrap();
            cloud.call("ExecuteChangeSet", &[stack, set]).await.unwrap();
        } else {
            cloud.update("s", &text).await.unwrap();
        }
        assert_eq!(cloud.settled("s").await, "UPDATE_COMPLETE", "{number}");
        if number == 20 {
            first = cloud.bytes();
        }
    }
    let last = cloud.bytes();
    assert!(last < first + SLACK, "{first} bytes after 20 updates, {last} after 500");
    let kept = cloud.answer("GetTemplate", &[("StackName", "s")]).await.unwrap();
    assert_eq!(kept["TemplateBody"].as_str(), Some(large(500).as_str()));
}

/// What is written for each of so many resources that are made together.
async fn written_for_each_of(count: u64) -> u64 {
    let cloud = Cloud::new().await;
    let names: Vec<String> = (0..count).map(|number| format!("A{number}")).collect();
    let things: Vec<(&str, &str, &str)> = names.iter().map(|name| (name.as_str(), "", "1")).collect();
    let created = cloud.create("s", &template(&things)).await;
    assert!(created.is_ok(), "{created:?}");
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    cloud.written() / count
}

#[tokio::test]
async fn a_resource_costs_as_much_among_many_as_among_few() {
    let (few, many) = (written_for_each_of(10).await, written_for_each_of(160).await);
    assert!(many <= few, "{few} bytes for each of 10 resources, {many} for each of 160");
}
