//! Operations of IAM and STS through the endpoint, as clients send them and read the answers: what AWS does with them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

use std::sync::Arc;

use cloud_core::{Context, Settings};
use cloud_wire::Endpoint;
use cloud_wire::listening::{Answer, DATE, Listening, signature};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// A cloud of IAM and STS in which every key is good.
struct Cloud {
    endpoint: Listening,
    _folder: tempfile::TempDir,
}

trait Elements {
    /// The text of the one element of that name.
    fn one(&self, name: &str) -> &str;
    fn has(&self, name: &str) -> bool;
}

impl Elements for Answer {
    fn one(&self, name: &str) -> &str {
        let [text] = self.all(name)[..] else { panic!("{name}: {}", self.body) };
        text
    }

    fn has(&self, name: &str) -> bool {
        self.body.contains(&format!("<{name}"))
    }
}

impl Cloud {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let context = Context::new(Settings::new(folder.path()));
        let iam = cloud_iam::open(&context, None).await.unwrap();
        let account = context.account().clone();
        let credentials: Arc<cloud_iam::Iam> = iam.clone();
        let endpoint = Endpoint::new(context, credentials)
            .with_any_key(account)
            .with_service(iam.clone())
            .with_service(iam.sts());
        Self { endpoint: Listening::start(endpoint).await.unwrap(), _folder: folder }
    }

    async fn ask(&self, operation: &str, parameters: &[(&str, &str)]) -> Answer {
        let is_sts =
            ["AssumeRole", "GetCallerIdentity", "GetSessionToken", "GetAccessKeyInfo"].contains(&operation);
        let (service, version) = if is_sts { ("sts", "2011-06-15") } else { ("iam", "2010-05-08") };
        let mut form = format!("Action={operation}&Version={version}");
        for (name, value) in parameters {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
            form.extend(["&", name, "=", &value]);
        }
        let request = format!(
            "POST / HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\nauthorization: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            self.endpoint.port(),
            signature(service),
            form.len()
        );
        self.endpoint.exchange(&request).await.unwrap().unescaped()
    }

    /// Asks for what is granted.
    async fn done(&self, operation: &str, parameters: &[(&str, &str)]) -> Answer {
        let answer = self.ask(operation, parameters).await;
        assert_eq!(answer.status, 200, "{operation} {parameters:?}: {}", answer.body);
        answer
    }

    /// Asks for what is refused: with that status and code, in these words.
    async fn refused(&self, operation: &str, parameters: &[(&str, &str)], expected: (u16, &str, &str)) {
        let answer = self.ask(operation, parameters).await;
        assert_eq!(
            (answer.status, answer.one("Code"), answer.one("Message")),
            expected,
            "{operation} {parameters:?}"
        );
    }

    async fn role(&self, name: &str) {
        self.done("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", TRUST)]).await;
    }

    async fn policy(&self, name: &str, path: &str) -> String {
        let input = [("PolicyName", name), ("Path", path), ("PolicyDocument", ALLOW), ("Description", "it")];
        self.done("CreatePolicy", &input).await.one("Arn").to_owned()
    }

    /// The names of the policies that a list has.
    async fn listed(&self, parameters: &[(&str, &str)]) -> Vec<String> {
        let answer = self.done("ListPolicies", parameters).await;
        answer.all("PolicyName").into_iter().map(str::to_owned).collect()
    }
}

const NONE: &str = "arn:aws:iam::000000000000:policy/none";

