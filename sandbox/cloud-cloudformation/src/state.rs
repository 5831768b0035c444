//! What is known of stacks: values only. Time and ids come in as arguments, nothing here waits or writes.

pub mod change_set;
pub mod definition;
pub mod finding;
pub(crate) mod gone;
pub mod operation;
pub mod part;
pub mod resource;
pub mod stack;
pub mod status;

pub use change_set::{Cause, Change, ChangeAction, ChangeSet, Replacement};
pub use definition::Definition;
pub use finding::Finding;
pub use operation::{Call, Goal, Kind, Operation, Phase, Task, TaskKind, TaskState};
pub use resource::Resource;
pub use stack::{Event, Stack};
pub use status::{ResourceStatus, StackStatus};
