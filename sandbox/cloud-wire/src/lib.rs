//! The AWS wire protocols: from an HTTP request to a typed operation and back, by tables generated from AWS's models.
//!
//! A service crate holds generated `shapes.rs` (types and tables, by `cargo xtask shapes`), implements [`Service`] with
//! [`dispatch!`], and writes each operation as a plain function over typed values:
//!
//! ```text
//! pub async fn create_function(service: &Lambda, caller: &Caller, input: CreateFunctionRequest)
//!     -> Result<FunctionConfiguration, AwsError>
//! ```
//!
//! [`Endpoint`] listens, verifies signatures, finds the service and operation, validates, calls, encodes. This crate
//! knows HTTP, JSON, XML, CBOR and event streams of AWS; it knows no service.

pub mod abandon;
pub mod access;
pub mod body;
mod bounded_buffer;
mod cbor;
pub mod checksum;
pub mod codec;
pub mod direct;
pub mod endpoint;
pub mod event_stream;
pub mod form;
pub mod framing;
pub mod head;
mod input;
pub mod json;
pub mod listening;
mod misfit;
pub mod model;
mod percent;
mod protocol;
mod query;
pub mod response_headers;
mod rest;
mod room;
mod scalar;
pub mod schema;
pub mod service;
pub mod shape;
pub mod sigv4;
pub mod site;
mod slot;
mod spool;
mod stopped;
pub mod timestamp;
mod token;
pub mod validate;
pub mod value;
mod xml;

#[doc(hidden)]
pub mod macros;

pub use body::Body;
pub use cloud_core::Refusal;
pub use edge::Spelling;
pub use endpoint::{Claims, Endpoint, Proven, Prover, PublicFront, RealmServices, Shadow};
pub use event_stream::EventStream;
pub use input::Input;
pub use model::{ErrorFact, Operation, OperationType, Paging, Protocol, ServiceModel};
pub use schema::{Kind, Limits, Location, Member, Schema, TimestampFormat};
pub use service::{Pending, Service, unhandled};
pub use shape::Shape;
pub use stopped::Stopped;
pub use value::Value;

#[doc(hidden)]
pub mod reexport {
    //! What the macros' expansions need by a stable path.
    pub use bytes::Bytes;
    pub use cloud_core::{AwsError, Caller};
    pub use jiff::Timestamp;
    pub use serde;
    pub use serde_json;
}
