//! `AWS::Lambda::CodeSigningConfig`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Map, Value, json};

use super::properties::{input, without};
use super::{caller, is_missing};
use crate::Lambda;
use crate::ops;
use crate::shapes::{
    CreateCodeSigningConfigRequest, DeleteCodeSigningConfigRequest, UpdateCodeSigningConfigRequest,
};

pub(super) struct CodeSigningConfigProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for CodeSigningConfigProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::CodeSigningConfig"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["AllowedPublishers", "CodeSigningPolicies", "Description", "Tags"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let mut wanted: CreateCodeSigningConfigRequest = input(&without(&request.properties, &["Tags"]))?;
        wanted.tags = Some(request.all_tags());
        // The id holds the token: a step that is repeated finds its own.
        let id = format!("csc-{}", request.suffix(17).to_ascii_lowercase());
        let made_now = ops::make_code_signing(&self.0, &id, wanted, request.maker()).await?;
        Ok(made(&made_now.code_signing_config.code_signing_config_arn))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let mut properties = without(&request.properties, &["Tags"]);
        if let Some(members) = properties.as_object_mut() {
            members.insert("CodeSigningConfigArn".to_owned(), json!(physical_id));
            // What the template no longer has goes back to its default.
            set_default(members, "Description", json!(""));
            set_default(members, "CodeSigningPolicies", json!({ "UntrustedArtifactOnDeployment": "Warn" }));
        }
        let wanted: UpdateCodeSigningConfigRequest = input(&properties)?;
        ops::update_code_signing_config(&self.0, &caller(&self.0), wanted).await?;
        let tags = request.all_tags();
        ops::tag_code_signing(&self.0, physical_id, move |present| {
            *present = tags;
            Ok(())
        })
        .await?;
        Ok(Updated::InPlace(made(physical_id)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let gone = DeleteCodeSigningConfigRequest { code_signing_config_arn: physical_id.to_owned() };
        match ops::delete_code_signing_config(&self.0, &caller(&self.0), gone).await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

fn set_default(members: &mut Map<String, Value>, name: &str, value: Value) {
    members.entry(name).or_insert(value);
}

fn made(arn: &str) -> Created {
    let id = arn.rsplit(':').next().unwrap_or_default();
    Created::new(arn, [("CodeSigningConfigArn", json!(arn)), ("CodeSigningConfigId", json!(id))])
}
