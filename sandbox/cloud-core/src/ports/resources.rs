//! Making resources from templates.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::maker::Maker;
use crate::caller::Caller;
use crate::context::Context;
use crate::error::AwsError;
use crate::ids::RequestId;

/// What a template wants of one resource, all intrinsics resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceRequest {
    /// The resource's name in the template.
    pub logical_id: String,
    /// The stack's name.
    pub stack_name: String,
    /// The stack's ARN.
    pub stack_id: String,
    /// The resource's properties.
    pub properties: Value,
    /// The same for every retry of this one step, different for every other step.
    pub token: String,
    /// The stack's tags.
    pub tags: BTreeMap<String, String>,
    /// On whose behalf it is done; none of deployments from before that was kept.
    pub caller: Option<Caller>,
}

impl ResourceRequest {
    /// The name of a resource whose template gives none: `stack-Logical-1A2B3C4D5E6F`, the first two parts shortened to
    /// fit. The same token gives the same name.
    pub fn generated_name(&self, max_length: usize) -> String {
        const SUFFIX: usize = 12;
        let room = max_length.saturating_sub(SUFFIX + 2);
        let logical: String = self.logical_id.chars().take(room / 2).collect();
        let stack: String = self.stack_name.chars().take(room - logical.chars().count()).collect();
        format!("{stack}-{logical}-{}", self.suffix(SUFFIX))
    }

    /// That many letters and digits that depend only on the token.
    pub fn suffix(&self, length: usize) -> String {
        const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let mut state = fnv1a(format!("{}\0{}", self.token, self.logical_id).as_bytes());
        let mut text = String::with_capacity(length);
        for _ in 0..length {
            // The high bits of FNV-1a mix best; stepping by hashing the state again keeps the letters independent.
            state = fnv1a(&state.to_le_bytes());
            let index = usize::try_from((state >> 32) % 36).unwrap_or(0);
            text.extend(ALPHABET.get(index).map(|&letter| char::from(letter)));
        }
        text
    }

    /// On whose behalf it is done: where that is not known, the account's.
    pub fn on_behalf(&self, context: &Context) -> Caller {
        let root = || Caller::root(context.account(), context.region(), RequestId::random(context.entropy()));
        self.caller.clone().unwrap_or_else(root)
    }

    /// Whose what this makes is to be.
    pub fn maker(&self) -> Maker {
        Maker::step(&self.token)
    }

    /// The template's own tags over the stack's.
    pub fn all_tags(&self) -> BTreeMap<String, String> {
        super::properties::tags(&self.properties, &self.tags)
    }

    /// A property as text, if it is there and is text.
    pub fn text(&self, property: &str) -> Option<&str> {
        self.properties.get(property).and_then(Value::as_str)
    }
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A resource that now exists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Created {
    /// The name by which it is updated and deleted.
    pub physical_id: String,
    /// What `Fn::GetAtt` answers; nested names with dots, `Endpoint.Address`.
    pub attributes: Map<String, Value>,
    /// What `Ref` answers where that is not the physical id.
    pub ref_value: Option<String>,
}

impl Created {
    /// What is known by that name, and what `Fn::GetAtt` answers of it.
    pub fn new<const N: usize>(physical_id: impl Into<String>, attributes: [(&str, Value); N]) -> Self {
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        Self { physical_id: physical_id.into(), attributes, ref_value: None }
    }
}

/// What became of an update.
#[derive(Clone, Debug, PartialEq)]
pub enum Updated {
    /// Done in place.
    InPlace(Created),
    /// It cannot be done in place: create anew, then delete the old one.
    ReplacementRequired,
}

/// Makes one CloudFormation type. What its properties are, and which of them make another resource necessary, AWS's schemas
/// say; when a provider is called, the properties are as the schema has them. Every call is safe to repeat after a crash: the same token gives the same result.
#[async_trait]
pub trait ResourceProvider: Send + Sync {
    /// `AWS::Lambda::Function`, ….
    fn type_name(&self) -> &'static str;

    /// The schema of a type that is none of AWS's, as AWS writes them: properties, what replaces, what identifies.
    fn schema(&self) -> Option<&'static str> {
        None
    }

    /// The properties that it does: `Name` or, where a part of one is done, `Settings.Inner`. All others of the schema are
    /// taken and change nothing here; the deployment's events say so.
    fn effective(&self) -> &'static [&'static str];

    /// Why a property that it does not do changes nothing; `None` where that value asks for what is so anyway.
    fn idle(&self, _property: &str, _value: &Value) -> Option<&'static str> {
        Some("")
    }

    /// What to say besides, of properties that it does but not with these values.
    fn remarks(&self, _properties: &Value) -> Vec<String> {
        Vec::new()
    }

    /// Makes the resource; a resource that this step made before is returned, not refused. Where its name is given, its
    /// record says whose it is ([`ResourceRequest::maker`]); where the token decides the name, that does.
    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError>;

    /// Changes the resource from the `old` properties to those of the request.
    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError>;

    /// Removes the resource; one that is gone already is no error.
    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stack: &str, logical: &str, max: usize) -> String {
        let request = ResourceRequest {
            logical_id: logical.into(),
            stack_name: stack.into(),
            stack_id: String::new(),
            properties: Value::Null,
            token: "token".into(),
            tags: BTreeMap::new(),
            caller: None,
        };
        let name = request.generated_name(max);
        assert_eq!(name, request.generated_name(max));
        assert!(name.chars().count() <= max, "{name}");
        name
    }

    #[test]
    fn generated_names_fit_and_repeat() {
        assert!(check("hello", "Function", 64).starts_with("hello-Function-"));
        check(&"s".repeat(128), &"L".repeat(255), 64);
        assert_ne!(check("hello", "A", 64), check("hello", "B", 64));
    }
}
