//! The resource types of CloudFormation itself.

use async_trait::async_trait;
use cloud_core::AwsError;
use cloud_core::ports::{Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::Value;

/// `AWS::CloudFormation::WaitConditionHandle`: a name that stands for nothing else.
// LIMIT: the URL can be referred to, not signalled: there is no AWS::CloudFormation::WaitCondition.
#[derive(Clone, Copy, Debug)]
pub struct WaitConditionHandle;

#[async_trait]
impl ResourceProvider for WaitConditionHandle {
    fn type_name(&self) -> &'static str {
        "AWS::CloudFormation::WaitConditionHandle"
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let physical_id =
            format!("https://cloudformation-waitcondition.localhost/{}", request.generated_name(128));
        Ok(Created { physical_id, ..Created::default() })
    }

    async fn update(&self, id: &str, _old: &Value, _request: &ResourceRequest) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(Created { physical_id: id.to_owned(), ..Created::default() }))
    }

    async fn delete(&self, _id: &str, _properties: &Value) -> Result<(), AwsError> {
        Ok(())
    }
}
