//! `AWS::Serverless::Connector`: what one resource may do with another, as a policy of the one or the other.

mod embedded;
mod profile;
mod reference;

use serde_json::{Map, Value, json};

pub(super) use embedded::take as take_embedded;

use super::resource::{Made, Plain, Properties, is_set};
use super::{Cause, Outcome, Work};
use profile::Profile;
use reference::{Ends, Reference};

/// What the connector stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    let from = properties.get("Source").unwrap_or(&Value::Null);
    let destinations: Vec<&Value> = match properties.get("Destination") {
        Some(Value::Array(several)) => several.iter().collect(),
        one => one.into_iter().collect(),
    };
    let several = properties.get("Destination").is_some_and(Value::is_array);
    let mut made = Vec::new();
    for (index, to) in destinations.into_iter().enumerate() {
        let wrong = |reason: String| Cause::resource(id, reason);
        let destination = Reference::of(work, to, from).map_err(wrong)?;
        let origin = Reference::of(work, from, to).map_err(wrong)?;
        let ends = Ends { source: origin, destination };
        let suffix = if several { format!("Destination{index}") } else { String::new() };
        let parts = Connector { id, source, properties: &properties, ends, suffix }.make(work)?;
        parts.iter().try_for_each(|(_, part)| work.room.take(id, part))?;
        made.extend(parts);
    }
    if made.is_empty() {
        return Err(Cause::resource(id, "'Destination' is an empty list"));
    }
    let ids: Vec<&str> = made.iter().map(|(id, _)| id.as_str()).collect();
    replace_dependency(work, id, &ids)?;
    Ok(made)
}

/// A connector to one destination.
struct Connector<'a> {
    id: &'a str,
    source: &'a Value,
    properties: &'a Properties<'a>,
    ends: Ends,
    suffix: String,
}

