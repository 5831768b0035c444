//! `AWS::Lambda::Version`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::properties::{input, only};
use super::{caller, is_missing};
use crate::Lambda;
use crate::names::{FunctionName, function_arn};
use crate::ops;
use crate::shapes::{DeleteFunctionRequest, PublishVersionRequest};

/// What goes into PublishVersion.
const EFFECTIVE: &[&str] = &["CodeSha256", "Description", "FunctionName"];

pub(super) struct VersionProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for VersionProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::Version"
    }

    fn effective(&self) -> &'static [&'static str] {
        EFFECTIVE
    }

    // LIMIT: every version starts when it is called, and there is one version of each runtime.
    fn idle(&self, property: &str, _value: &Value) -> Option<&'static str> {
        Some(match property {
            "RuntimePolicy" => "there is one version of each runtime",
            _ => "every version starts when it is called",
        })
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let known = only(&request.properties, EFFECTIVE);
        let wanted: PublishVersionRequest = input(&known)?;
        let name = FunctionName::unqualified(self.0.context(), &wanted.function_name)?;
        let published = ops::publish(&self.0, wanted, request.maker()).await?;
        Ok(self.made(&name, &published.version.unwrap_or_default()))
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
