//! Roles and policies as they are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloud_core::{Arn, AwsError, Maker};
use cloud_store::{Cached, Index, Key, Table, Transaction};
use serde::{Deserialize, Serialize};

use crate::iam::shapes::{Code, Policy, Role};
use crate::{document, managed, quotas};

/// The table of roles, by name.
pub(crate) const ROLES: Table = Table("roles");
/// The table of customer-managed policies, by ARN.
pub(crate) const POLICIES: Table = Table("policies");
/// Roles by the policies that are attached to them.
pub(crate) const ATTACHED: Index<RoleRecord> = Index {
    table: Table("roles_by_policy"),
    version: 1,
    keys: |record| record.attached.iter().map(|arn| Key::text(arn)).collect(),
};

/// Roles by the policies that bound them.
pub(crate) const BOUNDED: Index<RoleRecord> = Index {
    table: Table("roles_by_boundary"),
    version: 1,
    keys: |record| record.boundary().into_iter().map(Key::text).collect(),
};

/// All roles, by name.
pub(crate) type Roles = Cached<String, RoleRecord>;
/// All customer-managed policies, by ARN.
pub(crate) type Policies = Cached<String, PolicyRecord>;

/// A role with its policies.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RoleRecord {
    /// What IAM tells about it.
    pub role: Role,
    /// Inline policies by name.
    #[serde(default)]
    pub inline: BTreeMap<String, String>,
    /// ARNs of attached policies.
    #[serde(default)]
    pub attached: BTreeSet<String>,
    /// The step of a stack that made it.
    #[serde(default, rename = "token")]
    pub made_by: Maker,
}

/// A customer-managed policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PolicyRecord {
    /// What IAM tells about it.
    pub policy: Policy,
    /// Its document.
    pub document: String,
    /// The step of a stack that made it.
    #[serde(default, rename = "token")]
    pub made_by: Maker,
}

/// The name that a role of that ARN has: what stands behind the path.
pub(crate) fn name_in(role: &Arn) -> &str {
    role.resource_id().rsplit('/').next().unwrap_or_default()
}

/// The role of that name, if there is one.
pub(crate) async fn find(roles: &Roles, name: &str) -> Result<Option<RoleRecord>, AwsError> {
    Ok(roles.get(&name.to_owned()).await?.map(Arc::unwrap_or_clone))
}

/// The role of that name.
pub(crate) async fn get(roles: &Roles, name: &str) -> Result<RoleRecord, AwsError> {
    find(roles, name).await?.ok_or_else(|| no_such_role(name))
}

/// AWS's words for a role that is not there.
pub(crate) fn no_such_role(name: &str) -> AwsError {
    Code::NoSuchEntityException.error(format!("The role with name {name} cannot be found."))
}

/// Changes a role that is there.
pub(crate) async fn change<T: Send + 'static>(
    roles: &Roles,
    name: &str,
    work: impl FnOnce(&mut RoleRecord) -> Result<T, AwsError> + Send + 'static,
) -> Result<T, AwsError> {
    let missing = no_such_role(name);
    let change = move |old: Option<&RoleRecord>| {
        let mut record = old.cloned().ok_or(missing)?;
        let value = work(&mut record)?;
        Ok((Some(record), value))
    };
    roles.change(name.to_owned(), change).await
}

/// The id of a role that is only a name: always the same for that name.
pub(crate) fn id_without_record(name: &str) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut id = String::from("AROA");
    for _ in 0..17 {
        let letter = ALPHABET.get((hash >> 59) as usize).copied().unwrap_or(b'A');
        id.push(char::from(letter));
        hash = hash.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
    }
    id
}

/// Refuses to attach a policy that is not there.
pub(crate) fn check_attachable(
    policies: &Policies,
    transaction: &mut Transaction<'_>,
    arn: &str,
) -> Result<(), AwsError> {
    check_policy(policies, transaction, arn, "Policy")
}

/// Refuses a boundary that is not there.
pub(crate) fn check_boundary(
    policies: &Policies,
    transaction: &mut Transaction<'_>,
    arn: &str,
) -> Result<(), AwsError> {
    check_policy(policies, transaction, arn, "Scope ARN:")
}

/// Refuses a managed policy that is not there; `what` AWS calls it.
// LIMIT: any name in AWS's own namespace counts as a policy of AWS's.
fn check_policy(
    policies: &Policies,
    transaction: &mut Transaction<'_>,
    arn: &str,
    what: &str,
) -> Result<(), AwsError> {
    if managed::name(arn).is_some() || policies.within(transaction).get(&arn.to_owned())?.is_some() {
        return Ok(());
    }
    let message = format!("{what} {arn} does not exist or is not attachable.");
    Err(Code::NoSuchEntityException.error(message))
}

/// Refuses to remove a policy that roles have.
pub(crate) fn check_unused(
    roles: &Roles,
    transaction: &mut Transaction<'_>,
    arn: &str,
) -> Result<(), AwsError> {
    let (roles, by) = (roles.within(transaction), Key::text(arn));
    if roles.find(&ATTACHED, &by, None, 1)?.is_empty() && roles.find(&BOUNDED, &by, None, 1)?.is_empty() {
        return Ok(());
    }
    Err(Code::DeleteConflictException.error("Cannot delete a policy attached to entities."))
}

impl RoleRecord {
    /// The ARN of the policy that bounds it.
    pub(crate) fn boundary(&self) -> Option<&str> {
        self.role.permissions_boundary.as_ref()?.permissions_boundary_arn.as_deref()
    }

    /// Attaches a policy, if there is room for it.
    pub(crate) fn attach(&mut self, arn: String) -> Result<(), AwsError> {
        self.attached.insert(arn);
        quotas::ATTACHED_POLICIES.check(self.attached.len())
    }

    /// Puts an inline policy in, if it and those that are there have room.
    pub(crate) fn put_inline(&mut self, name: String, text: String) -> Result<(), AwsError> {
        document::check(&text, document::Kind::Identity)?;
        let others = self.inline.iter().filter(|(other, _)| **other != name);
        let size = others.map(|(_, text)| document::size(text)).sum::<usize>() + document::size(&text);
        quotas::INLINE_POLICIES.check_of(size, &[("role", &self.role.role_name)])?;
        self.inline.insert(name, text);
        Ok(())
    }
}
