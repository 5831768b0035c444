//! `AWS::Lambda::EventInvokeConfig`.

use async_trait::async_trait;
use cloud_core::{Arn, AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::Value;

use super::properties::input;
use super::{caller, is_missing};
use crate::Lambda;
use crate::destinations::is_reachable;
use crate::names::FunctionName;
use crate::ops::{self, Origin};
use crate::shapes::{DeleteFunctionEventInvokeConfigRequest, PutFunctionEventInvokeConfigRequest};

pub(super) struct EventInvokeConfigProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for EventInvokeConfigProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::EventInvokeConfig"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "DestinationConfig",
            "FunctionName",
            "MaximumEventAgeInSeconds",
            "MaximumRetryAttempts",
            "Qualifier",
        ]
    }

    fn remarks(&self, properties: &Value) -> Vec<String> {
        let not_here = |name: &&str| {
            let arn = properties.pointer(&format!("/DestinationConfig/{name}/Destination"));
            let arn = arn.and_then(Value::as_str).and_then(|arn| arn.parse::<Arn>().ok());
            arn.is_some_and(|arn| !is_reachable(self.0.context(), &arn))
        };
        let said = |name: &str| format!("DestinationConfig.{name} (its target is not here)");
        ["OnSuccess", "OnFailure"].iter().filter(|name| not_here(name)).map(|name| said(name)).collect()
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let wanted: PutFunctionEventInvokeConfigRequest = input(&request.properties)?;
        let made = self.made(&wanted)?;
        let origin = Origin::Template(&request.token);
        ops::put_invoke_config(&self.0, wanted, origin, Some(request.maker())).await?;
        Ok(made)
    }

    async fn update(
        &self,
        _physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let wanted: PutFunctionEventInvokeConfigRequest = input(&request.properties)?;
        let made = self.made(&wanted)?;
        ops::put_invoke_config(&self.0, wanted, Origin::Template(&request.token), None).await?;
        Ok(Updated::InPlace(made))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let (name, qualifier) = physical_id.split_once('|').unwrap_or((physical_id, "$LATEST"));
        let gone = DeleteFunctionEventInvokeConfigRequest {
            function_name: name.to_owned(),
            qualifier: Some(qualifier.to_owned()),
        };
        match ops::delete_function_event_invoke_config(&self.0, &caller(&self.0), gone).await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

impl EventInvokeConfigProvider {
    /// AWS: the type is identified by both, and so it is called.
    fn made(&self, wanted: &PutFunctionEventInvokeConfigRequest) -> Result<Created, AwsError> {
        let name = FunctionName::parse(self.0.context(), &wanted.function_name, wanted.qualifier.as_deref())?;
        Ok(Created::new(format!("{}|{}", name.name, name.qualifier()), []))
    }
}
