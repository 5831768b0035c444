//! Members of CreateFunction and UpdateFunctionConfiguration that name what this cloud does not have. Whoever asks for
//! them is told, in AWS's words for what is not there where it has some.

use cloud_core::AwsError;

use crate::shapes::{Code, CreateFunctionRequest, UpdateFunctionConfigurationRequest};

/// Fails if a function is to be made with something that is not here.
pub(super) fn of_create(input: &CreateFunctionRequest) -> Result<(), AwsError> {
    let others =
        [("PublishTo", input.publish_to.is_some()), ("TenancyConfig", input.tenancy_config.is_some())];
    expect_none(&others)?;
    of_code(input.code.source_kms_key_arn.as_deref(), false)?;
    // What both operations have.
    of_update(&UpdateFunctionConfigurationRequest {
        vpc_config: input.vpc_config.clone(),
        file_system_configs: input.file_system_configs.clone(),
        image_config: input.image_config.clone(),
        kms_key_arn: input.kms_key_arn.clone(),
        capacity_provider_config: input.capacity_provider_config.clone(),
        ..UpdateFunctionConfigurationRequest::default()
    })
}

/// Fails if code is to be kept or published in a way that is not here.
pub(super) fn of_code(key: Option<&str>, publishes_to: bool) -> Result<(), AwsError> {
    if let Some(key) = key.filter(|key| !key.is_empty()) {
        return refused(format!(
            "The KMS key {key} does not exist: this cloud has no keys. Leave SourceKMSKeyArn out."
        ));
    }
    expect_none(&[("PublishTo", publishes_to)])
}

fn refused(text: String) -> Result<(), AwsError> {
    Err(Code::InvalidParameterValueException.error(text))
}

/// Fails if one of those is asked for that AWS has no text for.
fn expect_none(asked: &[(&str, bool)]) -> Result<(), AwsError> {
    match asked.iter().find(|(_, asked)| *asked) {
        None => Ok(()),
        Some((name, _)) => refused(format!("{name} is not supported here. Leave it out.")),
    }
}

/// Fails if a function is to be changed to have something that is not here.
// LIMIT: this cloud has no networks of its own, no file systems and no keys to encrypt with.
pub(super) fn of_update(input: &UpdateFunctionConfigurationRequest) -> Result<(), AwsError> {
    let vpc = input.vpc_config.as_ref();
    let group = vpc.and_then(|vpc| vpc.security_group_ids.as_ref()?.first());
    if let Some(group) = group {
        return refused(format!(
            "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: \
             The security group '{group}' does not exist"
        ));
    }
    let subnet = vpc.and_then(|vpc| vpc.subnet_ids.as_ref()?.first());
    if let Some(subnet) = subnet {
        return refused(format!(
            "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The \
             subnet ID '{subnet}' does not exist"
        ));
    }
    if let Some(system) = input.file_system_configs.as_deref().and_then(<[_]>::first) {
        return refused(format!("EFS file system access point {} does not exist.", system.arn));
    }
    if input.image_config.is_some() {
        return refused("ImageConfig is not supported for functions of package type Zip.".to_owned());
    }
    if let Some(key) = input.kms_key_arn.as_deref().filter(|key| !key.is_empty()) {
        return refused(format!(
            "The KMS key {key} does not exist: this cloud has no keys. Leave KMSKeyArn out."
        ));
    }
    expect_none(&[("CapacityProviderConfig", input.capacity_provider_config.is_some())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::VpcConfig;

    fn check_update(input: &UpdateFunctionConfigurationRequest, words: Option<&str>) {
        let seen = of_update(input).err().map(|error| error.message().to_owned());
        match words {
            None => assert_eq!(seen, None),
            Some(words) => assert!(seen.as_deref().is_some_and(|text| text.contains(words)), "{seen:?}"),
        }
    }

    #[test]
    fn what_is_not_here_is_said() {
        type Input = UpdateFunctionConfigurationRequest;
        let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
        let vpc = |subnets: &[&str], groups: &[&str]| Input {
            vpc_config: Some(VpcConfig {
                subnet_ids: texts(subnets),
                security_group_ids: texts(groups),
                ..VpcConfig::default()
            }),
            ..Input::default()
        };
        let key = |arn: &str| Input { kms_key_arn: Some(arn.into()), ..Input::default() };
        check_update(&Input::default(), None);
        check_update(&vpc(&[], &[]), None);
        check_update(&vpc(&["subnet-1"], &["sg-1"]), Some("The security group 'sg-1' does not exist"));
        check_update(&vpc(&["subnet-1"], &[]), Some("subnet ID 'subnet-1'"));
        check_update(&key(""), None);
        check_update(&key("arn"), Some("no keys"));
    }
}
