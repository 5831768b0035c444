//! The text of a CloudFormation template: YAML or JSON read into a value, with the place of each of its parts.
//!
//! Both halves read templates, the cloud to deploy them and the IDE to find functions in them; what a template
//! *means* (parameters, functions, resources) is the cloud's alone. No I/O.

mod document;
mod error;
mod json;
mod node;
mod path;
mod scalar;
mod tags;
mod yaml;

pub use document::Document;
pub use error::{Result, TemplateError};
pub use node::Mark;
pub use path::{Path, Step};

/// The largest template that is read from a bucket, in bytes.
// AWS: quotas, "template body size in an Amazon S3 object".
pub const MAX_OBJECT_BYTES: usize = 1_048_576;
