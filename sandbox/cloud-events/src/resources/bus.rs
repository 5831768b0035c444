//! `AWS::Events::EventBus`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated, properties};
use serde_json::{Value, json};

use super::{Of, unless_gone};
use crate::error::invalid;
use crate::names;
use crate::open::EventBridge;
use crate::ops::event_buses::{self, Wanted};
use crate::ops::permissions;
use crate::record::Bus;

pub(super) struct BusType(pub(super) Of);

fn wanted(request: &ResourceRequest) -> Result<Wanted, AwsError> {
    let properties = &request.properties;
    if properties.get("EventSourceName").is_some() {
        // LIMIT: no partner sends events here.
        return Err(invalid(
            "Parameter EventSourceName is not valid. Reason: there are no partners' event buses in this cloud.",
        ));
    }
    let policy = properties::written(properties, "Policy").filter(|policy| policy != "{}");
    if let Some(policy) = &policy {
        permissions::check_policy(policy)?;
    }
    Ok(Wanted {
        name: request.text("Name").unwrap_or_default().to_owned(),
        description: properties::text(properties, "Description"),
        policy,
        tags: request.all_tags(),
        maker: request.maker(),
        ..Wanted::default()
    })
}

fn created(bridge: &EventBridge, name: &str) -> Created {
    let policy = bridge.records.buses.get(&name.to_owned()).and_then(|bus| bus.policy.clone());
    let arn = names::bus_arn(&bridge.context, name);
    let attributes =
        [("Arn", json!(arn)), ("Name", json!(name)), ("Policy", json!(policy.unwrap_or_default()))];
    Created::new(name, attributes)
}

#[async_trait]
impl ResourceProvider for BusType {
    fn type_name(&self) -> &'static str {
        "AWS::Events::EventBus"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["Description", "EventSourceName", "Name", "Policy", "Tags"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let bridge = self.0.bridge()?;
        let wanted = wanted(request)?;
        let name = wanted.name.clone();
        event_buses::make(&bridge, wanted).await?;
        Ok(created(&bridge, &name))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let bridge = self.0.bridge()?;
        let wanted = wanted(request)?;
        let update = move |bus: &mut Bus| {
            (bus.description, bus.policy, bus.tags) = (wanted.description, wanted.policy, wanted.tags);
            Ok(())
        };
        bridge.records.change_bus(physical_id.to_owned(), update).await?;
        Ok(Updated::InPlace(created(&bridge, physical_id)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let bridge = self.0.bridge()?;
        unless_gone(event_buses::remove(&bridge, physical_id.to_owned()).await)
    }
}
