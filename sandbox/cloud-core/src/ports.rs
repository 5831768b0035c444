//! The ports by which services meet without knowing each other. Every one is a trait that one service implements and
//! others find in [`Peers`](crate::Peers).

mod authority;
mod credentials;
mod error;
pub mod inspection;
mod layers;
mod logs;
mod maker;
mod objects;
pub mod properties;
mod realms;
mod resources;
mod source;
mod target;
mod trace;

pub use authority::{Access, Authority, ConditionKeys, Denial, Permissions};
pub use credentials::{Credential, CredentialIssuer, CredentialStore, IssuedKeys, Principal, SecretKey};
pub use error::PortError;
pub use inspection::Inspection;
pub use layers::{LayerHead, LayerReader};
pub use logs::{LogLine, LogSink};
pub use maker::Maker;
pub use objects::{ObjectHead, ObjectReader, OnBehalf};
pub use realms::{InUse, Realms};
pub use resources::{Created, ResourceProvider, ResourceRequest, Updated};
pub use source::{Description, Filter, Poll, Position, Reader, Receipt, Record, Source, SourceKind};
pub use target::{Actor, Attribute, AttributeValue, Delivered, Delivery, DeliveryKind, Target};
pub use trace::{Lineage, NoLineage, Trace};
