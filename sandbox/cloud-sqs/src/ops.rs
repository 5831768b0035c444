//! The operations, a file for each or for a small family.

pub(crate) mod attributes;
pub(crate) mod batch;
pub(crate) mod create_queue;
pub(crate) mod delete_message;
pub(crate) mod delete_queue;
pub(crate) mod list_queues;
pub(crate) mod move_tasks;
pub(crate) mod permissions;
pub(crate) mod purge_queue;
pub(crate) mod receive_message;
pub(crate) mod send_message;
pub(crate) mod tags;
pub(crate) mod visibility;