impl Connector<'_> {
    fn wrong(&self, reason: impl std::fmt::Display) -> Cause {
        Cause::resource(self.id, reason)
    }

    fn make(&self, work: &mut Work<'_>) -> Outcome<Vec<Made>> {
        let (from, to) = (&self.ends.source.type_name, &self.ends.destination.type_name);
        let profile = Profile::of(from, to).ok_or_else(|| {
            self.wrong(format!(
                "Unable to create connector from {from} to {to}; it's not supported or the template is invalid."
            ))
        })?;
        let permissions = self.permissions();
        self.check_permissions(&profile, &permissions)?;
        let kind = profile.kind;
        let profile = profile.filled(&self.ends).map_err(|reason| self.wrong(reason))?;
        let own = is_set(&profile["SourcePolicy"]);
        let (end, name) =
            if own { (&self.ends.source, "Source") } else { (&self.ends.destination, "Destination") };
        let missing = |what: &str| self.wrong(format!("Unable to get {what} from '{name}' resource."));
        let mut made = match kind {
            "AWS_LAMBDA_PERMISSION" => {
                let arn = end.member("Arn").ok_or_else(|| missing("Lambda function ARN"))?;
                self.lambda_permissions(&profile, &permissions, arn)
            }
            "AWS_SNS_TOPIC_POLICY" => {
                let arn = end.member("Arn").ok_or_else(|| missing("SNS topic ARN"))?;
                vec![self.policy("Topic", "AWS::SNS::TopicPolicy", "Topics", arn, &profile, &permissions)]
            }
            "AWS_SQS_QUEUE_POLICY" => {
                let url = end.member("QueueUrl").ok_or_else(|| missing("SQS queue URL"))?;
                vec![self.policy("Queue", "AWS::SQS::QueuePolicy", "Queues", url, &profile, &permissions)]
            }
            _ => {
                let role = end.member("RoleName").ok_or_else(|| missing("IAM role name"))?;
                let policy =
                    self.policy("", "AWS::IAM::ManagedPolicy", "Roles", role, &profile, &permissions);
                self.depend(work, &profile, &policy.0);
                vec![policy]
            }
        };
        let metadata = self.metadata(work);
        for (_, resource) in &mut made {
            let mut all = resource.get("Metadata").and_then(Value::as_object).cloned().unwrap_or_default();
            all.extend(metadata.clone());
            resource["Metadata"] = Value::Object(all);
        }
        Ok(made)
    }

    fn permissions(&self) -> Vec<&str> {
        let given = self.properties.get("Permissions").and_then(Value::as_array).into_iter().flatten();
        let mut given: Vec<&str> = given.filter_map(Value::as_str).collect();
        given.sort_unstable();
        given.dedup();
        given
    }

    fn check_permissions(&self, profile: &Profile, permissions: &[&str]) -> Outcome<()> {
        let categories: Vec<&str> = profile.categories().map(String::as_str).collect();
        let known = categories.join(", ");
        if permissions.is_empty() {
            let reason = format!("'Permissions' cannot be empty; valid values are: {known}.");
            return Err(self.wrong(reason));
        }
        let (from, to) = (&self.ends.source.type_name, &self.ends.destination.type_name);
        let unsupported = format!("Unsupported 'Permissions' provided for connector from {from} to {to}");
        if permissions.iter().any(|permission| !categories.contains(permission)) {
            return Err(self.wrong(format!("{unsupported}; valid values are: {known}.")));
        }
        let combinations = profile.combinations();
        if combinations.is_empty() || combinations.iter().any(|known| known == permissions) {
            return Ok(());
        }
        let combinations: Vec<String> = combinations.iter().map(|known| known.join(" + ")).collect();
        Err(self.wrong(format!("{unsupported}; valid combinations are: {}.", combinations.join(", "))))
    }

    fn plain(&self, type_name: &'static str) -> Plain {
        Plain::replacing(type_name, self.source)
    }

    fn policy(
        &self,
        name: &str,
        type_name: &'static str,
        holder_property: &str,
        holder: &Value,
        profile: &Value,
        permissions: &[&str],
    ) -> Made {
        let categories = profile["AccessCategories"].as_object().into_iter().flatten();
        let statements: Vec<Value> = categories
            .filter(|(name, _)| permissions.contains(&name.as_str()))
            .filter_map(|(_, category)| category["Statement"].as_array().cloned())
            .flatten()
            .collect();
        let policy = self
            .plain(type_name)
            .with("PolicyDocument", json!({ "Version": "2012-10-17", "Statement": statements }))
            .with(holder_property, json!([holder]))
            .build();
        (format!("{}{name}Policy{}", self.id, self.suffix), policy)
    }

    fn lambda_permissions(&self, profile: &Value, permissions: &[&str], function: &Value) -> Vec<Made> {
        let categories = profile["AccessCategories"].as_object().into_iter().flatten();
        categories
            .filter(|(name, _)| permissions.contains(&name.as_str()))
            .map(|(name, category)| {
                let mut plain = self.plain("AWS::Lambda::Permission").with("FunctionName", function.clone());
                for member in ["Action", "Principal", "SourceArn", "SourceAccount"] {
                    plain = plain.copy_as(member, category.get(member));
                }
                (format!("{}{name}LambdaPermission{}", self.id, self.suffix), plain.build())
            })
            .collect()
    }

    /// Lets what needs the policy wait for it.
    fn depend(&self, work: &mut Work<'_>, profile: &Value, policy: &str) {
        let (from, to) = (&self.ends.source.id, &self.ends.destination.id);
        let waiting = match (profile["DependedBy"].as_str(), from, to) {
            (Some("DESTINATION_EVENT_SOURCE_MAPPING"), Some(from), Some(to)) => {
                reference::only_mapping(work, from, to)
            }
            (Some("SOURCE"), Some(from), _) => Some(from.clone()),
            _ => None,
        };
        let Some(waiting) = waiting.and_then(|id| work.resource_mut(&id)) else { return };
        let mut depended = depended(waiting);
        if !depended.iter().any(|known| known == policy) {
            depended.push(json!(policy));
        }
        waiting["DependsOn"] = json!(depended);
    }

    /// What AWS's consoles show of the connector.
    fn metadata(&self, work: &Work<'_>) -> Map<String, Value> {
        let type_of = |end: &Reference| {
            let given = end.id.as_ref().and_then(|id| work.given.get(id)).filter(|given| !given.is_empty());
            json!({ "Type": given.unwrap_or(&end.type_name) })
        };
        let (source, destination) = (type_of(&self.ends.source), type_of(&self.ends.destination));
        let connector = json!({ self.id: { "Source": source, "Destination": destination } });
        Map::from_iter([("aws:sam:connectors".to_owned(), connector)])
    }
}

/// What a resource depends on, as a list.
fn depended(resource: &Value) -> Vec<Value> {
    match resource.get("DependsOn") {
        None => Vec::new(),
        Some(Value::Array(several)) => several.clone(),
        Some(one) => vec![one.clone()],
    }
}

/// Who depends on the connector depends on what is made of it.
fn replace_dependency(work: &mut Work<'_>, connector: &str, made: &[&str]) -> Outcome<()> {
    for (id, resource) in work.template["Resources"].as_object_mut().into_iter().flatten() {
        // AWS: connectors whose turn comes later keep what they say.
        if super::resource::type_name(resource) == "AWS::Serverless::Connector" {
            continue;
        }
        let names = |depended: &Value| match depended {
            Value::Array(several) => several.iter().any(|known| known == connector),
            one => one == connector,
        };
        if !resource.get("DependsOn").is_some_and(names) {
            continue;
        }
        let mut depended = depended(resource);
        let Some(place) = depended.iter().position(|known| known == connector) else { continue };
        work.room.take(id, &json!(made))?;
        depended.remove(place);
        for new in made {
            if !depended.iter().any(|known| known == new) {
                depended.push(json!(new));
            }
        }
        resource["DependsOn"] = json!(depended);
    }
    Ok(())
}
