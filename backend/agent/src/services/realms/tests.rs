//! Regions and accounts through the endpoint, with keys that nobody proves.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use cloud_core::{Arn, Clock, Delivery, ManualClock, PortError};
use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

mod guests;
mod layers;
mod leave;
mod neighbours;

use super::idle::{CROWDED, IDLE, LOOK};
use super::*;
use crate::{AgentConfig, Mode, RootKeys, cloud::Cloud};

const FIRST: &str = "000000000000";
const SECOND: &str = "111111111111";

fn config(folder: &Path, region: &str) -> AgentConfig {
    AgentConfig {
        mode: Mode::Cloud,
        data_dir: folder.to_owned(),
        cloud_listen: ([127, 0, 0, 1], 0).into(),
        region: region.into(),
        account_id: FIRST.into(),
        any_key: true,
        permissions: None,
        egress: None,
        root_keys: RootKeys { access_key_id: "test".into(), secret_access_key: "test".into() },
        worker: "/none".into(),
        path: "/usr/bin:/bin".into(),
        cache_dir: folder.join("cache"),
        version: "0".into(),
    }
}

struct Rig {
    cloud: Cloud,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

/// A request: of that key, in that region, to that service.
struct Ask<'a> {
    key: &'a str,
    region: &'a str,
    service: &'a str,
    method: &'a str,
    path: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: &'a str,
}

impl Rig {
    async fn new() -> Self {
        Self::at(tempfile::tempdir().unwrap(), "us-east-1").await
    }

    async fn at(folder: tempfile::TempDir, region: &str) -> Self {
        let clock = Arc::new(cloud_core::SystemClock::default());
        Self::by(clock, folder, region).await
    }

    /// By a clock that stands still.
    async fn by_hand() -> (Self, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::default());
        let rig = Self::by(clock.clone(), tempfile::tempdir().unwrap(), "us-east-1").await;
        (rig, clock)
    }

    async fn by(clock: Arc<dyn Clock>, folder: tempfile::TempDir, region: &str) -> Self {
        let cloud = Cloud::start_by(&config(folder.path(), region), clock).await.unwrap();
        let address = cloud.serving().cloud_url.strip_prefix("http://").unwrap().parse().unwrap();
        Self { cloud, address, folder }
    }

    async fn restarted(self, region: &str) -> Self {
        let Self { cloud, folder, .. } = self;
        cloud.stop().await;
        Self::at(folder, region).await
    }

    /// The status and the whole answer.
    async fn ask(&self, ask: Ask<'_>) -> (u16, String) {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: {}\r\n", ask.method, ask.path, self.address);
        let scope = format!("{}/20200101/{}/{}/aws4_request", ask.key, ask.region, ask.service);
        let signature = "0".repeat(64);
        let authorization =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={signature}");
        let own = [
            ("connection", "close"),
            ("authorization", &authorization),
            ("x-amz-date", "20200101T000000Z"),
            ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ];
        for (name, value) in own.iter().chain(ask.headers) {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        let _ = write!(text, "content-length: {}\r\n\r\n{}", ask.body.len(), ask.body);
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer)
    }

    /// Asks CloudWatch Logs.
    async fn logs(&self, key: &str, region: &str, operation: &str, body: &str) -> (u16, String) {
        let target = format!("Logs_20140328.{operation}");
        let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
        let ask = Ask { key, region, service: "logs", method: "POST", path: "/", headers: &headers, body };
        self.ask(ask).await
    }

    /// The ARNs of the log groups that a key sees in a region.
    async fn groups(&self, key: &str, region: &str) -> Vec<String> {
        let (status, answer) = self.logs(key, region, "DescribeLogGroups", "{}").await;
        assert_eq!(status, 200, "{answer}");
        let document: serde_json::Value =
            serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        let groups = document["logGroups"].as_array().unwrap().iter();
        groups.map(|group| group["logGroupArn"].as_str().unwrap().to_owned()).collect()
    }

    async fn group(&self, key: &str, region: &str, name: &str) {
        let body = serde_json::json!({ "logGroupName": name }).to_string();
        let (status, answer) = self.logs(key, region, "CreateLogGroup", &body).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Asks a service of the query protocol.
    async fn query(&self, key: &str, region: &str, service: &str, body: &str) -> (u16, String) {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.ask(Ask { key, region, service, method: "POST", path: "/", headers: &headers, body }).await
    }

    async fn s3(&self, key: &str, region: &str, method: &str, path: &str, body: &str) -> (u16, String) {
        self.ask(Ask { key, region, service: "s3", method, path, headers: &[], body }).await
    }

    /// Asks a service of REST and JSON.
    async fn rest(
        &self,
        region: &str,
        service: &str,
        path: &str,
        body: &serde_json::Value,
    ) -> serde_json::Value {
        let (headers, body) = ([("content-type", "application/json")], body.to_string());
        let ask = Ask { key: "test", region, service, method: "POST", path, headers: &headers, body: &body };
        let (status, answer) = self.ask(ask).await;
        assert!((200..300).contains(&status), "{path}: {answer}");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        if body.is_empty() { serde_json::Value::Null } else { serde_json::from_str(body).unwrap() }
    }

    /// What a stranger gets of an API.
    async fn stranger(&self, id: &str) -> String {
        let text = format!(
            "GET / HTTP/1.1\r\nhost: {id}.execute-api.localhost:{}\r\nconnection: close\r\n\r\n",
            self.address.port()
        );
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// How many realms are open.
    fn open(&self) -> usize {
        self.cloud.realms().opened().len()
    }

    /// Lets time go on until so many realms are open.
    async fn until_open(&self, clock: &ManualClock, count: usize) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while self.open() != count {
            assert!(Instant::now() < deadline, "{} realms are open, not {count}", self.open());
            clock.advance(LOOK);
            tokio::task::yield_now().await;
        }
    }

    /// The folders of realms and accounts that were made.
    fn folders(&self) -> Vec<String> {
        let accounts = self.folder.path().join("accounts");
        let mut found = Vec::new();
        for account in fs::read_dir(accounts).into_iter().flatten().flatten() {
            for part in fs::read_dir(account.path()).unwrap().flatten() {
                found.push(format!(
                    "{}/{}",
                    account.file_name().to_str().unwrap(),
                    part.file_name().to_str().unwrap()
                ));
            }
        }
        found.sort();
        found
    }
}

