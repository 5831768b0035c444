//! Callers who go away in the middle of each operation of IAM and STS.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::Context;
use cloud_wire::Service;
use cloud_wire::abandon::{self, Case, Client, Subject};
use serde_json::{Value, json};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

fn role(n: usize) -> Value {
    json!({ "RoleName": format!("own-{n}"), "AssumeRolePolicyDocument": TRUST })
}

fn own_policy(n: usize) -> String {
    format!("arn:aws:iam::000000000000:policy/own-{n}")
}

/// A role and a policy of this attempt.
const MADE: &[(&str, abandon::Input)] = &[
    ("CreateRole", |n, _| role(n)),
    ("CreatePolicy", |n, _| json!({ "PolicyName": format!("own-{n}"), "PolicyDocument": ALLOW })),
];

const ATTACHED: &[(&str, abandon::Input)] = &[
    ("CreateRole", |n, _| role(n)),
    ("CreatePolicy", |n, _| json!({ "PolicyName": format!("own-{n}"), "PolicyDocument": ALLOW })),
    ("AttachRolePolicy", |n, _| json!({ "RoleName": format!("own-{n}"), "PolicyArn": own_policy(n) })),
];

const WITH_POLICY: &[(&str, abandon::Input)] = &[
    ("CreateRole", |n, _| role(n)),
    (
        "PutRolePolicy",
        |n, _| json!({ "RoleName": format!("own-{n}"), "PolicyName": "p", "PolicyDocument": ALLOW }),
    ),
];

/// A role with a boundary.
const BOUNDED: &[(&str, abandon::Input)] = &[
    ("CreateRole", |n, _| role(n)),
    ("CreatePolicy", |n, _| json!({ "PolicyName": format!("own-{n}"), "PolicyDocument": ALLOW })),
    (
        "PutRolePermissionsBoundary",
        |n, _| json!({ "RoleName": format!("own-{n}"), "PermissionsBoundary": own_policy(n) }),
    ),
];

const ROLE: &str = "arn:aws:iam::000000000000:role/r";

const ISSUED: &[(&str, abandon::Input)] = &[("GetSessionToken", |_, _| json!({}))];

