//! `AWS::Lambda::LayerVersionPermission`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::properties::{input, without};
use super::{caller, is_missing};
use crate::Lambda;
use crate::names::{LayerVersionName, layer::not_found};
use crate::ops;
use crate::shapes::{AddLayerVersionPermissionRequest, RemoveLayerVersionPermissionRequest};

pub(super) struct LayerVersionPermissionProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for LayerVersionPermissionProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::LayerVersionPermission"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["Action", "LayerVersionArn", "Principal"]
    }

    // LIMIT: no account here is in an organization that has an id.
    fn idle(&self, _property: &str, _value: &Value) -> Option<&'static str> {
        Some("no account here is in an organization: the statement lets nobody in")
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let arn = request.text("LayerVersionArn").unwrap_or_default().to_owned();
        let named = LayerVersionName::parse(&arn).ok_or_else(not_found)?;
        let statement = request.generated_name(100);
        let mut properties = without(&request.properties, &["LayerVersionArn"]);
        if let Some(members) = properties.as_object_mut() {
            members.insert("LayerName".to_owned(), json!(named.layer.arn.to_string()));
            members.insert("VersionNumber".to_owned(), json!(named.number));
            members.insert("StatementId".to_owned(), json!(statement));
        }
        let wanted: AddLayerVersionPermissionRequest = input(&properties)?;
        match ops::permit_layer(&self.0, wanted).await {
            // The id holds the token: this step made it before.
            Err(error) if error.code() == "ResourceConflictException" => {}
            result => {
                result?;
            }
        }
        Ok(made(&format!("{arn}#{statement}")))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        _request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(made(physical_id)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let Some((arn, statement)) = physical_id.split_once('#') else { return Ok(()) };
        let Some(named) = LayerVersionName::parse(arn) else { return Ok(()) };
        let gone = RemoveLayerVersionPermissionRequest {
            layer_name: named.layer.arn.to_string(),
            version_number: i64::try_from(named.number).unwrap_or(i64::MAX),
            statement_id: statement.to_owned(),
            ..RemoveLayerVersionPermissionRequest::default()
        };
        match ops::remove_layer_version_permission(&self.0, &caller(&self.0), gone).await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

fn made(id: &str) -> Created {
    Created::new(id, [("Id", json!(id))])
}
