//! What a caller must acknowledge before a template is obeyed.

use std::collections::BTreeSet;

use cloud_core::AwsError;
use serde_json::Value;

use crate::shapes::Code;
use crate::template::Template;

/// Types that grant rights, and the property that names each where it is the caller's choice.
// AWS: "Acknowledging IAM resources in CloudFormation templates".
const IAM_TYPES: &[(&str, Option<&str>)] = &[
    ("AWS::IAM::AccessKey", None),
    ("AWS::IAM::Group", Some("GroupName")),
    ("AWS::IAM::InstanceProfile", Some("InstanceProfileName")),
    ("AWS::IAM::ManagedPolicy", Some("ManagedPolicyName")),
    ("AWS::IAM::Policy", None),
    ("AWS::IAM::Role", Some("RoleName")),
    ("AWS::IAM::User", Some("UserName")),
    ("AWS::IAM::UserToGroupAddition", None),
];

/// For rights.
pub(crate) const IAM: &str = "CAPABILITY_IAM";
/// For rights under chosen names.
pub(crate) const NAMED_IAM: &str = "CAPABILITY_NAMED_IAM";
/// For transforms that are applied without a look at what they make.
pub(crate) const AUTO_EXPAND: &str = "CAPABILITY_AUTO_EXPAND";

/// What a template's resources need, and the types that need it.
pub(crate) fn needed(template: &Template) -> (Option<&'static str>, BTreeSet<String>) {
    let mut needed = None;
    let mut types = BTreeSet::new();
    for resource in template.resources.values() {
        let known = IAM_TYPES.iter().find(|(name, _)| *name == resource.type_name);
        let Some((_, name_property)) = known else { continue };
        let named = name_property
            .is_some_and(|name| resource.properties.get(name).is_some_and(|name: &Value| !name.is_null()));
        if named || needed.is_none() {
            needed = Some(if named { NAMED_IAM } else { IAM });
        }
        types.insert(resource.type_name.clone());
    }
    (needed, types)
}

/// The error if the caller has not acknowledged what the template's resources need.
pub(crate) fn missing(template: &Template, given: &[String]) -> Option<AwsError> {
    let (needed, _) = needed(template);
    let has = |name: &str| given.iter().any(|given| given == name);
    match needed {
        Some(IAM) if !has(IAM) && !has(NAMED_IAM) => Some(insufficient(IAM)),
        Some(NAMED_IAM) if !has(NAMED_IAM) => Some(insufficient(NAMED_IAM)),
        _ => None,
    }
}

/// The error if a template with transforms is to be obeyed at once without the caller's leave.
pub(crate) fn missing_expand(transforms: &[String], given: &[String]) -> Option<AwsError> {
    let has = given.iter().any(|given| given == AUTO_EXPAND);
    (!transforms.is_empty() && !has).then(|| insufficient(AUTO_EXPAND))
}

fn insufficient(name: &str) -> AwsError {
    Code::InsufficientCapabilitiesException.error(format!("Requires capabilities : [{name}]"))
}