const CASES: &[Case] = &[
    Case::new("CreateRole", |n, _| role(n)),
    Case::new("CreatePolicy", |n, _| json!({ "PolicyName": format!("made-{n}"), "PolicyDocument": ALLOW })),
    Case::new(
        "AttachRolePolicy",
        |n, _| json!({ "RoleName": format!("own-{n}"), "PolicyArn": own_policy(n) }),
    )
    .after(MADE),
    Case::new(
        "DetachRolePolicy",
        |n, _| json!({ "RoleName": format!("own-{n}"), "PolicyArn": own_policy(n) }),
    )
    .after(ATTACHED),
    Case::new("DeletePolicy", |n, _| json!({ "PolicyArn": own_policy(n) })).after(MADE),
    Case::new("DeleteRole", |n, _| json!({ "RoleName": format!("own-{n}") })).after(MADE),
    Case::new(
        "PutRolePolicy",
        |n, _| json!({ "RoleName": "r", "PolicyName": format!("p{n}"), "PolicyDocument": ALLOW }),
    ),
    Case::new("DeleteRolePolicy", |n, _| json!({ "RoleName": format!("own-{n}"), "PolicyName": "p" }))
        .after(WITH_POLICY),
    Case::new("GetPolicy", |n, _| json!({ "PolicyArn": own_policy(n) })).after(MADE),
    Case::new("GetPolicyVersion", |n, _| json!({ "PolicyArn": own_policy(n), "VersionId": "v1" }))
        .after(MADE),
    Case::new("GetRole", |_, _| json!({ "RoleName": "r" })),
    Case::new("GetRolePolicy", |n, _| json!({ "RoleName": format!("own-{n}"), "PolicyName": "p" }))
        .after(WITH_POLICY),
    Case::new("ListAttachedRolePolicies", |_, _| json!({ "RoleName": "r" })),
    Case::new("ListPolicies", |_, _| json!({})),
    Case::new("ListRolePolicies", |_, _| json!({ "RoleName": "r" })),
    Case::new("ListRoles", |_, _| json!({})),
    Case::new("TagRole", |n, _| json!({ "RoleName": "r", "Tags": [{ "Key": "n", "Value": n.to_string() }] })),
    Case::new("ListRoleTags", |_, _| json!({ "RoleName": "r" })),
    Case::new("UntagRole", |_, _| json!({ "RoleName": "r", "TagKeys": ["n"] })),
    Case::new("UpdateAssumeRolePolicy", |_, _| json!({ "RoleName": "r", "PolicyDocument": TRUST })),
    Case::new(
        "PutRolePermissionsBoundary",
        |n, _| json!({ "RoleName": format!("own-{n}"), "PermissionsBoundary": own_policy(n) }),
    )
    .after(MADE),
    Case::new("DeleteRolePermissionsBoundary", |n, _| json!({ "RoleName": format!("own-{n}") }))
        .after(BOUNDED),
    Case::new("GetContextKeysForCustomPolicy", |_, _| json!({ "PolicyInputList": [ALLOW] })),
    Case::new("GetContextKeysForPrincipalPolicy", |_, _| json!({ "PolicySourceArn": ROLE })),
    Case::new(
        "SimulateCustomPolicy",
        |_, _| json!({ "PolicyInputList": [ALLOW], "ActionNames": ["s3:GetObject"] }),
    ),
    Case::new(
        "SimulatePrincipalPolicy",
        |_, _| json!({ "PolicySourceArn": ROLE, "ActionNames": ["s3:GetObject"] }),
    ),
    Case::new("UpdateRole", |n, _| json!({ "RoleName": "r", "Description": n.to_string() })),
    Case::new(
        "AssumeRole",
        |_, _| json!({ "RoleArn": "arn:aws:iam::000000000000:role/r", "RoleSessionName": "session" }),
    ),
    Case::new(
        "GetAccessKeyInfo",
        |_, before| json!({ "AccessKeyId": before[0]["Credentials"]["AccessKeyId"] }),
    )
    .after(ISSUED),
    Case::new("GetCallerIdentity", |_, _| json!({})),
    Case::new("GetSessionToken", |_, _| json!({})),
];

struct Identity(Arc<cloud_iam::Iam>);

#[async_trait]
impl Subject for Identity {
    async fn open(context: Context) -> Self {
        Self(cloud_iam::open(&context, None).await.unwrap())
    }

    fn services(&self) -> Vec<Arc<dyn Service>> {
        vec![self.0.clone(), self.0.sts()]
    }

    async fn furnish(&self, client: &Client) {
        for name in ["r", "neighbour"] {
            client.done("CreateRole", json!({ "RoleName": name, "AssumeRolePolicyDocument": TRUST })).await;
        }
    }

    fn neighbour(&self, number: usize) -> (&'static str, Value) {
        ("UpdateRole", json!({ "RoleName": "neighbour", "Description": number.to_string() }))
    }

    async fn seen(&self, client: &Client) -> Vec<Value> {
        let policies = client.done("ListPolicies", json!({ "Scope": "Local", "MaxItems": 1000 })).await;
        let mut seen = vec![policies];
        let roles = client.done("ListRoles", json!({ "MaxItems": 1000 })).await;
        for role in roles["Roles"].as_array().unwrap() {
            let name = json!({ "RoleName": role["RoleName"] });
            for operation in ["GetRole", "ListRolePolicies", "ListAttachedRolePolicies", "ListRoleTags"] {
                seen.push(client.done(operation, name.clone()).await);
            }
        }
        seen
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    abandon::check::<Identity>(CASES).await;
}
