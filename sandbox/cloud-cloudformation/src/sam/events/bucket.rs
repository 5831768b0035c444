//! Events of a bucket of the same template.

use serde_json::{Value, json};

use crate::sam::properties::Kind::{ListOf, MapOf, OneOf, Text};
use crate::sam::properties::{Field, may, must, passed};
use crate::sam::resource::{Made, Properties, conditional, reference};
use crate::sam::role::Role;
use crate::sam::{Cause, Outcome, Work};

use super::Event;
use super::user_pool::changed;

pub(super) const FIELDS: &[Field] = &[
    must("Bucket", Text),
    must("Events", OneOf(&[Text, ListOf(&Text)])).literal(),
    may("Filter", MapOf(&Text)),
];

/// What a bucket that is changed may have.
// AWS: the transform knows these.
const BUCKET: &[Field] = &[
    passed("AccelerateConfiguration"),
    passed("AccessControl"),
    passed("AnalyticsConfigurations"),
    passed("BucketEncryption"),
    passed("BucketName"),
    passed("CorsConfiguration"),
    passed("IntelligentTieringConfigurations"),
    passed("InventoryConfigurations"),
    passed("LifecycleConfiguration"),
    passed("LoggingConfiguration"),
    passed("MetricsConfigurations"),
    passed("NotificationConfiguration"),
    passed("ObjectLockConfiguration"),
    passed("ObjectLockEnabled"),
    passed("OwnershipControls"),
    passed("PublicAccessBlockConfiguration"),
    passed("ReplicationConfiguration"),
    passed("Tags"),
    passed("VersioningConfiguration"),
    passed("WebsiteConfiguration"),
];

/// Whether the bucket is in the template.
pub(super) fn linked(work: &Work<'_>, properties: &Properties<'_>) -> Result<(), &'static str> {
    match properties.get("Bucket").and_then(|bucket| bucket.get("Ref")) {
        Some(id) if !id.is_string() => Err("'Ref' value in S3 events is not a valid string."),
        Some(id) if work.resource(id.as_str().unwrap_or_default()).is_some() => Ok(()),
        _ => Err("S3 events must reference an S3 bucket in the same template."),
    }
}

/// The permission, and the notifications in the bucket, which waits for the permission.
pub(super) fn make(work: &mut Work<'_>, event: &Event<'_>, _: &mut Role) -> Outcome<Vec<Made>> {
    let bucket_id = event.properties.get("Bucket").and_then(|bucket| bucket.get("Ref"));
    let bucket_id = bucket_id.and_then(Value::as_str).unwrap_or_default();
    let permission =
        event.callee.permission("s3.amazonaws.com").with("SourceAccount", reference("AWS::AccountId"));
    let permission = event.named("Permission", permission);
    let bucket = work.resource_mut(bucket_id).ok_or_else(|| event.wrong("The bucket is not there."))?;
    match event.callee.source.get("Condition") {
        Some(condition) => wait_by_tag(bucket_id, bucket, &permission.0, condition)?,
        None => wait(event, bucket, &permission.0)?,
    }
    notify(event, bucket_id, bucket)?;
    let bucket = changed(bucket_id, bucket, "AWS::S3::Bucket", BUCKET)?;
    Ok(vec![permission, (bucket_id.to_owned(), bucket)])
}

fn wait(event: &Event<'_>, bucket: &mut Value, permission: &str) -> Outcome<()> {
    let mut all: Vec<Value> = match bucket.get("DependsOn") {
        None => Vec::new(),
        Some(Value::String(one)) => vec![json!(one)],
        Some(Value::Array(several)) if several.iter().all(Value::is_string) => several.clone(),
        Some(_) => {
            let reason = "Invalid type for field 'DependsOn'. Expected a string or list of strings.";
            return Err(Cause::resource(event.id, reason));
        }
    };
    if !all.iter().any(|known| known == permission) {
        all.push(json!(permission));
    }
    bucket["DependsOn"] = json!(all);
    Ok(())
}

/// Nothing can depend on what is there under a condition only; but a tag can name it, if it is there.
fn wait_by_tag(bucket_id: &str, bucket: &mut Value, permission: &str, condition: &Value) -> Outcome<()> {
    if bucket.get("Properties").is_none_or(Value::is_null) {
        bucket["Properties"] = json!({});
    }
    let tags = &mut bucket["Properties"]["Tags"];
    if tags.is_null() {
        *tags = json!([]);
    }
    let Some(tags) = tags.as_array_mut() else {
        return Err(Cause::resource(bucket_id, "Property 'Tags' should be a list."));
    };
    let value = conditional(condition, &reference(permission), &json!("no dependency"));
    tags.push(json!({ "Key": format!("sam:ConditionalDependsOn:{permission}"), "Value": value }));
    Ok(())
}

fn notify(event: &Event<'_>, bucket_id: &str, bucket: &mut Value) -> Outcome<()> {
    let events = match event.properties.get("Events") {
        Some(Value::Array(events)) => events.clone(),
        one => one.into_iter().cloned().collect(),
    };
    if bucket.get("Properties").is_none() {
        bucket["Properties"] = json!({});
    }
    if !bucket["Properties"].is_object() {
        return Err(Cause::resource(bucket_id, "Properties should be a map."));
    }
    let config = &mut bucket["Properties"]["NotificationConfiguration"];
    if config.is_null() {
        *config = json!({});
    }
    if !config.is_object() {
        return Err(Cause::resource(bucket_id, "Property 'NotificationConfiguration' should be a map."));
    }
    let known = &mut config["LambdaConfigurations"];
    if known.is_null() {
        *known = json!([]);
    }
    let Some(known) = known.as_array_mut() else {
        return Err(Cause::resource(bucket_id, "Invalid type for LambdaConfigurations. Must be a list."));
    };
    for name in events {
        let mut notification = json!({ "Function": event.callee.arn(), "Event": name });
        if let Some(filter) = event.properties.get("Filter") {
            notification["Filter"] = filter.clone();
        }
        if let Some(condition) = event.callee.source.get("Condition") {
            notification = conditional(condition, &notification, &reference("AWS::NoValue"));
        }
        if !known.contains(&notification) {
            known.push(notification);
        }
    }
    Ok(())
}
