//! Who is let do what, by roles and accounts as they are kept.

use cloud_core::{Context, CredentialStore as _, Maker, Partition, Region, RequestId};
use serde_json::{Value, json};

mod fresh;

use super::*;
use crate::iam::shapes::CreateRoleRequest;
use crate::iam::{NewRole, new_role};
use crate::sts::shapes::{AssumeRoleRequest, Tag};

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
        denial.first().map(|(_, denial)| denial.to_string())
    }

    /// The role's session as it calls.
    async fn become_one(
        &self,
        caller: &Caller,
        role: &str,
        change: impl FnOnce(&mut AssumeRoleRequest),
    ) -> Result<Caller, String> {
        let sts = self.accounts.sts(self.accounts.first());
        let mut input = AssumeRoleRequest {
            role_arn: role.to_owned(),
            role_session_name: "me".to_owned(),
            policy_arns: None,
            policy: None,
            duration_seconds: None,
            tags: None,
            transitive_tag_keys: None,
            external_id: None,
            serial_number: None,
            token_code: None,
            source_identity: None,
            provided_contexts: None,
        };
        change(&mut input);
        let answer = crate::sts::assume_role(&sts, caller, input).await;
        let answer = answer.map_err(|error| error.message().to_owned())?;
        let access_key_id = answer.credentials.unwrap().access_key_id;
        let principal = self.accounts.first().find(&access_key_id).unwrap().principal;
        assert_eq!(principal.arn.to_string(), answer.assumed_role_user.unwrap().arn);
        let session = Caller::of(principal, &Region::default(), RequestId::new("request"));
        Ok(Caller { access_key_id, ..session })
    }

    async fn assume(&self, caller: &Caller, role: &str, external_id: Option<&str>) -> Result<String, String> {
        let change = |input: &mut AssumeRoleRequest| input.external_id = external_id.map(str::to_owned);
        self.become_one(caller, role, change).await.map(|session| session.arn.to_string())
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

/// A trust that lets sessions have tags.
fn trust_tags(principal: &Value) -> Value {
    json!({ "Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole", "sts:TagSession"] })
}

/// A request's tags, of which those with a star go on.
fn tagged(tags: &'static [(&'static str, &'static str)]) -> impl FnOnce(&mut AssumeRoleRequest) {
    move |input| {
        let given = tags.iter().map(|(key, value)| Tag {
            key: key.trim_end_matches('*').to_owned(),
            value: (*value).to_owned(),
        });
        let transitive = tags.iter().filter_map(|(key, _)| key.strip_suffix('*')).map(str::to_uppercase);
        (input.tags, input.transitive_tag_keys) = (Some(given.collect()), Some(transitive.collect()));
    }
}

