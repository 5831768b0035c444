//! `AWS::Lambda::Version`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Map, Value, json};

use super::properties::{differ, idle, input, without};
use super::{caller, is_missing};
use crate::Lambda;
use crate::names::{FunctionName, function_arn};
use crate::ops;
use crate::shapes::{self, DeleteFunctionRequest, PublishVersionRequest};

/// Properties that change nothing here.
// LIMIT: every version starts when it is called, and there is one version of each runtime.
const IDLE: &[&str] = &["FunctionScalingConfig", "ProvisionedConcurrencyConfig", "RuntimePolicy"];

pub(super) struct VersionProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for VersionProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::Version"
    }

    fn properties(&self) -> &'static [&'static str] {
        &[
            "CodeSha256",
            "Description",
            "FunctionName",
            "FunctionScalingConfig",
            "ProvisionedConcurrencyConfig",
            "RuntimePolicy",
        ]
    }

    fn replacement_properties(&self) -> &'static [&'static str] {
        &["FunctionName", "CodeSha256", "Description"]
    }

    fn without_effect(&self, properties: &Value) -> Vec<String> {
        idle(properties, IDLE)
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let known = without(&request.properties, IDLE);
        let wanted: PublishVersionRequest = input(&known, &shapes::PUBLISH_VERSION_REQUEST)?;
        let name = FunctionName::unqualified(self.0.context(), &wanted.function_name)?;
        let published = ops::publish(&self.0, wanted, Some(&request.token)).await?;
        Ok(self.made(&name, &published.version.unwrap_or_default()))
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        if differ(old, &request.properties, self.replacement_properties()) {
            return Ok(Updated::ReplacementRequired);
        }
        let name = FunctionName::parse(self.0.context(), physical_id, None)?;
        Ok(Updated::InPlace(self.made(&name.name, name.qualifier())))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let gone = DeleteFunctionRequest { function_name: physical_id.to_owned(), qualifier: None };
        match ops::delete_function(&self.0, &caller(&self.0), gone).await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

impl VersionProvider {
    fn made(&self, name: &str, version: &str) -> Created {
        let arn = format!("{}:{version}", function_arn(self.0.context(), name));
        let attributes =
            Map::from_iter([("Version".to_owned(), json!(version)), ("FunctionArn".to_owned(), json!(arn))]);
        Created { physical_id: arn, attributes, ref_value: None }
    }
}
