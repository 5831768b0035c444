//! What a service of the local cloud is made of: names ([`Arn`]), time ([`Clock`]), errors ([`AwsError`]), who calls
//! ([`Caller`]), what services share ([`Context`]) and the ports by which they meet ([`ports`]).
//!
//! What they do alike is here once: pages of lists ([`page`]), tags ([`tags`]), quotas ([`Quota`]), broken constraints
//! ([`constraint`]), patterns ([`Glob`]), a template's [`properties`]; how each refuses what all refuse is data ([`Refusal`]).
//!
//! What services hold or write for others is bounded by [`budget`]s.
//!
//! No HTTP, no JSON or XML of AWS, no storage: those are `cloud-wire` and `cloud-store`. No service is named here.

pub mod arn;
pub mod caller;
pub mod clock;
pub mod constraint;
pub mod context;
pub mod entropy;
pub mod error;
pub mod event;
pub mod glob;
pub mod ids;
pub mod interrupt;
pub mod leave;
pub mod once_each;
pub mod page;
pub mod peers;
pub mod ports;
pub mod quota;
pub mod refusal;
pub mod region;
pub mod tags;

pub use budget;

pub use arn::{Arn, ArnError};
pub use caller::Caller;
pub use clock::{Clock, ManualClock, SystemClock, Wait};
pub use context::{Context, Settings};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use error::{AwsError, Fault};
pub use event::{CloudEvent, Events};
pub use glob::Glob;
pub use ids::{AccountId, Region, RequestId};
pub use leave::Leave;
pub use once_each::OnceEach;
pub use peers::Peers;
pub use ports::{
    Access, Actor, Attribute, AttributeValue, Authority, ConditionKeys, Created, Credential,
    CredentialIssuer, CredentialStore, Delivered, Delivery, DeliveryKind, Denial, Description, Filter, InUse,
    Inspection, IssuedKeys, LayerHead, LayerReader, Lineage, LogLine, LogSink, Maker, ObjectHead,
    ObjectReader, OnBehalf, Permissions, Poll, PortError, Position, Principal, Reader, Realms, Receipt,
    Record, ResourceProvider, ResourceRequest, SecretKey, Source, SourceKind, Target, Trace, Updated,
    properties,
};
pub use quota::Quota;
pub use refusal::Refusal;
pub use region::{Partition, Realm};
pub use tags::TagRules;
