//! CloudFormation's types: `AWS::Events::Rule`, `EventBus`, `EventBusPolicy`.

use std::sync::{Arc, Weak};

use cloud_core::AwsError;

use crate::open::EventBridge;

mod bus;
mod bus_policy;
mod rule;
#[cfg(test)]
mod tests;

/// Makes the types known to the cloud.
pub(crate) fn register(bridge: &Arc<EventBridge>) {
    let of = || Of(Arc::downgrade(bridge));
    let peers = bridge.context.peers();
    peers.add_provider(Arc::new(rule::RuleType(of())));
    peers.add_provider(Arc::new(bus::BusType(of())));
    peers.add_provider(Arc::new(bus_policy::PolicyType(of())));
}

/// The service that a type is of.
struct Of(Weak<EventBridge>);

impl Of {
    fn bridge(&self) -> Result<Arc<EventBridge>, AwsError> {
        self.0.upgrade().ok_or_else(|| AwsError::internal("EventBridge was closed"))
    }
}

/// What is gone already is no error.
fn unless_gone(done: Result<(), AwsError>) -> Result<(), AwsError> {
    done.or_else(|error| if error.code() == "ResourceNotFoundException" { Ok(()) } else { Err(error) })
}
