//! `AWS::IAM::Role`, `AWS::IAM::Policy` and `AWS::IAM::ManagedPolicy`.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use cloud_core::properties::{integer, text, texts};
use cloud_core::{AwsError, Created, Peers, ResourceProvider, ResourceRequest, Updated};
use cloud_store::Transaction;
use serde_json::{Value, json};

use crate::iam::shapes::{CreatePolicyRequest, CreateRoleRequest, Tag};
use crate::iam::{NewRole, new_policy, new_role};
use crate::names;
use crate::open::Iam;
use crate::role::{self, Policies, RoleRecord, Roles};

/// Makes the types known to a realm of the account.
pub(crate) fn register(iam: &Arc<Iam>, peers: &Peers) {
    peers.add_provider(Arc::new(RoleType(Arc::downgrade(iam))));
    peers.add_provider(Arc::new(PolicyType(Arc::downgrade(iam))));
    peers.add_provider(Arc::new(ManagedPolicyType(Arc::downgrade(iam))));
}

fn alive(iam: &Weak<Iam>) -> Result<Arc<Iam>, AwsError> {
    iam.upgrade().ok_or_else(|| AwsError::internal("IAM was closed"))
}

/// A policy document in a template is JSON; it is kept as text.
fn document(properties: &Value, name: &str) -> Result<String, AwsError> {
    match properties.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(document @ Value::Object(_)) => Ok(document.to_string()),
        _ => Err(AwsError::validation(format!("Property {name} is required and must be a policy document"))),
    }
}

/// LIMIT: there are no users and groups here; a policy for them would have no effect.
fn refuse_others(properties: &Value) -> Result<(), AwsError> {
    for name in ["Groups", "Users"] {
        if let Some(first) = texts(properties, name).first() {
            let noun = name.trim_end_matches('s').to_ascii_lowercase();
            let message = format!("The {noun} with name {first} cannot be found.");
            return Err(AwsError::new("NoSuchEntity", message).status(404));
        }
    }
    Ok(())
}

/// The template's own tags and the stack's.
fn tags(request: &ResourceRequest) -> Option<Vec<Tag>> {
    let tags = request.all_tags();
    (!tags.is_empty()).then(|| tags.into_iter().map(|(key, value)| Tag { key, value }).collect())
}

struct RoleType(Weak<Iam>);

impl RoleType {
    /// The record that the template wants, under that name.
    fn wanted(iam: &Iam, name: String, request: &ResourceRequest) -> Result<RoleRecord, AwsError> {
        let properties = &request.properties;
        let new = CreateRoleRequest {
            path: text(properties, "Path"),
            role_name: name,
            assume_role_policy_document: document(properties, "AssumeRolePolicyDocument")?,
            description: text(properties, "Description"),
            max_session_duration: integer(properties, "MaxSessionDuration"),
            permissions_boundary: text(properties, "PermissionsBoundary"),
            tags: tags(request),
        };
        let mut record = new_role(&iam.context, NewRole { request: new, made_by: request.maker() })?;
        for arn in texts(properties, "ManagedPolicyArns") {
            names::check_policy_arn(&arn)?;
            record.attach(arn)?;
        }
        for policy in properties.get("Policies").and_then(Value::as_array).into_iter().flatten() {
            let name = text(policy, "PolicyName")
                .ok_or_else(|| AwsError::validation("Policies need a PolicyName"))?;
            record.put_inline(name, document(policy, "PolicyDocument")?)?;
        }
        Ok(record)
    }
}

/// Refuses a role that refers to policies which are not there.
fn check_policies(
    policies: &Policies,
    transaction: &mut Transaction<'_>,
    record: &RoleRecord,
) -> Result<(), AwsError> {
    for arn in &record.attached {
        role::check_attachable(policies, transaction, arn)?;
    }
    record.boundary().map_or(Ok(()), |arn| role::check_boundary(policies, transaction, arn))
}

fn created_role(record: &RoleRecord) -> Created {
    let role = &record.role;
    Created::new(&role.role_name, [("Arn", json!(role.arn)), ("RoleId", json!(role.role_id))])
}

