//! What roles are allowed by tags, and by whom they are had read what they name, in each mode.

use cloud_core::Permissions;
use serde_json::{Value, json};

use super::guests::{MODES, NOTE, document, encode};
use super::*;

const REGION: &str = "us-east-1";
const IAM: &str = "Version=2010-05-08";
const STS: &str = "Version=2011-06-15";
const STACKS: &str = "Version=2010-05-15";

/// A cloud in a mode, asked by its only account.
struct World {
    rig: Rig,
    mode: Permissions,
}

/// A request that is read later.
struct Request<'a> {
    service: &'a str,
    method: &'a str,
    path: String,
    headers: Vec<(&'a str, String)>,
    body: String,
}

impl<'a> Request<'a> {
    fn rest(service: &'a str, method: &'a str, path: impl Into<String>, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Self { service, method, path: path.into(), headers, body }
    }

    fn logs(operation: &str, body: &Value) -> Self {
        let headers = vec![
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target", format!("Logs_20140328.{operation}")),
        ];
        Self { service: "logs", method: "POST", path: "/".into(), headers, body: body.to_string() }
    }

    fn query(service: &'a str, body: String) -> Self {
        let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
        Self { service, method: "POST", path: "/".into(), headers, body }
    }
}

impl World {
    async fn new(mode: Permissions) -> Self {
        let (rig, _) = Rig::by_hand().await;
        rig.cloud.realms().first.set_permissions(mode);
        Self { rig, mode }
    }

    async fn ask(&self, key: &str, request: &Request<'_>) -> (u16, String) {
        let Request { service, method, path, headers, body } = request;
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let ask = Ask { key, region: REGION, service, method, path, headers: &headers, body };
        self.rig.ask(ask).await
    }

    /// Has it done by the account itself.
    async fn done(&self, request: Request<'_>) -> String {
        let (status, answer) = self.ask(FIRST, &request).await;
        assert!((200..300).contains(&status), "{} {}: {answer}", request.method, request.path);
        answer
    }

    /// That a key may do it, or that this is refused, told or passed over as the mode wants.
    async fn expect(&self, key: &str, request: Request<'_>, may: bool, says: &str) {
        let (status, answer) = self.ask(key, &request).await;
        let what =
            format!("{:?} {} {} {}: {answer}", self.mode, request.service, request.method, request.path);
        let refused = !may && self.mode == Permissions::Enforce;
        assert_eq!(!(200..300).contains(&status), refused, "{what}");
        assert_eq!(answer.contains(NOTE), !may && self.mode == Permissions::Report, "{what}");
        assert!(may || self.mode == Permissions::Off || answer.contains(says), "{what}");
    }

    async fn role(&self, name: &str, trusted: &[&str], own: &[Value]) {
        let trust = json!({ "Effect": "Allow", "Principal": { "AWS": FIRST }, "Action": trusted });
        let trust = encode(&document(&[trust]));
        let create = format!("Action=CreateRole&{IAM}&RoleName={name}&AssumeRolePolicyDocument={trust}");
        self.done(Request::query("iam", create)).await;
        let own = encode(&document(own));
        let put = format!("Action=PutRolePolicy&{IAM}&RoleName={name}&PolicyName=p&PolicyDocument={own}");
        self.done(Request::query("iam", put)).await;
    }

    fn assume(name: &str, more: &str) -> Request<'static> {
        let role = encode(&format!("arn:aws:iam::{FIRST}:role/{name}"));
        Request::query("sts", format!("Action=AssumeRole&{STS}&RoleSessionName=me&RoleArn={role}{more}"))
    }

    /// Keys of a role that may do that.
    async fn keys(&self, name: &str, own: &[Value]) -> String {
        self.role(name, &["sts:AssumeRole", "sts:TagSession"], own).await;
        key_in(&self.done(Self::assume(name, "")).await)
    }
}

fn key_in(answer: &str) -> String {
    answer.split("<AccessKeyId>").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

fn allow(action: &str, resource: &str, condition: &Value) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition })
}

fn member(answer: &str, name: &str) -> String {
    let document: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    document[name].as_str().unwrap().to_owned()
}