fn group(account: &str, region: &str, name: &str) -> String {
    format!("arn:aws:logs:{region}:{account}:log-group:{name}")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_name_in_two_regions_and_two_accounts_is_four_things() {
    let rig = Rig::new().await;
    assert_eq!(rig.folders(), Vec::<String>::new(), "nothing is opened that nobody asked for");
    let realms = [
        ("any-key-that-is", FIRST, "us-east-1"),
        (FIRST, FIRST, "eu-west-1"),
        (SECOND, SECOND, "us-east-1"),
        (SECOND, SECOND, "eu-west-1"),
    ];
    for (key, _, region) in realms {
        rig.group(key, region, "same").await;
        rig.group(key, region, &format!("of-{key}-{region}")).await;
    }
    let expected = |account: &str, key: &str, region: &str| {
        let mut expected =
            vec![group(account, region, "same"), group(account, region, &format!("of-{key}-{region}"))];
        expected.sort();
        expected
    };
    for (key, account, region) in realms {
        assert_eq!(rig.groups(key, region).await, expected(account, key, region));
    }
    assert_eq!(
        rig.folders(),
        ["000000000000/eu-west-1", "111111111111/aws", "111111111111/eu-west-1", "111111111111/us-east-1"]
    );
    let (status, _) = rig.logs(SECOND, "eu-west-1", "DeleteLogGroup", r#"{"logGroupName":"same"}"#).await;
    assert_eq!(status, 200);
    let rig = rig.restarted("us-east-1").await;
    assert_eq!(rig.cloud.realms().opened().len(), 4, "what has data is open from the start");
    for (key, account, region) in &realms[..3] {
        assert_eq!(rig.groups(key, region).await, expected(account, key, region), "as it was");
    }
    assert_eq!(rig.groups(SECOND, "eu-west-1").await.len(), 1);
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_that_is_started_with_another_region_has_what_it_had() {
    let rig = Rig::new().await;
    rig.group("test", "us-east-1", "old").await;
    let rig = rig.restarted("eu-west-1").await;
    assert_eq!(rig.cloud.serving().region, "eu-west-1");
    rig.group("test", "eu-west-1", "new").await;
    assert_eq!(rig.groups("test", "us-east-1").await, [group(FIRST, "us-east-1", "old")]);
    assert_eq!(rig.groups("test", "eu-west-1").await, [group(FIRST, "eu-west-1", "new")]);
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_none_is_refused_and_those_of_other_partitions_have_their_arns() {
    let rig = Rig::new().await;
    let (status, answer) = rig.logs("test", "mars-east-1", "DescribeLogGroups", "{}").await;
    assert_eq!(status, 403);
    assert!(answer.contains("Credential should be scoped to a valid region, not 'mars-east-1'"), "{answer}");
    let (status, answer) = rig.s3("test", "aws-global", "GET", "/", "").await;
    assert_eq!(status, 400);
    assert!(answer.contains("the region 'aws-global' is wrong; expecting 'us-east-1'"), "{answer}");
    rig.group("test", "cn-north-1", "g").await;
    let groups = rig.groups("test", "cn-north-1").await;
    assert_eq!(groups, ["arn:aws-cn:logs:cn-north-1:000000000000:log-group:g"]);
    let who = rig.query("test", "cn-north-1", "sts", "Action=GetCallerIdentity&Version=2011-06-15").await;
    assert!(who.1.contains("<Arn>arn:aws-cn:iam::000000000000:root</Arn>"), "{}", who.1);
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_at_once_opens_a_realm_once() {
    let rig = Rig::new().await;
    let groups: Vec<String> = (0..8).map(|number| format!("g{number}")).collect();
    join_all(groups.iter().map(|name| rig.group("test", "ap-south-1", name))).await;
    assert_eq!(rig.groups("test", "ap-south-1").await.len(), groups.len());
    assert_eq!(rig.cloud.realms().opened().len(), 2);
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_an_accounts_in_all_regions_and_no_other_accounts() {
    let rig = Rig::new().await;
    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22AWS%22%3A%22%2A%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    let create =
        format!("Action=CreateRole&Version=2010-05-08&RoleName=worker&AssumeRolePolicyDocument={trust}");
    let get = "Action=GetRole&Version=2010-05-08&RoleName=worker";
    assert_eq!(rig.query("test", "eu-west-1", "iam", &create).await.0, 200);
    assert_eq!(rig.query("test", "us-east-1", "iam", get).await.0, 200);
    assert_eq!(rig.query(SECOND, "us-east-1", "iam", get).await.0, 404);
    let (status, answer) = rig.query(SECOND, "us-east-1", "iam", &create).await;
    assert_eq!(status, 200);
    assert!(answer.contains("<Arn>arn:aws:iam::111111111111:role/worker</Arn>"), "{answer}");
    assert_eq!(rig.folders(), ["111111111111/aws"], "no region is opened for what has none");
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_another_account_are_got_by_its_role() {
    let rig = Rig::new().await;
    let assume = async |key: &str, role: &str| {
        let body = format!(
            "Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=arn%3Aaws%3Aiam%3A%3A{role}"
        );
        rig.query(key, "eu-west-1", "sts", &body).await
    };
    let founded = "222222222222%3Arole%2FOrganizationAccountAccessRole";
    let (status, answer) = assume(SECOND, founded).await;
    assert_eq!(status, 403, "{answer}");
    assert_eq!(assume("test", "222222222222%3Arole%2Fother").await.0, 403);
    assert!(!rig.folders().contains(&"222222222222/aws".to_owned()), "no account is made by asking");
    let (status, answer) = assume("test", founded).await;
    assert_eq!(status, 200, "{answer}");
    let (status, refused) = assume(SECOND, founded).await;
    assert_eq!(status, 403, "the account is there now, and its role trusts the founder alone: {refused}");
    let says = "is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/OrganizationAccountAccessRole";
    assert!(refused.contains(says), "{refused}");
    let key = answer.split("<AccessKeyId>").nth(1).unwrap().split('<').next().unwrap();
    let who = "Action=GetCallerIdentity&Version=2011-06-15";
    let identity = "<Arn>arn:aws:sts::222222222222:assumed-role/OrganizationAccountAccessRole/me</Arn>";
    assert!(rig.query(key, "us-west-2", "sts", who).await.1.contains(identity));
    rig.group(key, "us-west-2", "g").await;
    assert_eq!(rig.groups("222222222222", "us-west-2").await, [group("222222222222", "us-west-2", "g")]);
    let key = key.to_owned();
    let rig = rig.restarted("us-east-1").await;
    assert!(rig.query(&key, "us-west-2", "sts", who).await.1.contains(identity), "keys outlive a restart");
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buckets_have_one_name_one_owner_and_one_region() {
    let rig = Rig::new().await;
    let within = |region: &str| {
        format!(
            "<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
        )
    };
    let s3 =
        async |key: &str, region: &str, method: &str, path: &str, body: &str, status: u16, says: &str| {
            let (seen, answer) = rig.s3(key, region, method, path, body).await;
            assert_eq!(seen, status, "{method} {path}: {answer}");
            assert!(answer.contains(says), "{method} {path}: {answer}");
        };
    s3("test", "us-east-1", "PUT", "/irish", &within("eu-west-1"), 200, "").await;
    s3("test", "us-east-1", "PUT", "/irish", &within("eu-west-1"), 409, "BucketAlreadyOwnedByYou").await;
    s3("test", "us-east-1", "PUT", "/irish", "", 409, "BucketAlreadyOwnedByYou").await;
    s3(SECOND, "eu-west-1", "PUT", "/irish", &within("eu-west-1"), 409, "BucketAlreadyExists").await;
    s3("test", "us-east-1", "PUT", "/martian", &within("mars"), 400, "InvalidLocationConstraint").await;
    s3("test", "us-east-1", "PUT", "/old", &within("EU"), 200, "").await;
    s3("test", "eu-west-1", "GET", "/old?location", "", 200, ">EU</LocationConstraint>").await;
    s3("test", "eu-west-1", "PUT", "/irish/key", "body", 200, "").await;
    s3("test", "eu-west-1", "GET", "/irish/key", "", 200, "body").await;
    s3("test", "us-east-1", "GET", "/irish?location", "", 200, ">eu-west-1</LocationConstraint>").await;
    s3("test", "us-east-1", "GET", "/irish/key", "", 301, "<Code>PermanentRedirect</Code>").await;
    s3("test", "us-east-1", "HEAD", "/irish", "", 301, "x-amz-bucket-region: eu-west-1").await;
    s3(SECOND, "eu-west-1", "GET", "/irish/key", "", 403, "AccessDenied").await;
    s3(SECOND, "eu-west-1", "PUT", "/seconds", &within("eu-west-1"), 200, "").await;
    s3("test", "ap-south-1", "GET", "/", "", 200, "<Name>irish</Name>").await;
    let (_, mine) = rig.s3("test", "ap-south-1", "GET", "/", "").await;
    assert!(!mine.contains("<Name>seconds</Name>"), "{mine}");
    let copy = Ask {
        key: SECOND,
        region: "eu-west-1",
        service: "s3",
        method: "PUT",
        path: "/seconds/key",
        headers: &[("x-amz-copy-source", "irish/key")],
        body: "",
    };
    assert_eq!(rig.ask(copy).await.0, 403, "nor is it copied");
    assert_eq!(rig.folders(), Vec::<String>::new(), "no region is opened for what is in all");
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_delivered_to_another_realm_comes_to_its_service() {
    let rig = Rig::new().await;
    let here = rig.cloud.realms().first.clone();
    let delivery = |to: Arn| Delivery::new(to, "{}").awaited();
    let function = |region: &str, account: &str| format!("arn:aws:lambda:{region}:{account}:function:f");
    let refused = async |to: &str| here.peers().deliver(delivery(to.parse().unwrap())).await.unwrap_err();
    let (next, others) = (function("eu-west-1", FIRST), function("us-east-1", SECOND));
    let gone = refused(&others).await;
    assert!(matches!(gone, PortError::Gone(_)), "{gone}");
    assert_eq!(gone.error().message(), "There is no account 111111111111 in this cloud.");
    assert_eq!(rig.folders(), Vec::<String>::new(), "no account is made by naming it");
    assert_eq!(refused(&next).await.error().message(), format!("Function not found: {next}"));
    rig.group(SECOND, "eu-west-1", "g").await;
    let denied = refused(&others).await;
    let says = format!("is not authorized to perform: lambda:InvokeFunction on resource: {others}");
    assert!(denied.error().message().contains(&says), "{denied}");
    let nowhere: Arn = "arn:aws:lambda:mars-east-1:000000000000:function:f".parse().unwrap();
    let refused = here.peers().deliver(delivery(nowhere)).await.unwrap_err();
    assert!(
        refused.error().message().contains("no account 000000000000 in a region mars-east-1"),
        "{refused}"
    );
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_realm_that_is_refused_leaves_no_folder() {
    let rig = Rig::new().await;
    let in_the_way = rig.folder.path().join("accounts/333333333333/aws");
    fs::create_dir_all(in_the_way.parent().unwrap()).unwrap();
    fs::write(&in_the_way, "no folder").unwrap();
    let (status, answer) = rig.logs("333333333333", "us-east-1", "DescribeLogGroups", "{}").await;
    assert!(status >= 500, "{answer}");
    assert_eq!(rig.folders(), ["333333333333/aws"]);
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_store_stops_its_service_in_its_realm_alone() {
    let rig = Rig::new().await;
    rig.group("test", "us-east-1", "g").await;
    rig.group("test", "eu-west-1", "g").await;
    let file = rig.folder.path().join("accounts/000000000000/eu-west-1/cloud/logs.db");
    let Rig { cloud, folder, .. } = rig;
    cloud.stop().await;
    fs::remove_file(&file).unwrap();
    let rig = Rig::at(folder, "us-east-1").await;
    let (status, answer) = rig.logs("test", "eu-west-1", "DescribeLogGroups", "{}").await;
    assert_eq!(status, 503);
    assert!(answer.contains(file.to_str().unwrap()) && answer.contains("Put back a copy"), "{answer}");
    assert_eq!(rig.groups("test", "us-east-1").await, [group(FIRST, "us-east-1", "g")]);
    let list = "Action=ListStacks&Version=2010-05-15";
    assert_eq!(rig.query("test", "eu-west-1", "cloudformation", list).await.0, 200, "others there go on");
    rig.cloud.stop().await;
}

#[test]
fn whose_the_first_data_are_is_stated_once() {
    let folder = tempfile::tempdir().unwrap();
    let realm = |region: &str| Realm::new(AccountId::new(FIRST), Region::new(region));
    assert_eq!(first(folder.path(), &realm("us-east-1")).unwrap(), realm("us-east-1"));
    assert_eq!(first(folder.path(), &realm("eu-west-1")).unwrap(), realm("us-east-1"));
    fs::write(folder.path().join("cloud/realm.json"), "{").unwrap();
    let refused = first(folder.path(), &realm("us-east-1")).unwrap_err().to_string();
    assert!(refused.contains("realm.json") && refused.contains("Put back a copy"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_realm_that_nobody_uses_is_closed_and_opened_again_by_who_asks() {
    let (rig, clock) = Rig::by_hand().await;
    rig.group("test", "eu-west-1", "g").await;
    let api = rig
        .rest(
            "eu-west-1",
            "apigateway",
            "/v2/apis",
            &serde_json::json!({ "name": "a", "protocolType": "HTTP", "corsConfiguration": { "allowOrigins": ["*"] } }),
        )
        .await;
    let id = api["apiId"].as_str().unwrap();
    let stage = serde_json::json!({ "stageName": "$default", "autoDeploy": true });
    rig.rest("eu-west-1", "apigateway", &format!("/v2/apis/{id}/stages"), &stage).await;
    let answered = rig.stranger(id).await;
    assert!(answered.to_ascii_lowercase().contains("apigw-requestid"), "{answered}");
    for _ in 0..2 {
        rig.until_open(&clock, 1).await;
        assert_eq!(rig.groups("test", "eu-west-1").await, [group(FIRST, "eu-west-1", "g")], "all is there");
        assert_eq!(rig.open(), 2);
        rig.until_open(&clock, 1).await;
        assert!(rig.stranger("nobodysapi").await.starts_with("HTTP/1.1 404"));
        assert_eq!(rig.open(), 1, "for what is of none nothing is opened");
        assert!(rig.stranger(id).await.to_ascii_lowercase().contains("apigw-requestid"));
        assert_eq!(rig.open(), 2, "a stranger's API is found");
    }
    rig.cloud.stop().await;
}

/// A package without a function in it: an empty module.
const PACKAGE: &str = "UEsDBBQAAAAAAAAAIQDOM0scCAAAAAgAAAAOAAAAYm9vdHN0cmFwLndhc20AYXNtAQAAAFBLAQIUAxQAAAAAAAAAIQDOM0scCAAAAAgAAAAOAAAAAAAAAAAAAACkAQAAAABib290c3RyYXAud2FzbVBLBQYAAAAAAQABADwAAAA0AAAAAAA=";

#[tokio::test(flavor = "multi_thread")]
async fn a_realm_that_is_used_or_has_something_to_do_stays_open() {
    let (rig, clock) = Rig::by_hand().await;
    let realm = Realm::new(AccountId::new(FIRST), Region::new("eu-west-1"));
    // Another one that nobody uses is closed meanwhile: so it was looked for those.
    let check = async |why: &str| {
        rig.group("test", "eu-west-1", &format!("before-{}", why.len())).await;
        rig.group("test", "ap-south-1", &format!("g{}", why.len())).await;
        rig.until_open(&clock, 2).await;
        assert!(rig.cloud.realms().open.peek(&realm).is_some(), "{why}");
    };
    let held = RealmServices::context(rig.cloud.realms(), &realm).await.unwrap();
    check("somebody has it").await;
    drop(held);
    rig.until_open(&clock, 1).await;
    let function = serde_json::json!({
        "FunctionName": "f", "Runtime": "provided.al2023", "Handler": "bootstrap",
        "Role": "arn:aws:iam::000000000000:role/r", "Code": { "ZipFile": PACKAGE }
    });
    rig.rest("eu-west-1", "lambda", "/2015-03-31/functions", &function).await;
    let path = "/2015-03-31/functions/f/invocations";
    let headers = [("x-amz-invocation-type", "Event")];
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let (key, region, service, method) = ("test", "eu-west-1", "lambda", "POST");
        let (status, answer) =
            rig.ask(Ask { key, region, service, method, path, headers: &headers, body: "{}" }).await;
        if status == 202 {
            break;
        }
        // Until it is ready it is refused.
        assert!(status == 409 && Instant::now() < deadline, "{answer}");
    }
    check("an event is to be run again, since no worker can be started").await;
    // It is given up after six hours.
    rig.until_open(&clock, 1).await;
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_while_a_realm_is_closed_is_answered_and_nothing_is_lost() {
    let (rig, clock) = Rig::by_hand().await;
    let mut expected = Vec::new();
    for round in 0..12 {
        let names: Vec<String> = (0..4).map(|number| format!("g{round:02}-{number}")).collect();
        let asking = join_all(names.iter().map(|name| rig.group("test", "eu-west-1", name)));
        let closing = async {
            for _ in 0..20 {
                clock.advance(IDLE);
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(asking, closing);
        expected.extend(names.iter().map(|name| group(FIRST, "eu-west-1", name)));
        rig.until_open(&clock, 1).await;
    }
    let mut seen = rig.groups("test", "eu-west-1").await;
    seen.sort();
    assert_eq!(seen, expected);
    rig.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_realms_are_open_at_once_and_those_that_nobody_uses_give_way() {
    let folder = tempfile::tempdir().unwrap();
    let (context, clock) = Context::for_test(folder.path());
    let realms = Realms::new(&context);
    let realm = |account: &str| Realm::new(AccountId::new(account), Region::new("us-west-1"));
    for number in 0..=MAX_REALMS {
        let realm = realm(&format!("{number:012}"));
        let context = context.in_realm(&realm, folder.path().join("none"));
        let uses = Uses::new(clock.monotonic());
        let (all, fronts) = (Vec::new(), Vec::new());
        let opened = Opened {
            context,
            all,
            fronts,
            logs: None,
            sqs: None,
            sns: None,
            events: None,
            lambda: None,
            apis: None,
            stacks: None,
            uses,
        };
        realms.open.insert(realm, Arc::new(opened));
    }
    let globals = Globals {
        accounts: Err("none".into()),
        s3: Err("none".into()),
        signer: cloud_sns::Signer::in_folder(folder.path()),
        engines: engine::Engines::new(Vec::new()),
    };
    realms.globals.send_replace(Some(globals));
    let check_refused = async |why: &str| {
        let refused = realms.realm(&realm("999999999999")).await.map(|_| ()).unwrap_err();
        assert_eq!((refused.code(), refused.http_status()), ("LimitExceededException", 400), "{why}");
        assert!(!folder.path().join("accounts").exists(), "and nothing was made");
    };
    check_refused("all were just used").await;
    assert!(realms.realm(&realm("000000000001")).await.is_ok(), "those that are open stay so");
    clock.advance(CROWDED);
    let held = realms.opened();
    check_refused("all are in use").await;
    drop(held);
    realms.realm(&realm("999999999999")).await.unwrap();
    assert_eq!(realms.opened().len(), MAX_REALMS + 1, "another gave way");
    assert!(realms.open.peek(&realm("000000000001")).is_some(), "the one that was used last stays");
}