#[async_trait]
impl ResourceProvider for RoleType {
    fn type_name(&self) -> &'static str {
        "AWS::IAM::Role"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "AssumeRolePolicyDocument",
            "Description",
            "ManagedPolicyArns",
            "MaxSessionDuration",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "RoleName",
            "Tags",
        ]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let iam = alive(&self.0)?;
        let name = text(&request.properties, "RoleName").unwrap_or_else(|| request.generated_name(64));
        let wanted = Self::wanted(&iam, name, request)?;
        let (roles, policies) = (iam.roles.clone(), iam.policies.clone());
        let create = move |transaction: &mut Transaction<'_>| {
            let name = wanted.role.role_name.clone();
            let present = roles.within(transaction).get(&name)?;
            let taken = || {
                AwsError::new("EntityAlreadyExists", format!("Role with name {name} already exists."))
                    .status(409)
            };
            wanted.made_by.repeats(present.as_ref().map(|present| &present.made_by), taken)?;
            if let Some(present) = present {
                return Ok(created_role(&present));
            }
            check_policies(&policies, transaction, &wanted)?;
            let created = created_role(&wanted);
            roles.within(transaction).put(name, wanted)?;
            Ok::<_, AwsError>(created)
        };
        iam.roles.store().transact(create).await
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let iam = alive(&self.0)?;
        let wanted = Self::wanted(&iam, physical_id.to_owned(), request)?;
        if text(&request.properties, "RoleName").is_some_and(|name| name != physical_id) {
            return Ok(Updated::ReplacementRequired);
        }
        let (roles, policies, name) = (iam.roles.clone(), iam.policies.clone(), physical_id.to_owned());
        let update = move |transaction: &mut Transaction<'_>| {
            let old = roles.within(transaction).get(&name)?.ok_or_else(|| role::no_such_role(&name))?;
            if old.role.path != wanted.role.path {
                return Ok(Updated::ReplacementRequired);
            }
            check_policies(&policies, transaction, &wanted)?;
            let mut record = RoleRecord { made_by: old.made_by, ..wanted };
            (record.role.role_id, record.role.create_date) = (old.role.role_id, old.role.create_date);
            let created = created_role(&record);
            roles.within(transaction).put(name, record)?;
            Ok::<_, AwsError>(Updated::InPlace(created))
        };
        iam.roles.store().transact(update).await
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let iam = alive(&self.0)?;
        iam.roles.remove(physical_id.to_owned()).await?;
        Ok(())
    }
}

/// An inline policy that a template puts into roles.
struct PolicyType(Weak<Iam>);

impl PolicyType {
    async fn put(iam: &Iam, request: &ResourceRequest) -> Result<Created, AwsError> {
        let name = text(&request.properties, "PolicyName")
            .ok_or_else(|| AwsError::validation("Property PolicyName is required"))?;
        refuse_others(&request.properties)?;
        let document = document(&request.properties, "PolicyDocument")?;
        let roles = texts(&request.properties, "Roles");
        if roles.is_empty() {
            // AWS: the words of the type.
            let message = "At least one of [Groups,Roles,Users] must be non-empty.";
            return Err(AwsError::validation(message));
        }
        for role in roles {
            let (name, document) = (name.clone(), document.clone());
            role::change(&iam.roles, &role, move |record| record.put_inline(name, document)).await?;
        }
        Ok(Created { physical_id: name, ..Created::default() })
    }

    async fn take(iam: &Iam, name: &str, roles: Vec<String>) -> Result<(), AwsError> {
        for role in roles {
            let name = name.to_owned();
            let removed = role::change(&iam.roles, &role, move |record| {
                record.inline.remove(&name);
                Ok(())
            });
            match removed.await {
                Err(error) if error.code() == "NoSuchEntity" => {}
                outcome => outcome?,
            }
        }
        Ok(())
    }
}

