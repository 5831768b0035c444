//! The transform `AWS::Serverless-2016-10-31`: what `AWS::Serverless::*` resources stand for.
//!
//! It makes the resources that AWS's transform makes, under AWS's logical ids; `tests/sam` holds what that one made
//! of the same templates. Nothing here does I/O.
//!
//! LIMIT: refused by name are `WebFunction`, `MicrovmImage`, `NetworkConnector` and applications of the Serverless
//! Application Repository. What is made goes to the deploy engine, which refuses types that this cloud does
//! not have.

mod api_events;
mod application;
mod authorizers;
mod capacity_provider;
mod code;
mod connector;
mod cors;
mod deployment;
mod editor;
mod error;
mod events;
mod expect;
mod function;
mod function_url;
mod globals;
mod graphql_api;
mod http_api;
mod ids;
mod implicit;
mod invoke_config;
mod layer_version;
mod permissions;
mod policies;
mod policy_templates;
mod properties;
mod publish;
mod python;
mod record_sets;
mod refs;
mod resolve;
mod resource;
mod resource_policy;
mod rest_api;
mod role;
mod room;
mod schemas;
mod security;
mod simple_table;
mod state_machine;
mod tags;
mod websocket_api;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

pub use error::{Cause, SamError};
use properties::Field;
use resource::Properties;
use room::Room;

/// The name that a template declares it by.
pub const TRANSFORM: &str = "AWS::Serverless-2016-10-31";

/// What a serverless resource stands for.
type Transform = fn(&mut Work<'_>, &str, &Value) -> Outcome<Vec<resource::Made>>;

/// When a type's turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// Functions: their events add to the APIs.
    Functions,
    /// State machines: so do theirs.
    StateMachines,
    /// APIs, when all that is to be reached through them is known.
    Apis,
    /// All that nothing depends on.
    Others,
    /// Connectors, between what was made of all others.
    Connectors,
}

/// A serverless type.
struct Type {
    name: &'static str,
    turn: Turn,
    fields: &'static [Field],
    transform: Transform,
}

const fn of(name: &'static str, turn: Turn, fields: &'static [Field], transform: Transform) -> Type {
    Type { name, turn, fields, transform }
}

/// The types that the transform knows: a line a type.
const TYPES: &[Type] = &[
    of("AWS::Serverless::Function", Turn::Functions, schemas::FUNCTION, function::transform),
    of("AWS::Serverless::Api", Turn::Apis, schemas::REST_API, rest_api::transform),
    of("AWS::Serverless::HttpApi", Turn::Apis, schemas::HTTP_API, http_api::transform),
    of("AWS::Serverless::WebSocketApi", Turn::Apis, schemas::WEBSOCKET_API, websocket_api::transform),
    of("AWS::Serverless::Application", Turn::Others, schemas::APPLICATION, application::transform),
    of(
        "AWS::Serverless::CapacityProvider",
        Turn::Others,
        schemas::CAPACITY_PROVIDER,
        capacity_provider::transform,
    ),
    of("AWS::Serverless::Connector", Turn::Connectors, schemas::CONNECTOR, connector::transform),
    of("AWS::Serverless::GraphQLApi", Turn::Others, schemas::GRAPHQL_API, graphql_api::transform),
    of("AWS::Serverless::LayerVersion", Turn::Others, schemas::LAYER_VERSION, layer_version::transform),
    of("AWS::Serverless::SimpleTable", Turn::Others, schemas::SIMPLE_TABLE, simple_table::transform),
    of(
        "AWS::Serverless::StateMachine",
        Turn::StateMachines,
        schemas::STATE_MACHINE,
        state_machine::transform,
    ),
];

fn known(type_name: &str) -> Option<&'static Type> {
    TYPES.iter().find(|known| known.name == type_name)
}

/// What the transform may look up: the values of parameters and pseudo parameters.
pub type Parameters = BTreeMap<String, Value>;

type Outcome<T> = Result<T, Cause>;

/// Transforms a template. What is not serverless stays as it is.
pub fn transform(template: &Value, parameters: &Parameters) -> Result<Value, SamError> {
    let mut template = template.clone();
    resource::check_structure(&template)?;
    implicit::prepare(&mut template)?;
    let globals = globals::take(&mut template)?;
    globals::apply(&globals, &mut template)?;
    rest_api::declare_versions(&mut template);
    let mut causes = connector::take_embedded(&mut template);
    let mut work = Work::new(template, parameters);
    for (id, of) in work.turns() {
        match work.transform_one(&id, of) {
            Ok(taken) => causes.extend(taken),
            Err(cause) if cause.last => return Err(cause.into()),
            Err(cause) => causes.push(cause),
        }
    }
    causes.extend(deployment::finish(&mut work));
    causes.extend(work.unknown_types());
    if !causes.is_empty() {
        return Err(SamError::new(causes));
    }
    Ok(work.finish())
}