#[tokio::test]
async fn a_session_has_its_role_s_tags_its_own_and_those_that_went_on_to_it() {
    let rig = Rig::new().await;
    let by_tag = |key: &str| {
        allow(
            "logs:*",
            &format!("arn:aws:logs:us-east-1:{FIRST}:log-group:{key}=${{aws:PrincipalTag/{key}}}"),
        )
    };
    let mut wears = allow("iam:ListRoles", "*");
    wears["Condition"] = json!({ "StringEquals": { "aws:PrincipalTag/team": "blue" } });
    let own = [by_tag("Team"), by_tag("project"), wears];
    let role = rig.role(FIRST, "/", "a", &trust_tags(&json!("*")), &own).await;
    let next = rig.role(FIRST, "/", "b", &trust_tags(&json!("*")), &own).await;
    let tag = crate::iam::shapes::Tag { key: "team".into(), value: "red".into() };
    let tag = move |record: &mut RoleRecord| {
        record.role.tags = Some(vec![tag]);
        Ok(())
    };
    role::change(&rig.iam(FIRST).await.roles, "a", tag).await.unwrap();
    let may = async |caller: &Caller, what: &str| match what {
        "roles" => rig.denied(caller, "iam:ListRoles", "*").await.is_none(),
        group => {
            let group = format!("arn:aws:logs:us-east-1:{FIRST}:log-group:{group}");
            rig.denied(caller, "logs:CreateLogGroup", &group).await.is_none()
        }
    };
    let check = async |caller: &Caller, allowed: &[&str]| {
        for what in ["Team=red", "Team=blue", "project=x", "roles"] {
            assert_eq!(may(caller, what).await, allowed.contains(&what), "{what} {allowed:?}");
        }
    };
    check(&rig.become_one(&root(FIRST), &role, |_| {}).await.unwrap(), &["Team=red"]).await;
    let tags = tagged(&[("TEAM*", "blue"), ("project", "x")]);
    let session = rig.become_one(&root(FIRST), &role, tags).await.unwrap();
    check(&session, &["Team=blue", "project=x", "roles"]).await;
    let chained = rig.become_one(&session, &next, |_| {}).await.unwrap();
    check(&chained, &["Team=blue", "roles"]).await;
    let more = rig.become_one(&chained, &next, tagged(&[("project", "x")])).await.unwrap();
    check(&more, &["Team=blue", "project=x", "roles"]).await;
    for (tags, says) in [
        (&[("team", "red")][..], "conflicts with a transitive tag key from the calling session"),
        (
            &[("a", "1"), ("A", "2")],
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        (&[("aws:a", "1")], "Tag keys starting with 'aws:' are reserved for system use"),
    ] {
        let refused = rig.become_one(&session, &next, tagged(tags)).await.unwrap_err();
        assert!(refused.contains(says), "{tags:?}: {refused}");
    }
    let unknown = |input: &mut AssumeRoleRequest| input.transitive_tag_keys = Some(vec!["a".into()]);
    let refused = rig.become_one(&root(FIRST), &role, unknown).await.unwrap_err();
    assert_eq!(refused, "One of the specified transitive tag keys can't be found in the requested tags.");
}

#[tokio::test]
async fn a_role_of_another_account_takes_tags_where_its_trust_says_so() {
    let rig = Rig::new().await;
    let others = json!({ "AWS": FIRST });
    let role = rig.role(SECOND, "/", "closed", &trust(&others), &[]).await;
    let open = rig.role(SECOND, "/", "open", &trust_tags(&others), &[]).await;
    let mut by_key = trust_tags(&others);
    by_key["Condition"] =
        json!({ "ForAllValues:StringEquals": { "aws:TagKeys": "team", "sts:TransitiveTagKeys": "TEAM" } });
    let by_key = rig.role(SECOND, "/", "keys", &by_key, &[]).await;
    let tags: &[_] = &[("team*", "blue")];
    for (role, tags, may) in [
        (&role, &[][..], true),
        (&role, tags, false),
        (&open, tags, true),
        (&by_key, tags, true),
        (&by_key, &[("other", "x")], false),
    ] {
        let seen = rig.become_one(&root(FIRST), role, tagged(tags)).await;
        assert_eq!(seen.is_ok(), may, "{role} {tags:?}: {seen:?}");
    }
    let refused = rig.become_one(&root(FIRST), &role, tagged(tags)).await.unwrap_err();
    assert!(refused.contains("is not authorized to perform: sts:TagSession on resource: "), "{refused}");
    // Tags that go on are asked for, too.
    let mine = rig.role(FIRST, "/", "mine", &trust_tags(&others), &[allow("sts:*", "*")]).await;
    let session = rig.become_one(&root(FIRST), &mine, tagged(tags)).await.unwrap();
    assert!(rig.become_one(&session, &open, |_| {}).await.is_ok());
    let refused = rig.become_one(&session, &role, |_| {}).await.unwrap_err();
    assert!(refused.contains("sts:TagSession"), "{refused}");
}

/// A request that says who is behind the session.
fn behind(name: &'static str) -> impl FnOnce(&mut AssumeRoleRequest) {
    move |input| input.source_identity = Some(name.to_owned())
}

#[tokio::test]
async fn who_is_behind_a_session_is_behind_those_that_it_assumes() {
    let rig = Rig::new().await;
    let mut wears = allow("logs:CreateLogGroup", "*");
    wears["Condition"] = json!({ "StringEquals": { "aws:SourceIdentity": "Alice" } });
    let mut names = trust(&json!({ "AWS": FIRST }));
    names["Action"] = json!(["sts:AssumeRole", "sts:SetSourceIdentity"]);
    let own = [wears.clone(), allow("sts:*", "*")];
    let first = rig.role(FIRST, "/", "a", &names, &own).await;
    let second = rig.role(FIRST, "/", "b", &names, &own).await;
    let may = async |caller: &Caller| rig.denied(caller, "logs:CreateLogGroup", "*").await.is_none();
    assert!(!may(&rig.become_one(&root(FIRST), &first, |_| {}).await.unwrap()).await);
    assert!(!may(&rig.become_one(&root(FIRST), &first, behind("Bob")).await.unwrap()).await);
    let alice = rig.become_one(&root(FIRST), &first, behind("Alice")).await.unwrap();
    let chained = rig.become_one(&alice, &second, |_| {}).await.unwrap();
    let again = rig.become_one(&chained, &first, behind("Alice")).await.unwrap();
    for session in [&alice, &chained, &again] {
        assert!(may(session).await, "{}", session.arn);
    }
    let refused = rig.become_one(&chained, &first, behind("Bob")).await.unwrap_err();
    assert!(refused.starts_with("The source identity of the calling session is Alice"), "{refused}");
    // A role of another account says in its trust whether that may be, and by which name.
    let closed = rig.role(SECOND, "/", "closed", &trust(&json!({ "AWS": FIRST })), &[]).await;
    let open = rig.role(SECOND, "/", "open", &names, &[]).await;
    names["Condition"] = json!({ "StringEquals": { "sts:SourceIdentity": "Alice" } });
    let by_name = rig.role(SECOND, "/", "by_name", &names, &[]).await;
    for (role, name, expected) in
        [(&closed, "Alice", false), (&open, "Bob", true), (&by_name, "Alice", true), (&by_name, "Bob", false)]
    {
        let seen = rig.become_one(&root(FIRST), role, behind(name)).await;
        assert_eq!(seen.is_ok(), expected, "{role} {name}: {seen:?}");
    }
    assert!(rig.become_one(&alice, &open, |_| {}).await.is_ok());
    let refused = rig.become_one(&alice, &closed, |_| {}).await.unwrap_err();
    assert!(
        refused.contains("is not authorized to perform: sts:SetSourceIdentity on resource: "),
        "{refused}"
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
        !rig.accounts.decide(&root, &ConditionKeys::new(), &[access(policy)]).await.unwrap().is_empty()
    };
    assert!(decide("{").await, "nobody knows whom it let in");
    assert!(!decide(r#"{"Statement": []}"#).await);
}
