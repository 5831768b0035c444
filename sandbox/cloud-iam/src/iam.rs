//! Identity and Access Management: roles and their policies, as records.

mod policies;
mod role_policies;
mod roles;
pub mod shapes;
mod simulate;

use cloud_core::AwsError;
use cloud_store::{Cached, Scan};
use cloud_wire::access::Asking;
use cloud_wire::service::Asks;
use cloud_wire::{Input, Operation, Service, ServiceModel};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::names;
use crate::open::Iam;
pub(crate) use policies::new_policy;
pub(crate) use roles::{NewRole, new_role};

impl Service for Iam {
    fn model(&self) -> &'static ServiceModel {
        &shapes::MODEL
    }

    fn inspect(&self, operation: &Operation, input: &Input) -> Result<(), AwsError> {
        // AWS: names, paths and ARNs are told in words of their own, before any other constraint.
        for (member, value) in operation.input.members().iter().zip(input.members()) {
            match (member.name, value.as_str()) {
                ("RoleName", Some(name)) => names::check_letters(name, "roleName")?,
                ("PolicyName", Some(name)) => names::check_letters(name, "policyName")?,
                ("Path", Some(path)) => names::check_slashes(path)?,
                ("PolicyArn", Some(arn)) => names::check_policy_arn(arn)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn asks<'a>(&'a self, asking: &Asking<'_>) -> Asks<'a> {
        let mut accesses = self.accesses(asking);
        Box::pin(async move {
            // Those of roles are told by who decides: it has them in its hand.
            for access in accesses.iter_mut().filter(|access| access.resource.contains(":policy/")) {
                if let Some(record) = self.policies.get(&access.resource).await? {
                    let tags = record.policy.tags.iter().flatten();
                    access.tell_tags(tags.map(|tag| (&tag.key, &tag.value)));
                }
            }
            Ok(accesses)
        })
    }

    cloud_wire::dispatch! { crate::iam::shapes;
        AttachRolePolicy => role_policies::attach_role_policy,
        CreatePolicy => policies::create_policy,
        CreateRole => roles::create_role,
        DeletePolicy => policies::delete_policy,
        DeleteRole => roles::delete_role,
        DeleteRolePermissionsBoundary => roles::delete_role_permissions_boundary,
        DeleteRolePolicy => role_policies::delete_role_policy,
        DetachRolePolicy => role_policies::detach_role_policy,
        GetContextKeysForCustomPolicy => simulate::get_context_keys_for_custom_policy,
        GetContextKeysForPrincipalPolicy => simulate::get_context_keys_for_principal_policy,
        GetPolicy => policies::get_policy,
        GetPolicyVersion => policies::get_policy_version,
        GetRole => roles::get_role,
        GetRolePolicy => role_policies::get_role_policy,
        ListAttachedRolePolicies => role_policies::list_attached_role_policies,
        ListPolicies => policies::list_policies,
        ListRolePolicies => role_policies::list_role_policies,
        ListRoleTags => roles::list_role_tags,
        ListRoles => roles::list_roles,
        PutRolePermissionsBoundary => roles::put_role_permissions_boundary,
        PutRolePolicy => role_policies::put_role_policy,
        SimulateCustomPolicy => simulate::simulate_custom_policy,
        SimulatePrincipalPolicy => simulate::simulate_principal_policy,
        TagRole => roles::tag_role,
        UntagRole => roles::untag_role,
        UpdateAssumeRolePolicy => roles::update_assume_role_policy,
        UpdateRole => roles::update_role,
    }
}

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// AWS: policy documents in answers are URL-encoded, as RFC 3986 says.
fn encoded(document: &str) -> String {
    utf8_percent_encode(document, RESERVED).to_string()
}

/// How many items a page holds.
fn most(max: Option<i32>) -> usize {
    max.and_then(|max| usize::try_from(max).ok()).unwrap_or(100)
}

/// One page of a collection: of the records that are shown.
async fn listed<V: cloud_store::Value, T>(
    records: &Cached<String, V>,
    show: impl Fn(V) -> Option<T>,
    marker: Option<&str>,
    max: Option<i32>,
) -> Result<(Vec<T>, Option<String>), AwsError> {
    let scan = marker.map_or_else(Scan::all, |marker| Scan::all().after(marker));
    Ok(records.list(scan, most(max), show).await?)
}

/// One page of a sorted list.
fn paged<T>(
    all: Vec<T>,
    name: impl Fn(&T) -> String,
    marker: Option<&str>,
    max: Option<i32>,
) -> (Vec<T>, Option<String>) {
    cloud_core::page::page(all.into_iter().map(|item| (name(&item), item)), marker, most(max))
}