#[tokio::test]
async fn a_boundary_is_a_policy_that_is_there_and_in_use() {
    let cloud = Cloud::start().await;
    let own = cloud.policy("own", "/").await;
    let missing = format!("Scope ARN: {NONE} does not exist or is not attachable.");
    let missing = (404, "NoSuchEntity", missing.as_str());
    let role = [("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)];
    let bounded = |arn| [role[0], role[1], ("PermissionsBoundary", arn)];
    cloud.refused("CreateRole", &bounded(NONE), missing).await;
    let made = cloud.done("CreateRole", &bounded(&own)).await;
    assert!(!made.has("PermissionsBoundary"), "{}", made.body);
    let got = cloud.done("GetRole", &[role[0]]).await;
    assert_eq!(
        (got.one("PermissionsBoundaryType"), got.one("PermissionsBoundaryArn")),
        ("Policy", own.as_str())
    );
    cloud.refused("PutRolePermissionsBoundary", &[role[0], ("PermissionsBoundary", NONE)], missing).await;

    let policy = [("PolicyArn", own.as_str())];
    let got = cloud.done("GetPolicy", &policy).await;
    assert_eq!((got.one("AttachmentCount"), got.one("PermissionsBoundaryUsageCount")), ("0", "1"));
    let in_use = (409, "DeleteConflict", "Cannot delete a policy attached to entities.");
    cloud.refused("DeletePolicy", &policy, in_use).await;
    cloud.done("DeleteRolePermissionsBoundary", &[role[0]]).await;
    assert_eq!(cloud.done("GetPolicy", &policy).await.one("PermissionsBoundaryUsageCount"), "0");
    cloud.done("PutRolePermissionsBoundary", &[role[0], ("PermissionsBoundary", &own)]).await;
    cloud.refused("DeletePolicy", &policy, in_use).await;
    cloud.done("DeleteRole", &[role[0]]).await;
    cloud.done("DeletePolicy", &policy).await;
}

#[tokio::test]
async fn policies_are_listed_by_path_and_by_use() {
    let cloud = Cloud::start().await;
    let mut arns = Vec::new();
    for (name, path) in [("attached", "/a/"), ("bounding", "/a/b/"), ("free", "/"), ("both", "/")] {
        arns.push(cloud.policy(name, path).await);
    }
    cloud.role("r").await;
    cloud.role("s").await;
    for (role, arn) in [("r", &arns[0]), ("r", &arns[3]), ("s", &arns[3])] {
        cloud.done("AttachRolePolicy", &[("RoleName", role), ("PolicyArn", arn)]).await;
    }
    for (role, arn) in [("r", &arns[1]), ("s", &arns[3])] {
        let input = [("RoleName", role), ("PermissionsBoundary", arn.as_str())];
        cloud.done("PutRolePermissionsBoundary", &input).await;
    }
    let (only, bounds) = (("OnlyAttached", "true"), ("PolicyUsageFilter", "PermissionsBoundary"));
    let permissions = ("PolicyUsageFilter", "PermissionsPolicy");
    for (parameters, expected) in [
        (&[][..], &["attached", "both", "bounding", "free"][..]),
        (&[("Scope", "Local")], &["attached", "both", "bounding", "free"]),
        (&[("Scope", "AWS")], &[]),
        (&[("PathPrefix", "/a/")], &["attached", "bounding"]),
        (&[("PathPrefix", "/a/b/")], &["bounding"]),
        (&[("PathPrefix", "/b/")], &[]),
        (&[only], &["attached", "both", "bounding"]),
        (&[bounds], &["both", "bounding"]),
        (&[permissions], &["attached", "both", "free"]),
        (&[permissions, only], &["attached", "both"]),
        (&[("PathPrefix", "/a/"), bounds], &["bounding"]),
    ] {
        let mut listed = cloud.listed(parameters).await;
        listed.sort();
        assert_eq!(listed, expected, "{parameters:?}");
    }
    let listed = cloud.done("ListPolicies", &[only, ("PathPrefix", "/"), ("MaxItems", "1")]).await;
    assert_eq!(
        (listed.one("IsTruncated"), listed.has("Description"), listed.has("Tags")),
        ("true", false, false)
    );
    assert_eq!((listed.one("AttachmentCount"), listed.one("PermissionsBoundaryUsageCount")), ("1", "0"));
    let next = [only, ("PathPrefix", "/"), ("MaxItems", "1"), ("Marker", listed.one("Marker"))];
    assert_eq!(cloud.listed(&next).await, ["bounding"]);
    assert_eq!(cloud.done("GetPolicy", &[("PolicyArn", &arns[3])]).await.one("AttachmentCount"), "2");
    assert_eq!(cloud.done("GetPolicy", &[("PolicyArn", &arns[3])]).await.one("Description"), "it");

    let below = [("RoleName", "r"), ("PathPrefix", "/a/")];
    assert_eq!(cloud.done("ListAttachedRolePolicies", &below).await.all("PolicyName"), ["attached"]);
}

#[tokio::test]
async fn a_role_has_ten_managed_policies() {
    let cloud = Cloud::start().await;
    cloud.role("r").await;
    let attach = |n: usize| format!("arn:aws:iam::aws:policy/p{n}");
    for n in (0..10).chain([0]) {
        cloud.done("AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", &attach(n))]).await;
    }
    let too_many = (409, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10");
    cloud.refused("AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", &attach(10))], too_many).await;
    let none = "The role with name none cannot be found.";
    let input = [("RoleName", "none"), ("PolicyArn", &attach(0))];
    cloud.refused("AttachRolePolicy", &input, (404, "NoSuchEntity", none)).await;
    let message = format!("Policy {NONE} was not found.");
    let input = [("RoleName", "r"), ("PolicyArn", NONE)];
    cloud.refused("DetachRolePolicy", &input, (404, "NoSuchEntity", &message)).await;
}