/// A template in the middle of its transformation.
struct Work<'a> {
    template: Value,
    parameters: &'a Parameters,
    /// `Function.Alias` and the like, and the logical id that each stands for.
    references: BTreeMap<String, String>,
    /// Logical ids and what became of them.
    renamed: BTreeMap<String, String>,
    /// How much may still be made.
    room: Room,
    /// The template's own resources and their types.
    given: BTreeMap<String, String>,
    /// The functions that are deployed gradually.
    deployments: Vec<deployment::Deployment>,
    /// What the APIs have in common that share a usage plan.
    shared_plan: rest_api::SharedUsagePlan,
    /// The records that custom domains share.
    record_sets: record_sets::Groups,
}

impl<'a> Work<'a> {
    fn new(template: Value, parameters: &'a Parameters) -> Self {
        let resources = template.get("Resources").and_then(Value::as_object).into_iter().flatten();
        let given = resources.map(|(id, resource)| (id.clone(), resource::type_name(resource).to_owned()));
        Self {
            given: given.collect(),
            template,
            parameters,
            references: BTreeMap::new(),
            renamed: BTreeMap::new(),
            room: Room::default(),
            deployments: Vec::new(),
            shared_plan: rest_api::SharedUsagePlan::default(),
            record_sets: record_sets::Groups::new(),
        }
    }

    fn resources(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.template.get("Resources").and_then(Value::as_object).into_iter().flatten()
    }

    fn resources_mut(&mut self) -> &mut Map<String, Value> {
        let resources = &mut self.template["Resources"];
        if !resources.is_object() {
            *resources = json!({});
        }
        resources.as_object_mut().expect("made a map one line above")
    }

    fn resource(&self, id: &str) -> Option<&Value> {
        self.template.get("Resources")?.get(id)
    }

    fn resource_mut(&mut self, id: &str) -> Option<&mut Value> {
        self.template.get_mut("Resources")?.get_mut(id)
    }

    /// States a condition of the template.
    fn set_condition(&mut self, name: &str, condition: Value) {
        let conditions = &mut self.template["Conditions"];
        if !conditions.is_object() {
            *conditions = json!({});
        }
        conditions[name] = condition;
    }

    /// All serverless resources in the order in which they are transformed: by turn, then as the template has them.
    fn turns(&self) -> Vec<(String, &'static Type)> {
        let mut turns: Vec<(String, &'static Type)> = self
            .resources()
            .filter_map(|(id, resource)| Some((id.clone(), known(resource::type_name(resource))?)))
            .collect();
        turns.sort_by_key(|(_, of)| of.turn);
        turns
    }

    /// Puts what the resource stands for in its place; the mistakes are of ids that the template has already.
    fn transform_one(&mut self, id: &str, of: &Type) -> Outcome<Vec<Cause>> {
        if !id.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(Cause::resource(id, "Logical ids must be alphanumeric."));
        }
        let Some(source) = self.resource(id).cloned() else { return Ok(Vec::new()) };
        properties::check(&Properties::of(id, &source), of.name, of.fields)?;
        let made = (of.transform)(self, id, &source)?;
        for (_, made_resource) in &made {
            self.room.take(id, made_resource)?;
        }
        self.resources_mut().shift_remove(id);
        let mut causes = Vec::new();
        for (made_id, made_resource) in made {
            let made_type = resource::type_name(&made_resource);
            if made_id != id && self.is_taken(&made_id, made_type) {
                causes.push(Cause::taken(id, &made_id, made_type));
            } else {
                self.resources_mut().insert(made_id, made_resource);
            }
        }
        Ok(causes)
    }

    /// Whether the template itself has that resource, and it is none that another takes the place of. What was made
    /// of one resource may be made again of another, then with more in it.
    fn is_taken(&self, made_id: &str, made_type: &str) -> bool {
        /// What resources of a type may take the place of.
        const REPLACED: &[(&str, &str)] = &[
            ("AWS::S3::Bucket", "AWS::S3::Bucket"),
            ("AWS::SNS::Topic", "AWS::SNS::Topic"),
            ("AWS::Cognito::UserPool", "AWS::Cognito::UserPool"),
            ("AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainName"),
            ("AWS::ApiGateway::BasePathMapping", "AWS::ApiGateway::BasePathMapping"),
            ("AWS::ApiGateway::DomainNameV2", "AWS::ApiGateway::DomainNameV2"),
            ("AWS::ApiGateway::BasePathMappingV2", "AWS::ApiGateway::BasePathMappingV2"),
        ];
        let given = self.given.get(made_id);
        given.is_some_and(|given| !REPLACED.contains(&(made_type, given.as_str())))
    }

    /// Serverless types that nothing here transforms.
    fn unknown_types(&self) -> Vec<Cause> {
        self.resources()
            .filter(|(_, resource)| resource::type_name(resource).starts_with("AWS::Serverless::"))
            .filter(|(_, resource)| known(resource::type_name(resource)).is_none())
            .map(|(id, resource)| {
                let type_name = resource::type_name(resource);
                Cause::resource(id, format!("Type {type_name} is not supported by this cloud."))
            })
            .collect()
    }

    fn finish(mut self) -> Value {
        if let Some(template) = self.template.as_object_mut() {
            template.shift_remove("Transform");
        }
        let names = refs::Names { parts: Some(&self.references), renamed: Some(&self.renamed) };
        refs::replace(&mut self.template, &names);
        self.template
    }
}
