//! Members of CreateFunction and UpdateFunctionConfiguration that name what this cloud does not have. Whoever asks for
//! them is told, in AWS's words for what is not there where it has some.

use cloud_core::AwsError;

use crate::shapes::{
    Code, CreateFunctionRequest, FileSystemConfig, ImageConfig, UpdateFunctionConfigurationRequest, VpcConfig,
};

// AWS: "Function layers … five layers".
const MAX_LAYERS: usize = 5;

/// The members that both operations have.
struct Asked<'a> {
    layers: Option<&'a [String]>,
    vpc: Option<&'a VpcConfig>,
    file_systems: Option<&'a [FileSystemConfig]>,
    image: Option<&'a ImageConfig>,
    kms_key: Option<&'a str>,
    /// Those without a text of AWS, by name.
    others: &'a [(&'static str, bool)],
}

/// Fails if a function is to be made with something that is not here.
pub(super) fn of_create(input: &CreateFunctionRequest) -> Result<(), AwsError> {
    if input.code_signing_config_arn.as_ref().is_some_and(|arn| !arn.is_empty()) {
        return Err(Code::ResourceNotFoundException
            .error("The code signing configuration cannot be found.")
            .with("Type", "User"));
    }
    check(&Asked {
        layers: input.layers.as_deref(),
        vpc: input.vpc_config.as_ref(),
        file_systems: input.file_system_configs.as_deref(),
        image: input.image_config.as_ref(),
        kms_key: input.kms_key_arn.as_deref(),
        others: &[
            ("CapacityProviderConfig", input.capacity_provider_config.is_some()),
            ("DurableConfig", input.durable_config.is_some()),
            ("PublishTo", input.publish_to.is_some()),
            ("TenancyConfig", input.tenancy_config.is_some()),
        ],
    })
}

/// Fails if a function is to be changed to have something that is not here.
pub(super) fn of_update(input: &UpdateFunctionConfigurationRequest) -> Result<(), AwsError> {
    check(&Asked {
        layers: input.layers.as_deref(),
        vpc: input.vpc_config.as_ref(),
        file_systems: input.file_system_configs.as_deref(),
        image: input.image_config.as_ref(),
        kms_key: input.kms_key_arn.as_deref(),
        others: &[
            ("CapacityProviderConfig", input.capacity_provider_config.is_some()),
            ("DurableConfig", input.durable_config.is_some()),
        ],
    })
}

// LIMIT: this cloud has no layers, no networks of its own, no file systems and no keys to encrypt with.
fn check(asked: &Asked<'_>) -> Result<(), AwsError> {
    let refused = |text: String| Err(Code::InvalidParameterValueException.error(text).with("Type", "User"));
    let layers = asked.layers.unwrap_or_default();
    if layers.len() > MAX_LAYERS {
        return refused(format!("Cannot reference more than {MAX_LAYERS} layers."));
    }
    if let Some(layer) = layers.first() {
        return refused(format!("Layer version {layer} does not exist."));
    }
    let group = asked.vpc.and_then(|vpc| vpc.security_group_ids.as_ref()?.first());
    if let Some(group) = group {
        return refused(format!(
            "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: \
             The security group '{group}' does not exist"
        ));
    }
    let subnet = asked.vpc.and_then(|vpc| vpc.subnet_ids.as_ref()?.first());
    if let Some(subnet) = subnet {
        return refused(format!(
            "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The \
             subnet ID '{subnet}' does not exist"
        ));
    }
    if let Some(system) = asked.file_systems.and_then(<[_]>::first) {
        return refused(format!("EFS file system access point {} does not exist.", system.arn));
    }
    if asked.image.is_some() {
        return refused("ImageConfig is not supported for functions of package type Zip.".to_owned());
    }
    if let Some(key) = asked.kms_key.filter(|key| !key.is_empty()) {
        return refused(format!(
            "The KMS key {key} does not exist: this cloud has no keys. Leave KMSKeyArn out."
        ));
    }
    if let Some((name, _)) = asked.others.iter().find(|(_, asked)| *asked) {
        return refused(format!("{name} is not supported here. Leave it out."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let layers = |names: &[&str]| Input { layers: texts(names), ..Input::default() };
        let key = |arn: &str| Input { kms_key_arn: Some(arn.into()), ..Input::default() };
        check_update(&Input::default(), None);
        check_update(&layers(&[]), None);
        check_update(&layers(&["l"]), Some("Layer version l does not exist."));
        check_update(&layers(&["l"; 6]), Some("Cannot reference more than 5 layers."));
        check_update(&vpc(&[], &[]), None);
        check_update(&vpc(&["subnet-1"], &["sg-1"]), Some("The security group 'sg-1' does not exist"));
        check_update(&vpc(&["subnet-1"], &[]), Some("subnet ID 'subnet-1'"));
        check_update(&key(""), None);
        check_update(&key("arn"), Some("no keys"));
    }
}
