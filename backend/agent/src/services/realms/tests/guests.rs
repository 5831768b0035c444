//! Buckets that other accounts, and strangers, are let into by their policies, in each mode.

use cloud_core::Permissions;
use serde_json::{Value, json};

use super::*;

pub(super) const MODES: [Permissions; 3] = [Permissions::Enforce, Permissions::Report, Permissions::Off];
const REGION: &str = "us-east-1";
pub(super) const NOTE: &str = "x-cumulo-permissions: ";

/// Who asks: a key, or nobody.
type Who<'a> = Option<&'a str>;

fn allow(principal: &Value, actions: &Value, resources: &Value) -> Value {
    json!({ "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": resources })
}

pub(super) fn document(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// As a form says it.
pub(super) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    })
}

/// A cloud whose first account has a bucket with objects.
struct Guests {
    rig: Rig,
}

impl Guests {
    async fn new(mode: Permissions) -> Self {
        // Its clock stands still.
        let (rig, _) = Rig::by_hand().await;
        rig.cloud.realms().first.set_permissions(mode);
        let guests = Self { rig };
        for (key, path) in [(FIRST, "/mine"), (SECOND, "/theirs")] {
            guests.expect(Some(key), "PUT", path, "", 200, "").await;
        }
        for path in ["/mine/shared/k", "/mine/own/k"] {
            guests.expect(Some(FIRST), "PUT", path, "body", 200, "").await;
        }
        guests
    }

    /// The status and the whole answer.
    async fn ask(
        &self,
        who: Who<'_>,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, String) {
        if let Some(key) = who {
            let ask = Ask { key, region: REGION, service: "s3", method, path, headers, body };
            return self.rig.ask(ask).await;
        }
        let host = self.rig.address;
        let length = body.len();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
    }

    async fn expect(&self, who: Who<'_>, method: &str, path: &str, body: &str, status: u16, says: &str) {
        let (seen, answer) = self.ask(who, method, path, &[], body).await;
        assert_eq!(seen, status, "{who:?} {method} {path}: {answer}");
        assert!(answer.contains(says), "{who:?} {method} {path}: {answer}");
    }

    async fn policy(&self, statements: &[Value]) {
        self.expect(Some(FIRST), "PUT", "/mine?policy", &document(statements), 204, "").await;
    }

    /// Keys of a role of the second account with such policies.
    async fn role(&self, name: &str, own: &[Value]) -> String {
        self.rig.session(name, own).await
    }
}

