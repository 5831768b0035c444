//! CloudFormation's types: `AWS::SQS::Queue`, `AWS::SQS::QueuePolicy`, `AWS::SQS::QueueInlinePolicy`.

use std::sync::{Arc, Weak};

use cloud_core::AwsError;

use crate::open::Sqs;

mod policy;
mod queue;
#[cfg(test)]
mod tests;

/// Makes the types known to the cloud.
pub(crate) fn register(sqs: &Arc<Sqs>) {
    let of = || Of(Arc::downgrade(sqs));
    let peers = sqs.context.peers();
    peers.add_provider(Arc::new(queue::QueueType(of())));
    peers.add_provider(Arc::new(policy::PolicyType(of())));
    peers.add_provider(Arc::new(policy::InlinePolicyType(of())));
}

/// The service that a type is of.
struct Of(Weak<Sqs>);

impl Of {
    fn sqs(&self) -> Result<Arc<Sqs>, AwsError> {
        self.0.upgrade().ok_or_else(|| AwsError::internal("SQS was closed"))
    }
}

/// What is gone already is no error.
fn unless_gone(done: Result<(), AwsError>) -> Result<(), AwsError> {
    done.or_else(|error| if error.code() == "QueueDoesNotExist" { Ok(()) } else { Err(error) })
}
