//! The operations, a file for each or for a small family.

pub(crate) mod confirm_subscription;
pub(crate) mod create_topic;
pub(crate) mod data_protection;
pub(crate) mod delete_topic;
pub(crate) mod lists;
pub(crate) mod permissions;
pub(crate) mod phone_numbers;
pub(crate) mod publish;
pub(crate) mod publish_batch;
pub(crate) mod sms_attributes;
pub(crate) mod subscribe;
pub(crate) mod subscription_attributes;
pub(crate) mod tags;
pub(crate) mod topic_attributes;
pub(crate) mod unsubscribe;
