//! A template: its text ([`document`]), its values ([`model`]), its parameters, its functions, its order.
//!
//! Nothing here does I/O or knows a resource type.

pub mod conditions;
pub mod document;
pub mod error;
pub mod evaluate;
mod functions;
pub mod graph;
mod json;
pub mod model;
mod node;
pub mod outputs;
pub mod parameters;
pub mod path;
mod references;
mod scalar;
mod sub;
mod tags;
mod validate;
mod yaml;

pub use document::Document;
pub use error::{Result, TemplateError};
pub use evaluate::{Scope, evaluate};
pub use model::{Policy, Resource, Template};
pub use node::Mark;
pub use path::Path;

/// The largest template that travels inside a request.
// AWS: quotas, "template body size in a request".
pub const MAX_INLINE_BYTES: usize = 51_200;
/// The largest template that is read from a bucket.
// AWS: quotas, "template body size in an Amazon S3 object".
pub const MAX_OBJECT_BYTES: usize = 1_048_576;
