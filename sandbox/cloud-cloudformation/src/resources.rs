//! The resource types of CloudFormation itself, and the one of the CDK that is made of nothing.

use async_trait::async_trait;
use cloud_core::AwsError;
use cloud_core::ports::{Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::Value;

/// `AWS::CDK::Metadata`: what the CDK says about itself. Nothing is made of it, on AWS neither.
#[derive(Clone, Copy, Debug)]
pub struct CdkMetadata;

#[async_trait]
impl ResourceProvider for CdkMetadata {
    fn type_name(&self) -> &'static str {
        "AWS::CDK::Metadata"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["Analytics", "Modules"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        Ok(Created { physical_id: request.generated_name(128), ..Created::default() })
    }

    async fn update(&self, id: &str, _old: &Value, _request: &ResourceRequest) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(Created { physical_id: id.to_owned(), ..Created::default() }))
    }

    async fn delete(&self, _id: &str, _properties: &Value) -> Result<(), AwsError> {
        Ok(())
    }
}

/// `AWS::CloudFormation::WaitConditionHandle`: a name that stands for nothing else.
// LIMIT: the URL can be referred to, not signalled: there is no AWS::CloudFormation::WaitCondition.
#[derive(Clone, Copy, Debug)]
pub struct WaitConditionHandle;

#[async_trait]
impl ResourceProvider for WaitConditionHandle {
    fn type_name(&self) -> &'static str {
        "AWS::CloudFormation::WaitConditionHandle"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[]
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
