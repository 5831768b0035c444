//! `AWS::Lambda::LayerVersion`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::caller;
use super::properties::input;
use crate::Lambda;
use crate::names::LayerVersionName;
use crate::ops;
use crate::shapes::{DeleteLayerVersionRequest, PublishLayerVersionRequest};

pub(super) struct LayerVersionProvider(pub(super) Lambda);

/// AWS: a layer whose template gives no name is called after its resource.
const NAME: usize = 64;

#[async_trait]
impl ResourceProvider for LayerVersionProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::LayerVersion"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "CompatibleArchitectures",
            "CompatibleRuntimes",
            "Content.S3Bucket",
            "Content.S3Key",
            "Content.S3ObjectVersion",
            "Description",
            "LayerName",
            "LicenseInfo",
        ]
    }

    fn idle(&self, _property: &str, value: &Value) -> Option<&'static str> {
        (value != "COPY").then_some("packages are copied")
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let mut properties = request.properties.clone();
        if let Some(members) = properties.as_object_mut() {
            members.entry("LayerName").or_insert_with(|| json!(request.generated_name(NAME)));
        }
        let wanted: PublishLayerVersionRequest = input(&properties)?;
        let caller = request.on_behalf(self.0.context());
        let published = ops::publish_layer(&self.0, &caller, wanted, request.maker()).await?;
        Ok(made(&published.layer_version_arn.unwrap_or_default()))
    }

    /// AWS: whatever is changed makes another version.
    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        _request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(made(physical_id)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let Some(named) = LayerVersionName::parse(physical_id) else { return Ok(()) };
        let gone = DeleteLayerVersionRequest {
            layer_name: named.layer.name,
            version_number: i64::try_from(named.number).unwrap_or(i64::MAX),
        };
        ops::delete_layer_version(&self.0, &caller(&self.0), gone).await
    }
}

fn made(arn: &str) -> Created {
    Created::new(arn, [("LayerVersionArn", json!(arn))])
}
