//! `AWS::Lambda::Version`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::properties::{Managed, input, only, provisioned, read};
use super::{caller, is_missing};
use crate::Lambda;
use crate::names::{FunctionName, function_arn};
use crate::ops::{self, Origin, idle};
use crate::shapes::{DeleteFunctionRequest, PublishVersionRequest};

/// What goes into PublishVersion.
const PUBLISHED: &[&str] = &["CodeSha256", "Description", "FunctionName"];

pub(super) struct VersionProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for VersionProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::Version"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["CodeSha256", "Description", "FunctionName", "ProvisionedConcurrencyConfig", "RuntimePolicy"]
    }

    // LIMIT: no instances of one's own.
    fn idle(&self, _property: &str, _value: &Value) -> Option<&'static str> {
        Some("there are no instances to scale")
    }

    fn remarks(&self, properties: &Value) -> Vec<String> {
        idle::of_runtime_version(self.0.context(), properties.get("RuntimePolicy")).into_iter().collect()
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let known = only(&request.properties, PUBLISHED);
        let wanted: PublishVersionRequest = input(&known)?;
        let name = FunctionName::unqualified(self.0.context(), &wanted.function_name)?;
        let published = ops::publish(&self.0, wanted, request.maker()).await?;
        let version = FunctionName { name, qualifier: published.version };
        if let Some(policy) = request.properties.get("RuntimePolicy") {
            let managed: Managed = read(policy)?;
            let origin = Origin::Template(&request.token);
            ops::manage_runtime(&self.0, &version, managed.into(), origin).await?;
        }
        if let Some(wanted) = provisioned(&request.properties)? {
            ops::provision_for(&self.0, &version, Some(wanted)).await?;
        }
        Ok(self.made(&version.name, version.qualifier()))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        _request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
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
        Created::new(arn.clone(), [("Version", json!(version)), ("FunctionArn", json!(arn))])
    }
}
