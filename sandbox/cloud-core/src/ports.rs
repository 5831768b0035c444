//! The ports by which services meet without knowing each other. Every one is a trait that one service implements and
//! others find in [`Peers`](crate::Peers).

mod credentials;
mod logs;
mod objects;
mod realms;
mod resources;
mod target;

pub use credentials::{Credential, CredentialIssuer, CredentialStore, IssuedKeys, Principal, SecretKey};
pub use logs::{LogLine, LogSink};
pub use objects::{ObjectHead, ObjectReader};
pub use realms::Realms;
pub use resources::{Created, ResourceProvider, ResourceRequest, Updated};
pub use target::{Delivered, Delivery, DeliveryKind, Target};
