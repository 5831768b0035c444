//! Who is let do what, by roles and accounts as they are kept.

use cloud_core::{Context, Maker, Partition, Region, RequestId};
use serde_json::{Value, json};

use super::*;
use crate::iam::shapes::CreateRoleRequest;
use crate::iam::{NewRole, new_role};
use crate::sts::shapes::AssumeRoleRequest;

const FIRST: &str = "000000000000";
const SECOND: &str = "000000000002";

struct Rig {
    accounts: Accounts,
    _folder: tempfile::TempDir,
}

fn us() -> &'static Partition {
    Region::new("us-east-1").partition()
}

impl Rig {
    /// A cloud with two accounts.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, _clock) = Context::for_test(folder.path());
        let accounts = Accounts::new(crate::open(&context, None).await.unwrap());
        accounts.of(&AccountId::new(SECOND), us()).await.unwrap();
        Self { accounts, _folder: folder }
    }

    async fn iam(&self, account: &str) -> std::sync::Arc<Iam> {
        self.accounts.of(&AccountId::new(account), us()).await.unwrap()
    }

    /// Makes a role with such a trust and such policies; its ARN.
    async fn role(&self, account: &str, path: &str, name: &str, trust: &Value, own: &[Value]) -> String {
        let iam = self.iam(account).await;
        let document =
            |statement: &Value| json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
        let request = CreateRoleRequest {
            path: Some(path.to_owned()),
            role_name: name.to_owned(),
            assume_role_policy_document: document(trust),
            description: None,
            max_session_duration: None,
            permissions_boundary: None,
            tags: None,
        };
        let mut record = new_role(&iam.context, NewRole { request, made_by: Maker::NOBODY }).unwrap();
        let arn = record.role.arn.clone();
        for (index, policy) in own.iter().enumerate() {
            record.inline.insert(format!("p{index}"), document(policy));
        }
        iam.roles.change(name.to_owned(), move |_| Ok::<_, AwsError>((Some(record), ()))).await.unwrap();
        arn
    }

    /// Why the caller may not.
    async fn denied(&self, caller: &Caller, action: &str, resource: &str) -> Option<String> {
        let access = Access { action: action.into(), resource: resource.into(), ..Access::default() };
        let denial = self.accounts.decide(caller, &ConditionKeys::new(), &[access]).await.unwrap();
        denial.map(|denial| denial.to_string())
    }

    async fn assume(&self, caller: &Caller, role: &str, external_id: Option<&str>) -> Result<String, String> {
        let sts = self.accounts.sts(self.accounts.first());
        let input = AssumeRoleRequest {
            role_arn: role.to_owned(),
            role_session_name: "me".to_owned(),
            policy_arns: None,
            policy: None,
            duration_seconds: None,
            tags: None,
            transitive_tag_keys: None,
            external_id: external_id.map(str::to_owned),
            serial_number: None,
            token_code: None,
            source_identity: None,
            provided_contexts: None,
        };
        let answer = crate::sts::assume_role(&sts, caller, input).await;
        answer.map(|answer| answer.assumed_role_user.unwrap().arn).map_err(|error| error.message().to_owned())
    }
}

fn root(account: &str) -> Caller {
    Caller::root(&AccountId::new(account), &Region::default(), RequestId::new("request"))
}

/// A session of a role that there is, or of nobody's.
async fn session(rig: &Rig, account: &str, role: &str) -> Caller {
    let record = role::find(&rig.iam(account).await.roles, role).await.unwrap();
    let id = record.map_or_else(|| "AROA".to_owned(), |record| record.role.role_id);
    let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/s").parse().unwrap();
    Caller { arn, user_id: format!("{id}:s"), ..root(account) }
}

