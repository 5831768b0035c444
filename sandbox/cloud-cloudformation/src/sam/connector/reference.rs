//! The two ends of a connector: resources of the template, or what is said of resources elsewhere.

use serde_json::{Map, Value};

use super::profile;
use crate::sam::Work;
use crate::sam::resource::{is_set, logical_id_of, reference, type_name};

/// AWS: the plain types in whose place serverless ones stand.
const PLAIN: &[(&str, &str)] = &[
    ("AWS::Serverless::Function", "AWS::Lambda::Function"),
    ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"),
    ("AWS::Serverless::Api", "AWS::ApiGateway::RestApi"),
    ("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"),
    ("AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"),
];

/// Both ends.
pub(super) struct Ends {
    /// Who acts.
    pub(super) source: Reference,
    /// On whom.
    pub(super) destination: Reference,
}

/// What is known of an end.
pub(super) struct Reference {
    /// The logical id, if the resource is of the template.
    pub(super) id: Option<String>,
    /// The plain type.
    pub(super) type_name: String,
    members: Map<String, Value>,
}

impl Reference {
    /// What the template says of an end that is connected with another one.
    pub(super) fn of(work: &Work<'_>, end: &Value, other: &Value) -> Result<Self, String> {
        let given = end.as_object().cloned().unwrap_or_default();
        let by_id = given.contains_key("Id");
        if by_id == given.keys().any(|name| name != "Id" && name != "Qualifier") {
            let reason = "Must provide 'Id' (with optional 'Qualifier') or a supported combination of other \
                          properties.";
            return Err(reason.to_owned());
        }
        let untyped = || "'Type' is missing or not a string.".to_owned();
        let Some(id) = given.get("Id").filter(|id| is_set(id)) else {
            let given_type = given.get("Type").and_then(Value::as_str).filter(|name| !name.is_empty());
            let given_type = given_type.ok_or_else(untyped)?;
            let plain =
                PLAIN.iter().find(|(name, _)| *name == given_type).map_or(given_type, |(_, plain)| plain);
            return Ok(Self { id: None, type_name: plain.to_owned(), members: given });
        };
        let id = id.as_str().ok_or("'Id' is missing or not a string.")?;
        let resource = work.resource(id).filter(|resource| is_set(resource));
        let resource = resource.ok_or_else(|| format!("Unable to find resource with logical ID '{id}'."))?;
        let resource_type = Some(type_name(resource)).filter(|name| !name.is_empty()).ok_or_else(untyped)?;
        let known = profile::resource(resource_type);
        let logical_id = Value::from(id);
        let outputs = profile::fill(&known["Outputs"], &[("logicalId".to_owned(), Some(&logical_id))])?;
        let mut members = Map::new();
        for (name, output) in [
            ("Arn", "Arn"),
            ("QueueUrl", "Url"),
            ("ResourceId", "Id"),
            ("Name", "Name"),
            ("Qualifier", "Qualifier"),
        ] {
            members.extend(outputs.get(output).map(|value| (name.to_owned(), value.clone())));
        }
        members.extend(given.get("Qualifier").map(|qualifier| ("Qualifier".to_owned(), qualifier.clone())));
        let role = role(&known["Inputs"]["Role"], resource, other).and_then(|role| logical_id_of(role));
        members.extend(role.map(|role| ("RoleName".to_owned(), reference(role))));
        Ok(Self { id: Some(id.to_owned()), type_name: resource_type.to_owned(), members })
    }

    /// A member that is there, if only empty.
    pub(super) fn known(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// A member that is there and not empty.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| is_set(value))
    }
}

/// What the resource says of its role.
fn role<'a>(property: &Value, resource: &'a Value, other: &Value) -> Option<&'a Value> {
    let properties = resource.get("Properties")?;
    if let Some(property) = property.as_str() {
        return properties.get(property).filter(|role| is_set(role));
    }
    if property.get("Function").is_none_or(|function| function != "GetEventsRuleRole") {
        return None;
    }
    // A rule has a role for each of its targets.
    let target = properties.get("Targets")?.as_array()?.iter().find(|target| {
        let Some(arn) = target.get("Arn") else { return false };
        let by_id = logical_id_of(arn).is_some_and(|id| other.get("Id").is_some_and(|other| other == id));
        by_id || other.get("Arn").is_some_and(|other| is_set(other) && other == arn)
    })?;
    target.get("RoleArn")
}

/// The event source mapping between a source and a function, if there is just one.
pub(super) fn only_mapping(work: &Work<'_>, source: &str, function: &str) -> Option<String> {
    let goes_to = |resource: &Value, property: &str, id: &str| {
        let value = resource.get("Properties").and_then(|all| all.get(property));
        value.and_then(logical_id_of).is_some_and(|found| found == id)
    };
    let mut mappings = work.resources().filter(|(_, resource)| {
        type_name(resource) == "AWS::Lambda::EventSourceMapping"
            && goes_to(resource, "FunctionName", function)
            && goes_to(resource, "EventSourceArn", source)
    });
    let (id, _) = mappings.next()?;
    mappings.next().is_none().then(|| id.clone())
}
