//! A template: its text ([`Document`]), its values ([`model`]), its parameters, its functions, its order.
//!
//! Nothing here does I/O or knows a resource type.

mod budget;
pub mod conditions;
pub mod evaluate;
mod functions;
pub mod graph;
pub mod model;
pub mod outputs;
pub mod parameters;
mod references;
pub mod rules;
mod sub;
mod validate;

pub use budget::Budget;
pub(crate) use budget::Weight;
pub use evaluate::{Scope, evaluate};
pub use model::{Policy, Resource, Template};
pub use references::{entities, names};
pub use template_text::{Document, MAX_OBJECT_BYTES, Mark, Path, Result, TemplateError};
