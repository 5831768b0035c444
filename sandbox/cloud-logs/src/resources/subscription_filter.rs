//! `AWS::Logs::SubscriptionFilter`.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use cloud_core::{
    AwsError, Caller, Created, RequestId, ResourceProvider, ResourceRequest, Updated, properties,
};
use serde_json::Value;

use crate::open::Logs;
use crate::ops::subscription_filters::{self as filters, Origin};
use crate::shapes::{DeleteSubscriptionFilterRequest, Distribution, PutSubscriptionFilterRequest};

pub(super) fn provider(logs: &Arc<Logs>) -> Arc<dyn ResourceProvider> {
    Arc::new(SubscriptionFilterType(Arc::downgrade(logs)))
}

struct SubscriptionFilterType(Weak<Logs>);

impl SubscriptionFilterType {
    fn logs(&self) -> Result<Arc<Logs>, AwsError> {
        self.0.upgrade().ok_or_else(|| AwsError::internal("CloudWatch Logs was closed"))
    }
}

fn wanted(properties: &Value, name: &str) -> Result<PutSubscriptionFilterRequest, AwsError> {
    let text = |name: &str| properties::text(properties, name);
    let wanted = PutSubscriptionFilterRequest {
        log_group_name: text("LogGroupName").unwrap_or_default(),
        filter_name: name.to_owned(),
        filter_pattern: text("FilterPattern").unwrap_or_default(),
        destination_arn: text("DestinationArn").unwrap_or_default(),
        role_arn: text("RoleArn"),
        distribution: text("Distribution").map(|text| Distribution::from(text.as_str())),
        apply_on_transformed_logs: properties::truth(properties, "ApplyOnTransformedLogs").then_some(true),
        field_selection_criteria: text("FieldSelectionCriteria"),
        emit_system_fields: Some(properties::texts(properties, "EmitSystemFields"))
            .filter(|fields| !fields.is_empty()),
    };
    cloud_wire::validate::check_shape(&wanted, "", "InvalidParameterException")?;
    Ok(wanted)
}

fn created(name: &str) -> Created {
    Created::new(name, [])
}

#[async_trait]
impl ResourceProvider for SubscriptionFilterType {
    fn type_name(&self) -> &'static str {
        "AWS::Logs::SubscriptionFilter"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "ApplyOnTransformedLogs",
            "DestinationArn",
            "Distribution",
            "EmitSystemFields",
            "FieldSelectionCriteria",
            "FilterName",
            "FilterPattern",
            "LogGroupName",
            "RoleArn",
        ]
    }

    fn remarks(&self, properties: &Value) -> Vec<String> {
        let Ok(logs) = self.logs() else { return Vec::new() };
        let destination = properties::text(properties, "DestinationArn").unwrap_or_default();
        if filters::is_reachable(&logs, &destination) {
            return Vec::new();
        }
        vec!["DestinationArn (its target is not here)".to_owned()]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let name = request.text("FilterName").map_or_else(|| request.generated_name(512), str::to_owned);
        let wanted = wanted(&request.properties, &name)?;
        filters::put(&*self.logs()?, wanted, Origin::Made(request.maker())).await?;
        Ok(created(&name))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let wanted = wanted(&request.properties, physical_id)?;
        filters::put(&*self.logs()?, wanted, Origin::Changed).await?;
        Ok(Updated::InPlace(created(physical_id)))
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let logs = self.logs()?;
        let context = &logs.context;
        let caller = Caller::root(context.account(), context.region(), RequestId::random(context.entropy()));
        let gone = DeleteSubscriptionFilterRequest {
            log_group_name: properties::text(properties, "LogGroupName").unwrap_or_default(),
            filter_name: physical_id.to_owned(),
        };
        match filters::delete_subscription_filter(&logs, &caller, gone).await {
            Err(error) if error.code() != "ResourceNotFoundException" => Err(error),
            _ => Ok(()),
        }
    }
}
