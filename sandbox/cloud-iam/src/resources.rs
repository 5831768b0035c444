//! `AWS::IAM::Role`, `AWS::IAM::Policy` and `AWS::IAM::ManagedPolicy`.

use std::collections::BTreeSet;
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
use crate::role::{self, RoleRecord};

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
        record.attached = texts(properties, "ManagedPolicyArns").into_iter().collect::<BTreeSet<_>>();
        record.attached.iter().try_for_each(|arn| names::check_policy_arn(arn))?;
        for policy in properties.get("Policies").and_then(Value::as_array).into_iter().flatten() {
            let name = text(policy, "PolicyName")
                .ok_or_else(|| AwsError::validation("Policies need a PolicyName"))?;
            record.put_inline(name, document(policy, "PolicyDocument")?)?;
        }
        Ok(record)
    }
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
        let name = wanted.role.role_name.clone();
        let taken = format!("Role with name {name} already exists.");
        let create = move |present: Option<&RoleRecord>| {
            let taken = || AwsError::new("EntityAlreadyExists", taken).status(409);
            wanted.made_by.repeats(present.map(|present| &present.made_by), taken)?;
            let record = present.cloned().unwrap_or(wanted);
            let created = created_role(&record);
            Ok::<_, AwsError>((Some(record), created))
        };
        iam.roles.change(name, create).await
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
        let path = wanted.role.path.clone();
        let done = role::change(&iam.roles, physical_id, move |record| {
            if record.role.path != path {
                return Ok(Updated::ReplacementRequired);
            }
            let (role_id, create_date) = (record.role.role_id.clone(), record.role.create_date);
            let made_by = std::mem::take(&mut record.made_by);
            *record = RoleRecord { made_by, ..wanted };
            record.role.role_id = role_id;
            record.role.create_date = create_date;
            Ok(Updated::InPlace(created_role(record)))
        });
        done.await
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
        updates: bool,
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
        let (all_roles, policies) = (iam.roles.clone(), iam.policies.clone());
        let put = move |transaction: &mut Transaction<'_>| {
            let arn = record.policy.arn.clone().unwrap_or_default();
            let present = policies.within(transaction).get(&arn)?.map(|present| present.made_by);
            let taken = || {
                let message =
                    format!("A policy called {policy_name} already exists. Duplicate names are not allowed.");
                AwsError::new("EntityAlreadyExists", message).status(409)
            };
            match present {
                // It stays that of the step that made it.
                Some(maker) if updates => record.made_by = maker,
                present => {
                    record.made_by.repeats(present.as_ref(), taken)?;
                }
            }
            policies.within(transaction).put(arn.clone(), record)?;
            let mut all_roles = all_roles.within(transaction);
            for name in roles {
                let mut found = all_roles.get(&name)?.ok_or_else(|| role::no_such_role(&name))?;
                found.attached.insert(arn.clone());
                all_roles.put(name, found)?;
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
        Self::put(&*alive(&self.0)?, name, request, false).await
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let name = physical_id.rsplit('/').next().unwrap_or_default().to_owned();
        let created = Self::put(&*alive(&self.0)?, name, request, true).await?;
        Ok(if created.physical_id == physical_id {
            Updated::InPlace(created)
        } else {
            Updated::ReplacementRequired
        })
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let iam = alive(&self.0)?;
        for name in texts(properties, "Roles") {
            let arn = physical_id.to_owned();
            let detached = role::change(&iam.roles, &name, move |record| {
                record.attached.remove(&arn);
                Ok(())
            });
            match detached.await {
                Err(error) if error.code() == "NoSuchEntity" => {}
                outcome => outcome?,
            }
        }
        iam.policies.remove(physical_id.to_owned()).await?;
        Ok(())
    }
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
        for (name, value, code) in [
            ("RoleName", json!("a b"), "ValidationError"),
            ("Path", json!("x"), "ValidationError"),
            ("MaxSessionDuration", json!(60), "ValidationError"),
            ("ManagedPolicyArns", json!(["AdministratorAccess"]), "ValidationError"),
            ("PermissionsBoundary", json!("nope"), "ValidationError"),
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