#[async_trait]
impl ResourceProvider for PolicyType {
    fn type_name(&self) -> &'static str {
        "AWS::IAM::Policy"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["Groups", "PolicyDocument", "PolicyName", "Roles", "Users"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        Self::put(&*alive(&self.0)?, request).await
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        if text(&request.properties, "PolicyName").as_deref() != Some(physical_id) {
            return Ok(Updated::ReplacementRequired);
        }
        let iam = alive(&self.0)?;
        let kept = texts(&request.properties, "Roles");
        let gone = texts(old, "Roles").into_iter().filter(|role| !kept.contains(role)).collect();
        Self::take(&iam, physical_id, gone).await?;
        Self::put(&iam, request).await.map(Updated::InPlace)
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        Self::take(&*alive(&self.0)?, physical_id, texts(properties, "Roles")).await
    }
}

struct ManagedPolicyType(Weak<Iam>);

impl ManagedPolicyType {
    async fn put(
        iam: &Iam,
        policy_name: String,
        request: &ResourceRequest,
        old: Option<&Value>,
    ) -> Result<Created, AwsError> {
        refuse_others(&request.properties)?;
        let input = CreatePolicyRequest {
            policy_name: policy_name.clone(),
            path: text(&request.properties, "Path"),
            policy_document: document(&request.properties, "PolicyDocument")?,
            description: text(&request.properties, "Description"),
            tags: tags(request),
        };
        let mut record = new_policy(&iam.context, input, request.maker())?;
        let roles = texts(&request.properties, "Roles");
        let gone = old.map(|old| texts(old, "Roles")).unwrap_or_default();
        let gone: Vec<String> = gone.into_iter().filter(|role| !roles.contains(role)).collect();
        let updates = old.is_some();
        let (all_roles, policies) = (iam.roles.clone(), iam.policies.clone());
        let put = move |transaction: &mut Transaction<'_>| {
            let arn = record.policy.arn.clone().unwrap_or_default();
            let present = policies.within(transaction).get(&arn)?;
            let taken = || {
                let message =
                    format!("A policy called {policy_name} already exists. Duplicate names are not allowed.");
                AwsError::new("EntityAlreadyExists", message).status(409)
            };
            match present {
                // It stays that of the step that made it.
                Some(present) if updates => {
                    record.made_by = present.made_by;
                    record.policy.policy_id = present.policy.policy_id;
                    record.policy.create_date = present.policy.create_date;
                }
                present => {
                    record.made_by.repeats(present.as_ref().map(|present| &present.made_by), taken)?;
                }
            }
            policies.within(transaction).put(arn.clone(), record)?;
            for name in roles {
                let mut all_roles = all_roles.within(transaction);
                let mut found = all_roles.get(&name)?.ok_or_else(|| role::no_such_role(&name))?;
                found.attach(arn.clone())?;
                all_roles.put(name, found)?;
            }
            for name in gone {
                detach(&all_roles, transaction, name, &arn)?;
            }
            Ok(Created::new(arn.clone(), [("PolicyArn", json!(arn))]))
        };
        iam.policies.store().transact(put).await
    }
}

#[async_trait]
impl ResourceProvider for ManagedPolicyType {
    fn type_name(&self) -> &'static str {
        "AWS::IAM::ManagedPolicy"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Users"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let name =
            text(&request.properties, "ManagedPolicyName").unwrap_or_else(|| request.generated_name(128));
        Self::put(&*alive(&self.0)?, name, request, None).await
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let name = physical_id.rsplit('/').next().unwrap_or_default().to_owned();
        let created = Self::put(&*alive(&self.0)?, name, request, Some(old)).await?;
        Ok(if created.physical_id == physical_id {
            Updated::InPlace(created)
        } else {
            Updated::ReplacementRequired
        })
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let iam = alive(&self.0)?;
        let (roles, policies) = (iam.roles.clone(), iam.policies.clone());
        let (arn, names) = (physical_id.to_owned(), texts(properties, "Roles"));
        let delete = move |transaction: &mut Transaction<'_>| {
            for name in names {
                detach(&roles, transaction, name, &arn)?;
            }
            role::check_unused(&roles, transaction, &arn)?;
            policies.within(transaction).remove(&arn)?;
            Ok::<_, AwsError>(())
        };
        iam.policies.store().free(delete).await
    }
}

