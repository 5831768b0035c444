//! `AWS::Lambda::Url`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::properties::{input, only};
use super::{caller, is_missing};
use crate::Lambda;
use crate::names::FunctionName;
use crate::ops;
use crate::shapes::{
    CreateFunctionUrlConfigRequest, DeleteFunctionUrlConfigRequest, InvokeMode,
    UpdateFunctionUrlConfigRequest,
};

/// What the operations call as the type does.
const SAME: &[&str] = &["AuthType", "Cors", "InvokeMode", "Qualifier"];

pub(super) struct UrlProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for UrlProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::Url"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["AuthType", "Cors", "InvokeMode", "Qualifier", "TargetFunctionArn"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let mut properties = only(&request.properties, SAME);
        properties["FunctionName"] = request.properties["TargetFunctionArn"].clone();
        let wanted: CreateFunctionUrlConfigRequest = input(&properties)?;
        let made = ops::make_url(&self.0, wanted, request.maker()).await?;
        Ok(made_of(&made.function_arn, &made.function_url))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let mut properties = only(&request.properties, &["AuthType", "Cors", "InvokeMode"]);
        properties["FunctionName"] = json!(physical_id);
        let mut wanted: UpdateFunctionUrlConfigRequest = input(&properties)?;
        // What a template does not say any more is as if it had never been said.
        wanted.cors = Some(wanted.cors.unwrap_or_default());
        wanted.invoke_mode = Some(wanted.invoke_mode.unwrap_or(InvokeMode::Buffered));
        let changed = ops::update_function_url_config(&self.0, &caller(&self.0), wanted).await?;
        Ok(Updated::InPlace(made_of(&changed.function_arn, &changed.function_url)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let name = FunctionName::parse(self.0.context(), physical_id, None)?;
        let gone =
            DeleteFunctionUrlConfigRequest { function_name: name.name.clone(), qualifier: name.qualifier };
        match ops::delete_function_url_config(&self.0, &caller(&self.0), gone).await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

fn made_of(arn: &str, address: &str) -> Created {
    Created::new(arn, [("FunctionArn", json!(arn)), ("FunctionUrl", json!(address))])
}
