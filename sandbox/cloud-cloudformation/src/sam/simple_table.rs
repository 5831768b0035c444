//! `AWS::Serverless::SimpleTable`: a DynamoDB table with one key.

use serde_json::{Value, json};

use super::python::shown;
use super::resource::{Made, Plain, Properties, tag_list};
use super::{Cause, Outcome, Work};

/// What the table stands for.
pub(super) fn transform(_: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    let (name, kind) = key(&properties)?;
    let throughput = properties.set("ProvisionedThroughput");
    let tags = properties.set("Tags").and_then(Value::as_object);
    let table = Plain::replacing("AWS::DynamoDB::Table", source)
        .with("AttributeDefinitions", json!([{ "AttributeName": name, "AttributeType": kind }]))
        .with("KeySchema", json!([{ "AttributeName": name, "KeyType": "HASH" }]))
        .copy_as("PointInTimeRecoverySpecification", properties.set("PointInTimeRecoverySpecification"))
        .copy_as("ProvisionedThroughput", throughput)
        .maybe("BillingMode", throughput.is_none().then_some("PAY_PER_REQUEST"))
        .copy_as("SSESpecification", properties.set("SSESpecification"))
        .copy_as("TableName", properties.set("TableName"))
        .maybe("Tags", tags.map(tag_list))
        .build();
    Ok(vec![(id.to_owned(), table)])
}

/// Name and type of the key.
fn key(properties: &Properties<'_>) -> Outcome<(Value, &'static str)> {
    let Some(key) = properties.set("PrimaryKey") else { return Ok((json!("id"), "S")) };
    let member = |name: &str| {
        let given = key.get(name).filter(|value| !value.is_null());
        given.ok_or_else(|| {
            Cause::resource(properties.id, format!("Property 'PrimaryKey.{name}' is required."))
        })
    };
    let (name, kind) = (member("Name")?, member("Type")?);
    let short = match kind.as_str() {
        Some("String") => "S",
        Some("Number") => "N",
        Some("Binary") => "B",
        _ => {
            let reason = format!("Invalid 'Type' \"{}\".", shown(kind));
            return Err(Cause::resource(properties.id, reason));
        }
    };
    Ok((name.clone(), short))
}
