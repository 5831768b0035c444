//! What the browser, the server and the agent say to each other, typed once.
//!
//! Names and serde only: no I/O, no behaviour beyond reading and writing the types themselves, so that it
//! builds alike for the browser and for the server. A capability has the same noun here as its crate in
//! `backend/` and its panel in `frontend/`.

pub mod access;
pub mod call;
pub mod cloud;
pub mod concurrency;
pub mod configuration;
pub mod deploy;
pub mod document;
pub mod event;
pub mod file;
pub mod function;
pub mod language;
pub mod layout;
pub mod link;
pub mod path;
pub mod queue;
pub mod reason;
pub mod relay;
pub mod search;
pub mod settings;
pub mod terminal;
pub mod topic;
pub mod trust;
pub mod version;
pub mod workspace;

pub use access::{Access, Capability, Grants, Level, Person, PersonId, Principal, WorkspaceId};
pub use call::{Call, CallError, ErrorCode, Method};
pub use event::Event;
pub use link::ChannelId;
pub use path::WorkspacePath;
pub use reason::{Reason, Reasons, Said};

/// Every method of the protocol with the access it needs, in the order of the modules.
pub fn methods() -> impl Iterator<Item = &'static Method> {
    [
        workspace::METHODS,
        trust::METHODS,
        layout::METHODS,
        settings::METHODS,
        file::METHODS,
        document::METHODS,
        search::METHODS,
        terminal::METHODS,
        language::METHODS,
        cloud::METHODS,
        queue::METHODS,
        topic::METHODS,
        function::METHODS,
        configuration::METHODS,
        version::METHODS,
        concurrency::METHODS,
        deploy::METHODS,
    ]
    .into_iter()
    .flatten()
}