impl Rig {
    async fn asked_of_second(&self, service: &str, body: String) -> String {
        let (status, answer) = self.query(SECOND, REGION, service, &body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// Keys of a role of the second account with such policies.
    pub(super) async fn session(&self, name: &str, own: &[Value]) -> String {
        let trust = json!({ "Effect": "Allow", "Principal": { "AWS": SECOND }, "Action": "sts:AssumeRole" });
        let (trust, iam) = (encode(&document(&[trust])), "Version=2010-05-08");
        let create = format!("Action=CreateRole&{iam}&RoleName={name}&AssumeRolePolicyDocument={trust}");
        self.asked_of_second("iam", create).await;
        if !own.is_empty() {
            let own = encode(&document(own));
            let put = format!("Action=PutRolePolicy&{iam}&RoleName={name}&PolicyName=p&PolicyDocument={own}");
            self.asked_of_second("iam", put).await;
        }
        let role = encode(&format!("arn:aws:iam::{SECOND}:role/{name}"));
        let assume = format!("Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn={role}");
        let answer = self.asked_of_second("sts", assume).await;
        answer.split("<AccessKeyId>").nth(1).unwrap().split('<').next().unwrap().to_owned()
    }
}

fn barred(action: &str, path: &str) -> String {
    format!(
        "User: arn:aws:iam::{SECOND}:root is not authorized to perform: s3:{action} on resource: \
         &quot;arn:aws:s3:::mine{path}&quot; because no resource-based policy allows the s3:{action} action"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_let_into_a_bucket_by_its_policy_alone() {
    let second = Some(SECOND);
    let others = json!({ "AWS": SECOND });
    for mode in MODES {
        let guests = Guests::new(mode).await;
        guests.expect(second, "GET", "/mine/shared/k", "", 403, &barred("GetObject", "/shared/k")).await;
        guests.expect(second, "GET", "/mine?list-type=2", "", 403, &barred("ListBucket", "")).await;
        let actions = json!(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]);
        let objects = allow(&others, &actions, &json!("arn:aws:s3:::mine/shared/*"));
        guests.policy(std::slice::from_ref(&objects)).await;
        guests.expect(second, "GET", "/mine/shared/k", "", 200, "body").await;
        guests.expect(second, "PUT", "/mine/shared/theirs", "x", 200, "").await;
        guests.expect(second, "GET", "/mine/own/k", "", 403, "AccessDenied").await;
        guests.expect(second, "PUT", "/mine/own/k", "x", 403, "AccessDenied").await;
        guests.expect(second, "DELETE", "/mine", "", 403, "AccessDenied").await;
        // Whoever may not list a bucket does not learn what is not in it.
        guests.expect(second, "GET", "/mine/shared/none", "", 403, &barred("ListBucket", "")).await;
        guests.expect(second, "GET", "/", "", 200, "<Name>theirs</Name>").await;
        assert!(!guests.ask(second, "GET", "/", &[], "").await.1.contains("<Name>mine</Name>"));
        copies(&guests).await;
        presigned(&guests).await;
        deletes(&guests).await;
        whose(&guests).await;
        guests.expect(second, "GET", "/mine?policy", "", 403, "AccessDenied").await;
        let bucket = json!("arn:aws:s3:::mine");
        let policies = allow(&others, &json!(["s3:*BucketPolicy", "s3:ListBucket"]), &bucket);
        guests.policy(&[objects, policies]).await;
        for (method, body) in [("PUT", document(&[])), ("GET", String::new()), ("DELETE", String::new())] {
            guests.expect(second, method, "/mine?policy", &body, 405, "<Code>MethodNotAllowed</Code>").await;
        }
        guests.expect(second, "GET", "/mine/shared/none", "", 404, "NoSuchKey").await;
        roles(&guests, mode).await;
        guests.rig.cloud.stop().await;
    }
}

async fn copies(guests: &Guests) {
    for (source, status) in [("mine/shared/k", 200), ("mine/own/k", 403), ("/mine/%6fwn/k", 403)] {
        let headers = [("x-amz-copy-source", source)];
        let (seen, answer) = guests.ask(Some(SECOND), "PUT", "/theirs/copy", &headers, "").await;
        assert_eq!(seen, status, "{source}: {answer}");
    }
}

async fn presigned(guests: &Guests) {
    for (key, path, status) in [
        (SECOND, "/mine/shared/k", 200),
        (SECOND, "/mine/own/k", 403),
        (FIRST, "/mine/own/k", 200),
        ("222222222222", "/mine/shared/k", 403),
    ] {
        let query = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={key}%2F20260101%2F{REGION}%2Fs3%2Faws4_request\
             &X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature={}",
            "0".repeat(64)
        );
        let (seen, answer) = guests.ask(None, "GET", &format!("{path}?{query}"), &[], "").await;
        assert_eq!(seen, status, "{key} {path}: {answer}");
    }
}

/// Of several objects those are deleted that may be.
async fn deletes(guests: &Guests) {
    let keys = ["shared/k", "own/k", "shared/none"];
    let body =
        format!("<Delete>{}</Delete>", keys.map(|key| format!("<Object><Key>{key}</Key></Object>")).concat());
    let digest = [("content-md5", "lKhHFzfXQPSCMafP1deslA==")];
    let (status, answer) = guests.ask(Some(SECOND), "POST", "/mine?delete", &digest, &body).await;
    assert_eq!(status, 200, "{answer}");
    for says in [
        "<Deleted><Key>shared/k</Key></Deleted>",
        "<Deleted><Key>shared/none</Key></Deleted>",
        "<Error><Key>own/k</Key><Code>AccessDenied</Code>",
        &barred("DeleteObject", "/own/k"),
    ] {
        assert!(answer.contains(says), "{says}: {answer}");
    }
    guests.expect(Some(FIRST), "GET", "/mine/own/k", "", 200, "body").await;
    guests.expect(Some(FIRST), "GET", "/mine/shared/k", "", 404, "NoSuchKey").await;
    guests.expect(Some(FIRST), "PUT", "/mine/shared/k", "body", 200, "").await;
}

/// What is in a bucket is its owner's, whoever put it there; and whoever says whose it is has to be right.
async fn whose(guests: &Guests) {
    for (stated, status) in [(FIRST, 200), (SECOND, 403)] {
        let headers = [("x-amz-expected-bucket-owner", stated)];
        let (seen, answer) = guests.ask(Some(SECOND), "GET", "/mine/shared/k", &headers, "").await;
        assert_eq!(seen, status, "{stated}: {answer}");
    }
    let owner = async |who: &str, path: &str| {
        let (_, answer) = guests.ask(Some(who), "GET", path, &[], "").await;
        answer.split("<Owner><ID>").nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    let [first, second] = [owner(FIRST, "/").await, owner(SECOND, "/").await];
    assert_ne!(first, second);
    assert_eq!(owner(FIRST, "/mine?list-type=2&fetch-owner=true&prefix=shared/theirs").await, first);
    let (status, begun) = guests.ask(Some(SECOND), "POST", "/mine/shared/big?uploads", &[], "").await;
    assert_eq!(status, 200, "{begun}");
    let (_, uploads) = guests.ask(Some(FIRST), "GET", "/mine?uploads", &[], "").await;
    for (element, id) in [("Owner", first), ("Initiator", second)] {
        assert!(uploads.contains(&format!("<{element}><ID>{id}</ID>")), "{element}: {uploads}");
    }
}

/// What a role's own policies do not allow is an affair of its own account, and of the mode.
async fn roles(guests: &Guests, mode: Permissions) {
    let get = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" });
    let able = guests.role("able", &[get]).await;
    let unable = guests.role("unable", &[]).await;
    let barred = "because no resource-based policy allows the s3:GetObject action";
    guests.expect(Some(&able), "GET", "/mine/own/k", "", 403, barred).await;
    let (status, answer) = guests.ask(Some(&able), "GET", "/mine/shared/k", &[], "").await;
    assert!(status == 200 && !answer.contains(NOTE), "{mode:?}: {answer}");
    let (status, answer) = guests.ask(Some(&unable), "GET", "/mine/shared/k", &[], "").await;
    assert_eq!(status, if mode == Permissions::Enforce { 403 } else { 200 }, "{mode:?}: {answer}");
    assert_eq!(answer.contains(NOTE), mode == Permissions::Report, "{mode:?}: {answer}");
    let lacks = "because no identity-based policy allows the s3:GetObject action";
    assert_eq!(answer.contains(lacks), mode != Permissions::Off, "{mode:?}: {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_let_in_where_a_policy_and_the_block_say_so() {
    let (first, second) = (Some(FIRST), Some(SECOND));
    let denied = "<Message>Access Denied</Message>";
    let blocked = format!(
        "User: arn:aws:iam::{FIRST}:root is not authorized to perform: s3:PutBucketPolicy on resource: \
         &quot;arn:aws:s3:::mine&quot; because public policies are blocked by the BlockPublicPolicy block public access setting."
    );
    let get = json!("s3:GetObject");
    let public = || allow(&json!("*"), &get, &json!("arn:aws:s3:::mine/shared/*"));
    let named = || allow(&json!({ "AWS": SECOND }), &get, &json!("arn:aws:s3:::mine/own/*"));
    for mode in MODES {
        let guests = Guests::new(mode).await;
        guests.expect(None, "GET", "/mine/shared/k", "", 403, denied).await;
        guests.expect(None, "GET", "/", "", 403, denied).await;
        guests.expect(None, "PUT", "/new", "", 403, denied).await;
        guests.expect(None, "GET", "/none/k", "", 404, "NoSuchBucket").await;
        guests.expect(first, "PUT", "/mine?policy", &document(&[public()]), 403, &blocked).await;
        guests.expect(first, "DELETE", "/mine?publicAccessBlock", "", 204, "").await;
        guests.policy(&[public()]).await;
        guests.expect(None, "GET", "/mine/shared/k", "", 200, "body").await;
        guests.expect(None, "HEAD", "/mine/shared/k", "", 200, "").await;
        guests.expect(second, "GET", "/mine/shared/k", "", 200, "body").await;
        for (method, path) in [
            ("GET", "/mine/own/k"),
            ("GET", "/mine/shared/none"),
            ("PUT", "/mine/shared/k"),
            ("GET", "/mine?list-type=2"),
            ("GET", "/mine?policy"),
            ("DELETE", "/mine"),
        ] {
            guests.expect(None, method, path, "", 403, denied).await;
        }
        let keys = json!({ "aws:PrincipalType": "Anonymous", "aws:userid": "anonymous" });
        let mut narrow = public();
        narrow["Condition"] = json!({ "StringEquals": keys });
        guests.policy(&[narrow]).await;
        guests.expect(None, "GET", "/mine/shared/k", "", 200, "body").await;
        guests.expect(second, "GET", "/mine/shared/k", "", 403, "AccessDenied").await;
        guests.policy(&[public(), named()]).await;
        guests.expect(second, "GET", "/mine/own/k", "", 200, "body").await;
        let restrict = "<RestrictPublicBuckets>true</RestrictPublicBuckets>";
        let block = format!("<PublicAccessBlockConfiguration>{restrict}</PublicAccessBlockConfiguration>");
        guests.expect(first, "PUT", "/mine?publicAccessBlock", &block, 200, "").await;
        guests.expect(None, "GET", "/mine/shared/k", "", 403, denied).await;
        // Nor is he let in who is named beside everybody.
        guests.expect(second, "GET", "/mine/own/k", "", 403, "AccessDenied").await;
        guests.expect(first, "GET", "/mine/shared/k", "", 200, "body").await;
        guests.policy(&[named()]).await;
        guests.expect(second, "GET", "/mine/own/k", "", 200, "body").await;
        guests.rig.cloud.stop().await;
    }
}