/// A function, a group, an API of each kind and a stack with that tag; what they are asked for then.
async fn tagged(world: &World, team: &str) -> Vec<Request<'static>> {
    let tags = json!({ "team": team });
    let function = json!({
        "FunctionName": team, "Runtime": "provided.al2023", "Handler": "bootstrap",
        "Role": "arn:aws:iam::000000000000:role/r", "Code": { "ZipFile": PACKAGE }, "Tags": tags
    });
    world.done(Request::rest("lambda", "POST", "/2015-03-31/functions", &function)).await;
    world.done(Request::logs("CreateLogGroup", &json!({ "logGroupName": team, "tags": tags }))).await;
    let http = json!({ "name": team, "protocolType": "HTTP", "tags": tags });
    let http = member(&world.done(Request::rest("apigateway", "POST", "/v2/apis", &http)).await, "apiId");
    let rest = json!({ "name": team, "tags": tags });
    let rest = member(&world.done(Request::rest("apigateway", "POST", "/restapis", &rest)).await, "id");
    let template = encode(r#"{"Resources":{"X":{"Type":"AWS::CloudFormation::WaitConditionHandle"}}}"#);
    let tags = format!("Tags.member.1.Key=team&Tags.member.1.Value={team}");
    let stack = format!("Action=CreateStack&{STACKS}&StackName={team}&TemplateBody={template}&{tags}");
    world.done(Request::query("cloudformation", stack)).await;
    let policy = encode(&document(&[allow("s3:*", "*", &json!({}))]));
    let policy = format!("Action=CreatePolicy&{IAM}&PolicyName={team}&PolicyDocument={policy}&{tags}");
    world.done(Request::query("iam", policy)).await;
    let nothing = Value::Null;
    vec![
        Request::rest("lambda", "GET", format!("/2015-03-31/functions/{team}/configuration"), &nothing),
        Request::rest(
            "lambda",
            "GET",
            format!("/2017-03-31/tags/arn%3Aaws%3Alambda%3A{REGION}%3A{FIRST}%3Afunction%3A{team}"),
            &nothing,
        ),
        Request::logs("CreateLogStream", &json!({ "logGroupName": team, "logStreamName": "s" })),
        Request::rest("apigateway", "GET", format!("/v2/apis/{http}"), &nothing),
        Request::rest("apigateway", "GET", format!("/restapis/{rest}"), &nothing),
        Request::rest("apigateway", "GET", format!("/restapis/{rest}/resources"), &nothing),
        Request::query("cloudformation", format!("Action=DescribeStackEvents&{STACKS}&StackName={team}")),
        Request::query(
            "iam",
            format!("Action=GetPolicy&{IAM}&PolicyArn=arn%3Aaws%3Aiam%3A%3A{FIRST}%3Apolicy%2F{team}"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_of_what_is_asked_for_are_keys_of_conditions() {
    for mode in MODES {
        let world = World::new(mode).await;
        let of_team = json!({ "StringEquals": { "aws:ResourceTag/team": "blue" } });
        let key = world.keys("blue", &[allow("*", "*", &of_team)]).await;
        for (team, may) in [("blue", true), ("red", false)] {
            for request in tagged(&world, team).await {
                world.expect(&key, request, may, "is not authorized to perform: ").await;
            }
        }
        // What is within an HTTP API has none of its tags.
        let api = json!({ "name": "x", "protocolType": "HTTP", "tags": { "team": "blue" } });
        let api = member(&world.done(Request::rest("apigateway", "POST", "/v2/apis", &api)).await, "apiId");
        let routes = Request::rest("apigateway", "GET", format!("/v2/apis/{api}/routes"), &Value::Null);
        world.expect(&key, routes, false, "apigateway:GET").await;
        world.rig.cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_that_are_asked_for_are_keys_of_conditions() {
    for mode in MODES {
        let world = World::new(mode).await;
        let gives = json!({
            "StringEquals": { "aws:RequestTag/team": "blue" },
            "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] }
        });
        let key = world.keys("r", &[allow("logs:CreateLogGroup", "*", &gives)]).await;
        for (name, tags, may) in [
            ("a", json!({ "team": "blue" }), true),
            ("b", json!({ "team": "red" }), false),
            ("c", json!({ "team": "blue", "other": "x" }), false),
            ("d", json!({}), false),
        ] {
            let mut group = json!({ "logGroupName": name });
            if tags != json!({}) {
                group["tags"] = tags;
            }
            world.expect(&key, Request::logs("CreateLogGroup", &group), may, "logs:CreateLogGroup").await;
        }
        world.rig.cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_gets_tags_where_that_is_allowed() {
    let tags = "&Tags.member.1.Key=team&Tags.member.1.Value=blue&TransitiveTagKeys.member.1=team";
    for mode in MODES {
        let world = World::new(mode).await;
        let by_tag = json!({ "StringEquals": { "aws:PrincipalTag/team": "blue" } });
        let own = [allow("logs:*", "*", &by_tag), allow("sts:*", "*", &json!({}))];
        world.role("closed", &["sts:AssumeRole"], &own).await;
        world.role("open", &["sts:AssumeRole", "sts:TagSession"], &own).await;
        let not_to_tag =
            "is not authorized to perform: sts:TagSession on resource: arn:aws:iam::000000000000:role/closed";
        world.expect(FIRST, World::assume("closed", ""), true, "").await;
        world.expect(FIRST, World::assume("closed", tags), false, not_to_tag).await;
        let groups = || Request::logs("DescribeLogGroups", &json!({}));
        let bare = key_in(&world.done(World::assume("open", "")).await);
        world.expect(&bare, groups(), false, "logs:DescribeLogGroups").await;
        let key = key_in(&world.done(World::assume("open", tags)).await);
        world.expect(&key, groups(), true, "").await;
        world.expect(&key, World::assume("closed", ""), false, not_to_tag).await;
        let (status, answer) = world.ask(&key, &World::assume("open", "")).await;
        assert_eq!(status, 200, "{answer}");
        world.expect(&key_in(&answer), groups(), true, "").await;
        let (status, answer) = world.ask(&key, &World::assume("open", tags)).await;
        let conflicts = "conflicts with a transitive tag key from the calling session";
        assert!(
            status == 400 && answer.contains("InvalidParameterValue") && answer.contains(conflicts),
            "{answer}"
        );
        world.rig.cloud.stop().await;
    }
}

/// Puts bytes into a bucket, and lets nobody's type of them matter.
async fn put(world: &World, path: &str, body: &str) {
    let request =
        Request { service: "s3", method: "PUT", path: path.into(), headers: vec![], body: body.into() };
    world.done(request).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_reads_for_somebody_he_must_be_let_to() {
    let template = r#"{"Resources":{"X":{"Type":"AWS::CloudFormation::WaitConditionHandle"}}}"#;
    for mode in MODES {
        let world = World::new(mode).await;
        for path in ["/code", "/code/own/f.zip", "/code/shared/f.zip"] {
            put(&world, path, if path == "/code" { "" } else { "no package" }).await;
        }
        put(&world, "/code/own/t.json", template).await;
        put(&world, "/code/shared/t.json", template).await;
        let objects = allow("s3:GetObject", "arn:aws:s3:::code/shared/*", &json!({}));
        let others =
            ["lambda:*", "iam:PassRole", "cloudformation:*"].map(|action| allow(action, "*", &json!({})));
        let key = world.keys("r", &[&[objects][..], &others].concat()).await;
        let function = |place: &str| {
            let function = json!({
                "FunctionName": "f", "Runtime": "provided.al2023", "Handler": "bootstrap",
                "Role": "arn:aws:iam::000000000000:role/r", "Code": { "S3Bucket": "code", "S3Key": format!("{place}/f.zip") }
            });
            Request::rest("lambda", "POST", "/2015-03-31/functions", &function)
        };
        // What is read is no package, so that is said where it may be read.
        let denied = "Your access has been denied by S3, please make sure your request credentials have permission to \
                      GetObject for code/own/f.zip. S3 Error Code: AccessDenied. S3 Error Message: ";
        let (status, answer) = world.ask(&key, &function("own")).await;
        let is_refused = mode == Permissions::Enforce;
        assert_eq!(answer.contains(denied), is_refused, "{mode:?}: {answer}");
        assert_eq!(status, if is_refused { 403 } else { 400 }, "{mode:?}: {answer}");
        assert_eq!(answer.contains(NOTE), mode == Permissions::Report, "{mode:?}: {answer}");
        let (status, answer) = world.ask(&key, &function("shared")).await;
        assert!(status == 400 && !answer.contains(denied) && !answer.contains(NOTE), "{answer}");
        let validate = |place: &str| {
            let url = encode(&format!("https://s3.amazonaws.com/code/{place}/t.json"));
            Request::query("cloudformation", format!("Action=ValidateTemplate&{STACKS}&TemplateURL={url}"))
        };
        world.expect(&key, validate("shared"), true, "").await;
        world
            .expect(&key, validate("own"), false, "is not authorized to perform: s3:GetObject on resource")
            .await;
        // Another account's is read where its policy says so.
        let (status, answer) = world.ask(SECOND, &validate("shared")).await;
        assert!(status == 400 && answer.contains("S3 error: "), "{mode:?}: {answer}");
        let principal = json!({ "AWS": SECOND });
        let shared = json!({ "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::code/shared/*" });
        put(&world, "/code?policy", &document(&[shared])).await;
        let (status, answer) = world.ask(SECOND, &validate("shared")).await;
        assert_eq!(status, 200, "{mode:?}: {answer}");
        world.rig.cloud.stop().await;
    }
}
