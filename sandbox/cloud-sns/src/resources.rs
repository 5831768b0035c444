//! CloudFormation's types: `AWS::SNS::Topic`, `Subscription`, `TopicPolicy`, `TopicInlinePolicy`.

use std::sync::{Arc, Weak};

use cloud_core::AwsError;

use crate::open::Sns;

mod policy;
mod subscription;
#[cfg(test)]
mod tests;
mod topic;

/// Makes the types known to the cloud.
pub(crate) fn register(sns: &Arc<Sns>) {
    let of = || Of(Arc::downgrade(sns));
    let peers = sns.context.peers();
    peers.add_provider(Arc::new(topic::TopicType(of())));
    peers.add_provider(Arc::new(subscription::SubscriptionType(of())));
    peers.add_provider(Arc::new(policy::PolicyType(of())));
    peers.add_provider(Arc::new(policy::InlinePolicyType(of())));
}

/// The service that a type is of.
struct Of(Weak<Sns>);

impl Of {
    fn sns(&self) -> Result<Arc<Sns>, AwsError> {
        self.0.upgrade().ok_or_else(|| AwsError::internal("SNS was closed"))
    }
}

/// What is gone already is no error.
fn unless_gone(done: Result<(), AwsError>) -> Result<(), AwsError> {
    done.or_else(|error| if error.code() == "NotFound" { Ok(()) } else { Err(error) })
}