/// Takes a policy from a role, if it is there and has it.
fn detach(roles: &Roles, transaction: &mut Transaction<'_>, name: String, arn: &str) -> Result<(), AwsError> {
    let mut roles = roles.within(transaction);
    if let Some(mut record) = roles.get(&name)? {
        record.attached.remove(arn);
        roles.put(name, record)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use cloud_core::{Arn, Caller, Context, CredentialIssuer, CredentialStore, RequestId};

    use super::*;

    fn request(token: &str, properties: Value) -> ResourceRequest {
        ResourceRequest {
            logical_id: "Role".into(),
            stack_name: "stack".into(),
            stack_id: "arn:aws:cloudformation:us-east-1:000000000000:stack/stack/1".into(),
            properties,
            token: token.into(),
            tags: BTreeMap::from([("stage".into(), "dev".into())]),
            caller: None,
        }
    }

    fn role(description: &str) -> Value {
        json!({
            "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [] },
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
            "Policies": [{ "PolicyName": "p", "PolicyDocument": { "Statement": [] } }],
            "Description": description,
        })
    }

    async fn fresh() -> (tempfile::TempDir, Context, Arc<Iam>) {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let iam = crate::open(&context, None).await.unwrap();
        (folder, context, iam)
    }

    #[tokio::test]
    async fn a_role_is_made_once_per_step_changed_in_place_and_deleted_twice() {
        let (_folder, context, iam) = fresh().await;
        let provider = context.peers().provider("AWS::IAM::Role").unwrap();
        let first = provider.create(&request("1", role("a"))).await.unwrap();
        assert_eq!(provider.create(&request("1", role("a"))).await.unwrap(), first);
        let named = json!({ "RoleName": first.physical_id, "AssumeRolePolicyDocument": { "Statement": [] } });
        let clash = provider.create(&request("2", named)).await.unwrap_err();
        assert_eq!(clash.code(), "EntityAlreadyExists");

        let updated =
            provider.update(&first.physical_id, &role("a"), &request("3", role("b"))).await.unwrap();
        assert_eq!(updated, Updated::InPlace(first.clone()));
        let record = role::get(&iam.roles, &first.physical_id).await.unwrap();
        assert_eq!(record.role.description.as_deref(), Some("b"));
        assert_eq!((record.attached.len(), record.inline.len()), (1, 1));

        for _ in 0..2 {
            provider.delete(&first.physical_id, &role("b")).await.unwrap();
        }
        assert_eq!(role::get(&iam.roles, &first.physical_id).await.unwrap_err().code(), "NoSuchEntity");
    }

    #[tokio::test]
    async fn a_managed_policy_is_its_steps_own_and_roles_are_checked_as_by_the_operation() {
        let (_folder, context, _iam) = fresh().await;
        let managed = context.peers().provider("AWS::IAM::ManagedPolicy").unwrap();
        let wanted = json!({ "ManagedPolicyName": "m", "PolicyDocument": { "Statement": [] } });
        let made = managed.create(&request("1", wanted.clone())).await.unwrap();
        assert_eq!(managed.create(&request("1", wanted.clone())).await.unwrap(), made);
        let updated =
            managed.update(&made.physical_id, &wanted, &request("2", wanted.clone())).await.unwrap();
        assert_eq!(updated, Updated::InPlace(made));
        let clash = managed.create(&request("3", wanted)).await.unwrap_err();
        assert_eq!(clash.code(), "EntityAlreadyExists");

        let provider = context.peers().provider("AWS::IAM::Role").unwrap();
        let many: Vec<String> = (0..11).map(|n| format!("arn:aws:iam::aws:policy/p{n}")).collect();
        for (name, value, code) in [
            ("RoleName", json!("a b"), "ValidationError"),
            ("Path", json!("x"), "ValidationError"),
            ("MaxSessionDuration", json!(60), "ValidationError"),
            ("ManagedPolicyArns", json!(["AdministratorAccess"]), "ValidationError"),
            ("ManagedPolicyArns", json!(["arn:aws:iam::000000000000:policy/none"]), "NoSuchEntity"),
            ("ManagedPolicyArns", json!(many), "LimitExceeded"),
            ("PermissionsBoundary", json!("nope"), "ValidationError"),
            ("PermissionsBoundary", json!("arn:aws:iam::000000000000:policy/none"), "NoSuchEntity"),
            ("Tags", json!([{ "Key": "aws:x", "Value": "" }]), "InvalidInput"),
            (
                "AssumeRolePolicyDocument",
                json!({ "Statement": [{ "Effect": "Maybe" }] }),
                "MalformedPolicyDocument",
            ),
            (
                "Policies",
                json!([{ "PolicyName": "p", "PolicyDocument": { "Statement": [{ "Effect": "Allow" }] } }]),
                "MalformedPolicyDocument",
            ),
        ] {
            let mut properties = role("a");
            properties[name] = value;
            let refused = provider.create(&request("9", properties)).await.unwrap_err();
            assert_eq!(refused.code(), code, "{name}: {refused}");
        }
    }

    #[tokio::test]
    async fn a_managed_policy_is_on_the_roles_that_its_template_names() {
        let (_folder, context, iam) = fresh().await;
        let roles = context.peers().provider("AWS::IAM::Role").unwrap();
        let managed = context.peers().provider("AWS::IAM::ManagedPolicy").unwrap();
        let trust = json!({ "Version": "2012-10-17", "Statement": [] });
        for name in ["a", "b"] {
            let role = json!({ "RoleName": name, "AssumeRolePolicyDocument": trust });
            roles.create(&request(name, role)).await.unwrap();
        }
        let on = |role: &str| json!({ "ManagedPolicyName": "m", "PolicyDocument": trust, "Roles": [role] });
        let made = managed.create(&request("1", on("a"))).await.unwrap();
        let arn = made.physical_id.clone();
        let kept = iam.policies.get(&arn).await.unwrap().unwrap().policy.clone();
        managed.update(&arn, &on("a"), &request("2", on("b"))).await.unwrap();
        let of = async |name: &'static str| role::get(&iam.roles, name).await.unwrap().attached;
        assert_eq!((of("a").await.len(), of("b").await.len()), (0, 1), "it is taken from whom it leaves");
        let updated = iam.policies.get(&arn).await.unwrap().unwrap().policy.clone();
        assert_eq!((updated.policy_id, updated.create_date), (kept.policy_id, kept.create_date));

        // Attached by somebody else as well, it stays.
        let mut record = role::get(&iam.roles, "a").await.unwrap();
        record.attach(arn.clone()).unwrap();
        iam.roles.put("a".to_owned(), record).await.unwrap();
        let refused = managed.delete(&arn, &on("b")).await.unwrap_err();
        assert_eq!((refused.code(), of("b").await.len()), ("DeleteConflict", 1), "or nothing of it is done");
        roles.delete("a", &Value::Null).await.unwrap();
        for _ in 0..2 {
            managed.delete(&arn, &on("b")).await.unwrap();
        }
        assert!(iam.policies.get(&arn).await.unwrap().is_none() && of("b").await.is_empty());
    }

    #[tokio::test]
    async fn issued_keys_outlive_a_restart() {
        let (_folder, context, iam) = fresh().await;
        let arn: Arn = "arn:aws:iam::000000000000:role/worker".parse().unwrap();
        let keys = iam.issue(&arn, "function", std::time::Duration::from_hours(1)).await.unwrap();
        assert_eq!(keys.principal.arn.to_string(), "arn:aws:sts::000000000000:assumed-role/worker/function");
        drop(iam);
        let again = crate::open(&context, None).await.unwrap();
        let found = again.find(&keys.access_key_id).unwrap();
        assert_eq!((found.session_token, found.expires), (Some(keys.session_token), Some(keys.expires)));
    }

    #[tokio::test]
    async fn every_operation_has_a_handler() {
        let (_folder, context, iam) = fresh().await;
        let caller = Caller::root(context.account(), context.region(), RequestId::new("id"));
        assert_eq!(cloud_wire::unhandled(&*iam, &caller), Vec::<&str>::new());
        assert_eq!(cloud_wire::unhandled(&*iam.sts(), &caller), Vec::<&str>::new());
    }
}
