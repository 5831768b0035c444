//! EventBridge for other services: a target that takes events for a bus.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use cloud_core::{AwsError, Delivered, Delivery, PortError, Target};

use crate::error::no_bus;
use crate::names;
use crate::open::EventBridge;
use crate::publishing::Arrived;

/// Makes the port known to the cloud.
pub(crate) fn register(bridge: &Arc<EventBridge>) {
    bridge.context.peers().add_target("events", Arc::new(Port(Arc::downgrade(bridge))));
}

struct Port(Weak<EventBridge>);

impl Port {
    fn bridge(&self) -> Result<Arc<EventBridge>, PortError> {
        self.0.upgrade().ok_or_else(|| PortError::Throttled(AwsError::internal("EventBridge was closed")))
    }
}

#[async_trait]
impl Target for Port {
    /// The payload is the event as JSON; `version`, and what the bus knows itself, may be left out of it.
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let bridge = self.bridge()?;
        let bus = bridge.admitting(&delivery)?;
        let arrived = Arrived::delivered(&bridge.context, &delivery)?;
        bridge.announce(bridge.announcements(&bus, &arrived)).await.map_err(port_error)?;
        Ok(Delivered { request_id: arrived.event.id, ..Delivered::default() })
    }

    async fn admits(&self, delivery: &Delivery) -> Result<(), PortError> {
        self.bridge()?.admitting(delivery).map(drop)
    }
}

/// What comes too often may come again.
fn port_error(error: AwsError) -> PortError {
    if error.code() == "ThrottlingException" { PortError::Throttled(error) } else { error.into() }
}

impl EventBridge {
    /// The bus that a delivery is for, if it lets in who sends.
    fn admitting(&self, delivery: &Delivery) -> Result<String, PortError> {
        let name = names::own_bus(&self.context, &delivery.target);
        let found = name.and_then(|name| Some((self.records.buses.get(&name)?, name)));
        let (bus, name) = found.map_or((None, None), |(bus, name)| (Some(bus), Some(name)));
        // Another account is not told by the error which buses there are.
        self.expect_allowed(bus.as_deref(), delivery)?;
        name.ok_or_else(|| PortError::Gone(no_bus(delivery.target.resource_id())))
    }
}