fn allow(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

fn trust(principal: &Value) -> Value {
    json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" })
}

const TO_LOGS: &str = "User: arn:aws:sts::000000000003:assumed-role/Admin/s is not authorized to perform: \
    logs:CreateLogGroup on resource: * because no identity-based policy allows the logs:CreateLogGroup action";

#[tokio::test]
async fn an_account_that_is_not_there_has_no_policies() {
    let rig = Rig::new().await;
    let everybody = trust(&json!("*"));
    rig.role(FIRST, "/", "Admin", &everybody, &[allow("*", "*")]).await;
    let own = session(&rig, FIRST, "Admin").await;
    assert_eq!(rig.denied(&own, "logs:CreateLogGroup", "*").await, None);
    let arn = "arn:aws:sts::000000000003:assumed-role/Admin/s".parse().unwrap();
    let other = Caller { account: AccountId::new("000000000003"), arn, ..own };
    assert_eq!(rig.denied(&other, "logs:CreateLogGroup", "*").await.as_deref(), Some(TO_LOGS));
    let unnamed = Caller { user_id: String::new(), ..other };
    assert_eq!(rig.denied(&unnamed, "logs:CreateLogGroup", "*").await.as_deref(), Some(TO_LOGS));
}

#[tokio::test]
async fn a_role_of_another_account_is_assumed_by_those_whom_it_trusts() {
    let rig = Rig::new().await;
    let mut closed = trust(&json!({ "AWS": FIRST }));
    closed["Condition"] = json!({ "StringEquals": { "sts:ExternalId": "secret" } });
    let roles = [
        ("nobody", trust(&json!({ "Service": "lambda.amazonaws.com" })), None, false),
        ("us", trust(&json!({ "AWS": FIRST })), None, true),
        ("others", trust(&json!({ "AWS": "000000000009" })), None, false),
        ("everybody", trust(&json!("*")), None, true),
        ("closed", closed.clone(), None, false),
        ("wrong", closed.clone(), Some("guess"), false),
        ("open", closed, Some("secret"), true),
    ];
    for (name, trust, external_id, expected) in roles {
        let role = rig.role(SECOND, "/", name, &trust, &[]).await;
        let seen = rig.assume(&root(FIRST), &role, external_id).await;
        let arn = format!("arn:aws:sts::{SECOND}:assumed-role/{name}/me");
        let refused = format!(
            "User: arn:aws:iam::{FIRST}:root is not authorized to perform: sts:AssumeRole on resource: {role}"
        );
        assert_eq!(seen, if expected { Ok(arn) } else { Err(refused) }, "{name}");
    }
    let founded = format!("arn:aws:iam::{SECOND}:role/OrganizationAccountAccessRole");
    assert!(rig.assume(&root(FIRST), &founded, None).await.is_ok());
    assert!(rig.assume(&root("000000000003"), &founded, None).await.is_err());
    let own = rig.role(FIRST, "/", "own", &trust(&json!({ "Service": "lambda.amazonaws.com" })), &[]).await;
    assert!(
        rig.assume(&root(FIRST), &own, None).await.is_ok(),
        "within an account the mode says what counts"
    );
}

#[tokio::test]
async fn a_session_that_is_forgotten_may_do_nothing() {
    let rig = Rig::new().await;
    rig.role(FIRST, "/", "Admin", &trust(&json!("*")), &[allow("*", "*")]).await;
    let caller = session(&rig, FIRST, "Admin").await;
    assert_eq!(rig.denied(&caller, "logs:CreateLogGroup", "*").await, None);
    let forgotten = Caller { access_key_id: "ASIAFORGOTTEN".into(), ..caller };
    let denied = rig.denied(&forgotten, "logs:CreateLogGroup", "*").await.unwrap();
    assert!(denied.ends_with("because no session policy allows the logs:CreateLogGroup action"), "{denied}");
}

#[tokio::test]
async fn a_role_is_passed_and_taken_by_all_of_its_arn() {
    use cloud_core::CredentialIssuer;

    let rig = Rig::new().await;
    let by_lambda = trust(&json!({ "Service": "lambda.amazonaws.com" }));
    let pass = allow("iam:PassRole", "arn:aws:iam::000000000000:role*/dev/*");
    let all = allow("iam:PassRole", "arn:aws:iam::000000000000:rolex/*");
    rig.role(FIRST, "/", "dev", &by_lambda, &[pass, all]).await;
    rig.role(FIRST, "/", "Admin", &by_lambda, &[allow("*", "*")]).await;
    rig.role(FIRST, "/dev/", "worker", &by_lambda, &[]).await;
    let (caller, iam) = (session(&rig, FIRST, "dev").await, rig.iam(FIRST).await);
    for (resource, may, is_one) in [
        ("role/dev/worker", true, true),
        // Nobody is called so: whoever is made of it may do nothing.
        ("role/dev/absent", true, true),
        ("role/dev/Admin", false, false),
        ("role/Admin", false, true),
        ("rolex/Admin", false, false),
        ("rolex/dev/Admin", false, false),
        ("role/worker", false, false),
    ] {
        let role = format!("arn:aws:iam::{FIRST}:{resource}");
        assert_eq!(rig.denied(&caller, PASS_ROLE, &role).await.is_none(), may, "{resource}");
        let arn: Arn = role.parse().unwrap();
        assert_eq!(iam.trusts(&arn, "lambda.amazonaws.com", &[]).await.unwrap(), is_one, "{resource}");
        // The mode is report: keys there are, and what they may do is what the role with that ARN may.
        let keys = iam.issue(&arn, "f", std::time::Duration::from_mins(1)).await.unwrap();
        let user_id = keys.principal.user_id;
        let function = Caller { arn: keys.principal.arn, user_id, ..root(FIRST) };
        let denied = rig.denied(&function, "logs:CreateLogGroup", "*").await;
        assert_eq!(denied.is_none(), resource == "role/Admin", "{resource}: {denied:?}");
    }
}

#[tokio::test]
async fn a_service_acts_as_the_role_of_that_arn() {
    let rig = Rig::new().await;
    let nobody = trust(&json!({ "Service": "cloudformation.amazonaws.com" }));
    rig.role(FIRST, "/", "Admin", &nobody, &[allow("*", "*")]).await;
    for (role, may) in [("role/Admin", true), ("role/dev/Admin", false), ("role/absent", false)] {
        let arn = format!("arn:aws:iam::{FIRST}:{role}").parse().unwrap();
        let caller = Caller { arn, user_id: ":AWSCloudFormation".into(), ..root(FIRST) };
        let denied = rig.denied(&caller, "logs:CreateLogGroup", "*").await;
        assert_eq!(denied.is_none(), may, "{role}");
        let name = role.rsplit('/').next().unwrap();
        let who = format!("User: arn:aws:sts::{FIRST}:assumed-role/{name}/AWSCloudFormation is not");
        assert!(denied.is_none_or(|denied| denied.starts_with(&who)), "{role}");
    }
    let of_before = |account: &str| {
        let arn = format!("arn:aws:sts::{FIRST}:assumed-role/Admin/AWSCloudFormation").parse().unwrap();
        Caller { arn, user_id: String::new(), ..root(account) }
    };
    assert_eq!(rig.denied(&of_before(FIRST), "logs:CreateLogGroup", "*").await, None);
    assert!(rig.denied(&of_before(SECOND), "logs:CreateLogGroup", "*").await.is_some());
}

#[tokio::test]
async fn services_become_roles_that_trust_them() {
    let rig = Rig::new().await;
    let mut closed = trust(&json!({ "Service": "cloudformation.amazonaws.com" }));
    closed["Condition"] = json!({ "StringEquals": { "aws:SourceAccount": FIRST } });
    for (name, trust, trusts) in
        [("lambda", trust(&json!({ "Service": "lambda.amazonaws.com" })), false), ("closed", closed, true)]
    {
        let role: Arn = rig.role(FIRST, "/", name, &trust, &[]).await.parse().unwrap();
        let seen = rig.accounts.trusts(&role, "cloudformation.amazonaws.com", &ConditionKeys::new()).await;
        assert_eq!(seen.unwrap(), trusts, "{name}");
    }
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_denies() {
    let rig = Rig::new().await;
    rig.role(FIRST, "/", "Admin", &trust(&json!("*")), &[allow("*", "*"), json!({ "Effect": "Maybe" })])
        .await;
    let caller = session(&rig, FIRST, "Admin").await;
    let denied = rig.denied(&caller, "logs:CreateLogGroup", "*").await.unwrap();
    assert!(denied.ends_with("with an explicit deny in an identity-based policy"), "{denied}");
    let access = |policy: &str| Access {
        action: "s3:GetObject".into(),
        resource: "arn:aws:s3:::b/k".into(),
        policy: Some(policy.into()),
        ..Access::default()
    };
    let root = root(FIRST);
    let decide = async |policy: &str| {
        rig.accounts.decide(&root, &ConditionKeys::new(), &[access(policy)]).await.unwrap().is_some()
    };
    assert!(decide("{").await, "nobody knows whom it let in");
    assert!(!decide(r#"{"Statement": []}"#).await);
}
