//! What every capability of the IDE half stands on: typed calls, sessions that outlive their connection,
//! channels with flow control, events, the document feed, what is wrong with files, opening and walking the workspace's files, families of processes, time.
//!
//! It knows no capability: files, terminals and language servers register themselves on the [`Router`].

pub mod abandon;
pub mod channel;
pub mod clock;
pub mod documents;
pub mod events;
pub mod family;
pub mod files;
pub mod findings;
pub mod link;
pub mod relay;
pub mod router;
pub mod session;
pub mod somebody;
pub mod survey;
pub mod trust;
pub mod weight;

pub use channel::{Channel, ChannelReceiver, ChannelSender, Closed};
pub use clock::{Clock, ManualClock, SystemClock};
pub use documents::{DocumentChange, DocumentSnapshot, Documents, TextEdit, Texts};
pub use events::Events;
pub use family::Family;
pub use files::blocking;
pub use findings::Findings;
pub use router::{CallContext, Router, Routes};
pub use session::{Session, Sessions};
pub use trust::{Grant, Trust};
