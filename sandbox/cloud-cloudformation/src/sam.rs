//! The transform `AWS::Serverless-2016-10-31`: what `AWS::Serverless::*` resources stand for.
//!
//! It makes the resources that AWS's transform makes, under AWS's logical ids; `tests/sam` holds what that one made
//! of the same templates. Nothing here does I/O.
//!
//! LIMIT: functions with `Api` and `HttpApi` events, `Api` and `HttpApi` are transformed; other serverless types,
//! event types, policy templates, authorizers, custom domains and deployment preferences are refused by name.

mod api_events;
mod code;
mod cors;
mod editor;
mod error;
mod events;
mod function;
mod globals;
mod http_api;
mod ids;
mod implicit;
mod policies;
mod policy_templates;
mod properties;
mod refs;
mod resource;
mod rest_api;
mod room;
mod schemas;

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
    /// APIs, when all that is to be reached through them is known.
    Apis,
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
    let globals = globals::take(&mut template)?;
    resource::check_structure(&template)?;
    implicit::prepare(&mut template)?;
    globals::apply(&globals, &mut template)?;
    let mut work = Work { template, parameters, references: BTreeMap::new(), room: Room::default() };
    let mut causes = Vec::new();
    for (id, of) in work.turns() {
        if let Err(cause) = work.transform_one(&id, of) {
            causes.push(cause);
        }
    }
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
    /// How much may still be made.
    room: Room,
}

impl Work<'_> {
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

    /// All serverless resources in the order in which they are transformed: by turn, then as the template has them.
    fn turns(&self) -> Vec<(String, &'static Type)> {
        let mut turns: Vec<(String, &'static Type)> = self
            .resources()
            .filter_map(|(id, resource)| Some((id.clone(), known(resource::type_name(resource))?)))
            .collect();
        turns.sort_by_key(|(_, of)| of.turn);
        turns
    }

    fn transform_one(&mut self, id: &str, of: &Type) -> Outcome<()> {
        let source = self.template["Resources"][id].clone();
        properties::check(&Properties::of(id, &source), of.name, of.fields)?;
        let made = (of.transform)(self, id, &source)?;
        for (_, made_resource) in &made {
            self.room.take(id, made_resource)?;
        }
        self.resources_mut().shift_remove(id);
        for (made_id, made_resource) in made {
            if self.resources_mut().contains_key(&made_id) && made_id != id {
                let made_type = resource::type_name(&made_resource);
                let message = format!(
                    "Transforming resource with id [{id}] attempts to create a new resource with id [{made_id}] and \
                     type \"{made_type}\". A resource with that id already exists within this template. Please use a \
                     different id for that resource."
                );
                return Err(Cause { logical_id: Some(id.to_owned()), message });
            }
            self.resources_mut().insert(made_id, made_resource);
        }
        Ok(())
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
        refs::replace(&mut self.template, &self.references);
        self.template
    }
}