#[tokio::test]
async fn a_tag_key_in_other_letters_is_the_same_key() {
    let cloud = Cloud::start().await;
    cloud.role("r").await;
    let tags = |key, value| [("RoleName", "r"), ("Tags.member.1.Key", key), ("Tags.member.1.Value", value)];
    cloud.done("TagRole", &tags("Department", "finance")).await;
    cloud.done("TagRole", &tags("zone", "1")).await;
    cloud.done("TagRole", &tags("department", "hr")).await;
    let listed = cloud.done("ListRoleTags", &[("RoleName", "r")]).await;
    assert_eq!((listed.all("Key"), listed.all("Value")), (vec!["department", "zone"], vec!["hr", "1"]));
    cloud.done("UntagRole", &[("RoleName", "r"), ("TagKeys.member.1", "DEPARTMENT")]).await;
    assert_eq!(cloud.done("ListRoleTags", &[("RoleName", "r")]).await.all("Key"), ["zone"]);
    let twice = [
        ("RoleName", "r"),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", ""),
        ("Tags.member.2.Key", "A"),
        ("Tags.member.2.Value", ""),
    ];
    let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    cloud.refused("TagRole", &twice, (400, "InvalidInput", message)).await;
}

#[tokio::test]
async fn a_role_is_updated_and_its_trust_replaced() {
    let cloud = Cloud::start().await;
    cloud.role("r").await;
    cloud
        .done("UpdateRole", &[("RoleName", "r"), ("Description", "d"), ("MaxSessionDuration", "7200")])
        .await;
    let got = cloud.done("GetRole", &[("RoleName", "r")]).await;
    assert_eq!((got.one("Description"), got.one("MaxSessionDuration")), ("d", "7200"));
    let short = "1 validation error detected: Value '60' at 'maxSessionDuration' failed to satisfy constraint: \
                 Member must have value greater than or equal to 3600";
    let input = [("RoleName", "r"), ("MaxSessionDuration", "60")];
    cloud.refused("UpdateRole", &input, (400, "ValidationError", short)).await;
    let malformed = cloud.ask("UpdateAssumeRolePolicy", &[("RoleName", "r"), ("PolicyDocument", "{")]).await;
    assert_eq!((malformed.status, malformed.one("Code")), (400, "MalformedPolicyDocument"));
    let other = TRUST.replace("\"*\"", "\"000000000000\"");
    cloud.done("UpdateAssumeRolePolicy", &[("RoleName", "r"), ("PolicyDocument", &other)]).await;
    let got = cloud.done("GetRole", &[("RoleName", "r")]).await;
    let document = utf8_percent_encode(&other, NON_ALPHANUMERIC).to_string();
    let plain = |text: &str| text.replace("%2D", "-").replace("%2E", ".").replace("%5F", "_");
    assert_eq!(plain(got.one("AssumeRolePolicyDocument")), plain(&document));
    for operation in ["UpdateRole", "UpdateAssumeRolePolicy"] {
        let input = [("RoleName", "none"), ("PolicyDocument", TRUST)];
        let message = "The role with name none cannot be found.";
        cloud.refused(operation, &input, (404, "NoSuchEntity", message)).await;
    }
}

