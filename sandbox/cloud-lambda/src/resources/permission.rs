//! `AWS::Lambda::Permission`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::properties::input;
use super::{caller, is_missing};
use crate::Lambda;
use crate::ops;
use crate::shapes::{AddPermissionRequest, RemovePermissionRequest};

pub(super) struct PermissionProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for PermissionProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::Permission"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "Action",
            "EventSourceToken",
            "FunctionName",
            "FunctionUrlAuthType",
            "InvokedViaFunctionUrl",
            "Principal",
            "PrincipalOrgID",
            "SourceAccount",
            "SourceArn",
        ]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let id = request.generated_name(100);
        let mut properties = request.properties.clone();
        if let Some(members) = properties.as_object_mut() {
            members.insert("StatementId".to_owned(), json!(id));
        }
        let wanted: AddPermissionRequest = input(&properties)?;
        match ops::add_permission(&self.0, &caller(&self.0), wanted).await {
            // The id holds the token: this step made it before.
            Err(error) if error.code() == "ResourceConflictException" => {}
            result => {
                result?;
            }
        }
        Ok(Created::new(id.clone(), [("Id", json!(id))]))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        _request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(Created::new(physical_id, [("Id", json!(physical_id))])))
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let Some(function) = properties.get("FunctionName").and_then(Value::as_str) else { return Ok(()) };
        let gone = RemovePermissionRequest {
            function_name: function.to_owned(),
            statement_id: physical_id.to_owned(),
            ..RemovePermissionRequest::default()
        };
        match ops::remove_permission(&self.0, &caller(&self.0), gone).await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }
}
