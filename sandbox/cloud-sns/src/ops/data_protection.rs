//! GetDataProtectionPolicy, PutDataProtectionPolicy: recorded, and applied to nothing.

use cloud_core::{AwsError, Caller};
use serde_json::Value;

use crate::attributes::LARGEST_POLICY;
use crate::error::because;
use crate::open::Sns;
use crate::record::Topic;
use crate::shapes::{
    GetDataProtectionPolicyInput, GetDataProtectionPolicyResponse, PutDataProtectionPolicyInput,
};

/// Looks at a policy.
// LIMIT: that it is an object with a version and statements; what it says of messages has no effect.
pub(crate) fn check(text: &str) -> Result<(), AwsError> {
    let is_right = text.len() <= LARGEST_POLICY
        && serde_json::from_str::<Value>(text)
            .is_ok_and(|value| value["Version"].is_string() && value["Statement"].is_array());
    if is_right {
        return Ok(());
    }
    Err(because("DataProtectionPolicy", "it must be a JSON object with Version and Statement"))
}

pub(crate) async fn get_data_protection_policy(
    sns: &Sns,
    _caller: &Caller,
    input: GetDataProtectionPolicyInput,
) -> Result<GetDataProtectionPolicyResponse, AwsError> {
    let topic = sns.topic("ResourceArn", &input.resource_arn)?;
    Ok(GetDataProtectionPolicyResponse { data_protection_policy: topic.data_protection.clone() })
}

pub(crate) async fn put_data_protection_policy(
    sns: &Sns,
    _caller: &Caller,
    input: PutDataProtectionPolicyInput,
) -> Result<(), AwsError> {
    let topic = sns.topic("ResourceArn", &input.resource_arn)?;
    let policy = Some(input.data_protection_policy).filter(|text| !text.is_empty());
    policy.as_deref().map_or(Ok(()), check)?;
    let set = move |topic: &mut Topic| {
        topic.data_protection = policy;
        Ok(())
    };
    sns.records.change_topic(topic.name.clone(), set).await
}
