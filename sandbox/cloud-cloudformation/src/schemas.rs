//! What AWS's public schemas say of resource types: their properties, which of them make another resource necessary, which
//! are answers. Not here: what is made of a type, which its provider knows.
//!
//! The schemas of all of AWS's types lie compressed in the program and are read one type at a time.

mod check;
mod coerce;
mod pattern;
mod place;
mod shape;
mod table;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use place::Place;
use shape::Shape;
pub use table::of;

/// The text in place of what is known after the deployment only: it fits every schema.
// AWS: the words of its change sets.
pub(crate) const KNOWN_AFTER_APPLY: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// One resource type.
#[derive(Debug, Default)]
pub struct ResourceSchema {
    shape: Shape,
    facts: Facts,
}

/// What a schema says besides the shape of the properties.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Facts {
    definitions: BTreeMap<String, Shape>,
    create_only_properties: Vec<Place>,
    conditional_create_only_properties: Vec<Place>,
    read_only_properties: Vec<Place>,
    primary_identifier: Vec<Place>,
}

impl ResourceSchema {
    /// Reads a schema as AWS publishes it.
    pub fn parse(text: &str) -> serde_json::Result<Self> {
        Ok(Self { shape: serde_json::from_str(text)?, facts: serde_json::from_str(text)? })
    }

    /// The properties that templates may give.
    pub fn properties(&self) -> impl Iterator<Item = &str> {
        let names = self.shape.properties.keys().map(String::as_str);
        names.filter(move |name| !self.is_answer(&[(*name).to_owned()]))
    }

    /// What the property at that place, `Name.Inner`, is where it is not given.
    pub(crate) fn default(&self, place: &str) -> Option<&Value> {
        self.at(place)?.default.as_ref()
    }

    /// Whether templates may give a property at that place, `Name.Inner`.
    pub fn has(&self, place: &str) -> bool {
        let top = place.split('.').next().unwrap_or_default();
        self.at(place).is_some() && !self.is_answer(&[top.to_owned()])
    }

    fn at(&self, place: &str) -> Option<&Shape> {
        place.split('.').try_fold(self.shape.resolved(self), |shape, name| {
            Some(shape.properties.get(name)?.resolved(self))
        })
    }

    /// The shape that a reference names.
    fn named(&self, reference: &str) -> Option<&Shape> {
        match reference.strip_prefix("#/definitions/") {
            Some(name) => self.facts.definitions.get(name),
            None => self.shape.properties.get(reference.strip_prefix("#/properties/")?),
        }
    }

    /// Whether a property is only answered, never asked for.
    fn is_answer(&self, place: &[String]) -> bool {
        self.facts.read_only_properties.iter().any(|answer| answer.is(place))
    }

    /// The properties whose difference makes another resource necessary.
    pub(crate) fn replacing<'a>(&'a self, old: &'a Value, new: &'a Value) -> impl Iterator<Item = &'a str> {
        differing(&self.facts.create_only_properties, old, new)
    }

    /// The properties whose difference may make another resource necessary.
    pub(crate) fn maybe_replacing<'a>(
        &'a self,
        old: &'a Value,
        new: &'a Value,
    ) -> impl Iterator<Item = &'a str> {
        differing(&self.facts.conditional_create_only_properties, old, new)
    }

    /// The properties that tell one resource from others, where whoever makes it chooses them all.
    pub(crate) fn identifying(&self) -> Option<Vec<String>> {
        let names = self.facts.primary_identifier.iter().map(|place| {
            let chosen = !self.facts.read_only_properties.contains(place);
            chosen.then(|| place.to_string())
        });
        names.collect::<Option<Vec<String>>>().filter(|names| !names.is_empty())
    }
}

/// The names of the properties that differ at one of the places.
fn differing<'a>(places: &'a [Place], old: &'a Value, new: &'a Value) -> impl Iterator<Item = &'a str> {
    places.iter().filter(move |place| place.values(old) != place.values(new)).map(Place::property)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check_replacing(type_name: &str, old: &Value, new: &Value, expected: &[&str]) {
        let schema = of(type_name).unwrap();
        assert_eq!(schema.replacing(old, new).collect::<Vec<_>>(), expected, "{type_name} {old} {new}");
    }

    #[test]
    fn differences_at_create_only_places_replace() {
        let function = "AWS::Lambda::Function";
        check_replacing(
            function,
            &json!({"FunctionName": "a"}),
            &json!({"FunctionName": "a", "Timeout": 1}),
            &[],
        );
        check_replacing(function, &json!({"FunctionName": "a"}), &json!({}), &["FunctionName"]);
        let channel = "AWS::MSK::Replicator";
        let list = |arn: &str| json!({"ReplicationInfoList": [{"SourceKafkaClusterArn": arn, "TopicReplication": {}}]});
        check_replacing(channel, &list("a"), &list("a"), &[]);
        check_replacing(channel, &list("a"), &list("b"), &["ReplicationInfoList"]);
        let durable = of(function).unwrap();
        let (old, new) = (json!({}), json!({"DurableConfig": {"ExecutionTimeout": 1}}));
        assert_eq!(durable.maybe_replacing(&old, &new).collect::<Vec<_>>(), ["DurableConfig"]);
    }

    #[test]
    fn types_are_identified_by_what_their_makers_choose() {
        let check = |type_name: &str, expected: Option<&[&str]>| {
            let found = of(type_name).unwrap().identifying();
            assert_eq!(
                found.as_deref().map(|names| names.iter().map(String::as_str).collect::<Vec<_>>()).as_deref(),
                expected
            );
        };
        check("AWS::S3::Bucket", Some(&["BucketName"]));
        check("AWS::SSM::Parameter", Some(&["Name"]));
        check("AWS::ApiGateway::Stage", Some(&["RestApiId", "StageName"]));
        check("AWS::SNS::Topic", None);
    }

    #[test]
    fn answers_are_no_properties() {
        let bucket = of("AWS::S3::Bucket").unwrap();
        let names: Vec<&str> = bucket.properties().collect();
        assert!(names.contains(&"BucketName") && !names.contains(&"Arn"), "{names:?}");
    }
}