#[tokio::test]
async fn versions_and_inline_policies_are_told_or_missed_in_awss_words() {
    let cloud = Cloud::start().await;
    cloud.role("r").await;
    let own = cloud.policy("own", "/").await;
    let got = cloud.done("GetPolicyVersion", &[("PolicyArn", &own), ("VersionId", "v1")]).await;
    assert_eq!((got.one("VersionId"), got.one("IsDefaultVersion")), ("v1", "true"));
    let message = format!("Policy {own} version v2 does not exist or is not attachable.");
    let input = [("PolicyArn", own.as_str()), ("VersionId", "v2")];
    cloud.refused("GetPolicyVersion", &input, (404, "NoSuchEntity", &message)).await;
    let message = format!("Policy {NONE} was not found.");
    for operation in ["GetPolicy", "DeletePolicy"] {
        cloud.refused(operation, &[("PolicyArn", NONE)], (404, "NoSuchEntity", &message)).await;
    }
    let taken = "A policy called own already exists. Duplicate names are not allowed.";
    let input = [("PolicyName", "own"), ("PolicyDocument", ALLOW)];
    cloud.refused("CreatePolicy", &input, (409, "EntityAlreadyExists", taken)).await;
    let missing = "The role policy with name none cannot be found.";
    for operation in ["GetRolePolicy", "DeleteRolePolicy"] {
        let input = [("RoleName", "r"), ("PolicyName", "none")];
        cloud.refused(operation, &input, (404, "NoSuchEntity", missing)).await;
    }
    for name in ["b", "a", "c"] {
        let input = [("RoleName", "r"), ("PolicyName", name), ("PolicyDocument", ALLOW)];
        cloud.done("PutRolePolicy", &input).await;
    }
    let page = cloud.done("ListRolePolicies", &[("RoleName", "r"), ("MaxItems", "2")]).await;
    assert_eq!((page.all("member"), page.one("IsTruncated")), (vec!["a", "b"], "true"));
    let input = [("RoleName", "r"), ("Marker", page.one("Marker"))];
    assert_eq!(cloud.done("ListRolePolicies", &input).await.all("member"), ["c"]);
    let input = [("RoleName", "r"), ("Marker", "made up")];
    cloud.refused("ListRolePolicies", &input, (400, "InvalidInput", "Invalid Marker.")).await;
    let large = ALLOW.replace("s3:*", &format!("s3:{}", "x".repeat(10_240)));
    let message = "Maximum policy size of 10240 bytes exceeded for role r";
    let input = [("RoleName", "r"), ("PolicyName", "large"), ("PolicyDocument", large.as_str())];
    cloud.refused("PutRolePolicy", &input, (409, "LimitExceeded", message)).await;
}

#[tokio::test]
async fn sessions_have_their_limits() {
    let cloud = Cloud::start().await;
    cloud.role("r").await;
    let session = [("RoleArn", "arn:aws:iam::000000000000:role/r"), ("RoleSessionName", "me")];
    let made = cloud.done("AssumeRole", &session).await;
    assert!(made.one("AccessKeyId").starts_with("ASIA") && !made.has("PackedPolicySize"), "{}", made.body);
    let made = cloud.done("AssumeRole", &[session[0], session[1], ("Policy", ALLOW)]).await;
    assert_eq!(made.one("PackedPolicySize"), "5");
    let long = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    let input = [session[0], session[1], ("DurationSeconds", "3601")];
    cloud.refused("AssumeRole", &input, (400, "ValidationError", long)).await;
    let short = "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: \
                 Member must have value greater than or equal to 900";
    for operation in ["AssumeRole", "GetSessionToken"] {
        let input = [session[0], session[1], ("DurationSeconds", "899")];
        cloud.refused(operation, &input, (400, "ValidationError", short)).await;
    }
    let policy = ALLOW.replace("s3:*", &format!("s3:{}", "x".repeat(2048)));
    let message = format!(
        "1 validation error detected: Value '{}…' at 'policy' failed to satisfy constraint: Member must have length less \
         than or equal to 2048",
        policy.chars().take(1024).collect::<String>()
    );
    let answer = cloud.ask("AssumeRole", &[session[0], session[1], ("Policy", &policy)]).await;
    assert_eq!((answer.status, answer.one("Code")), (400, "ValidationError"));
    assert_eq!(answer.one("Message"), message);

    let keys = cloud.done("GetSessionToken", &[]).await;
    let input = [("AccessKeyId", keys.one("AccessKeyId"))];
    assert_eq!(cloud.done("GetAccessKeyInfo", &input).await.one("Account"), "000000000000");
}
