//! `AWS::Lambda::Alias`.

use std::collections::BTreeMap;

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::properties::{input, provisioned, without};
use super::{caller, is_missing};
use crate::Lambda;
use crate::names::FunctionName;
use crate::ops;
use crate::shapes::{
    AliasConfiguration, AliasRoutingConfiguration, CreateAliasRequest, DeleteAliasRequest, UpdateAliasRequest,
};

/// What the operations call otherwise, or have elsewhere.
const ELSEWHERE: &[&str] = &["RoutingConfig", "ProvisionedConcurrencyConfig"];

pub(super) struct AliasProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for AliasProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::Alias"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "Description",
            "FunctionName",
            "FunctionVersion",
            "Name",
            "ProvisionedConcurrencyConfig",
            "RoutingConfig",
        ]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let known = without(&request.properties, ELSEWHERE);
        let mut wanted: CreateAliasRequest = input(&known)?;
        wanted.routing_config = routing(&request.properties);
        let made = ops::make_alias(&self.0, wanted, request.maker()).await?;
        self.provision(&made, request).await?;
        Ok(describe(&made))
    }

    async fn update(
        &self,
        _physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let known = without(&request.properties, ELSEWHERE);
        let mut wanted: UpdateAliasRequest = input(&known)?;
        wanted.routing_config = Some(routing(&request.properties).unwrap_or_default());
        wanted.description = Some(wanted.description.unwrap_or_default());
        let updated = ops::update_alias(&self.0, &caller(&self.0), wanted).await?;
        self.provision(&updated, request).await?;
        Ok(Updated::InPlace(describe(&updated)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let name = FunctionName::parse(self.0.context(), physical_id, None)?;
        let gone = DeleteAliasRequest { function_name: name.name.clone(), name: name.qualifier().to_owned() };
        match ops::delete_alias(&self.0, &caller(&self.0), gone).await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

impl AliasProvider {
    async fn provision(&self, alias: &AliasConfiguration, request: &ResourceRequest) -> Result<(), AwsError> {
        let arn = alias.alias_arn.as_deref().unwrap_or_default();
        let name = FunctionName::parse(self.0.context(), arn, None)?;
        ops::provision_for(&self.0, &name, provisioned(&request.properties)?).await
    }
}

fn describe(alias: &AliasConfiguration) -> Created {
    let arn = alias.alias_arn.clone().unwrap_or_default();
    Created::new(arn.clone(), [("AliasArn", json!(arn))])
}

/// AWS: a template lists `{FunctionVersion, FunctionWeight}`; the operations take a map.
fn routing(properties: &Value) -> Option<AliasRoutingConfiguration> {
    let weights = properties.get("RoutingConfig")?.get("AdditionalVersionWeights")?.as_array()?;
    let weights: BTreeMap<String, f64> = weights
        .iter()
        .filter_map(|entry| {
            let weight = entry.get("FunctionWeight")?;
            let weight = weight.as_f64().or_else(|| weight.as_str()?.parse().ok())?;
            Some((entry.get("FunctionVersion")?.as_str()?.to_owned(), weight))
        })
        .collect();
    Some(AliasRoutingConfiguration { additional_version_weights: Some(weights) })
}
