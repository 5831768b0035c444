//! Other regions and accounts than the endpoint's own, and keys that nobody proves.

use cloud_core::{InUse, Realm};
use cloud_wire::{Claims, RealmServices};
use tokio::sync::Mutex;

use super::*;

/// Says in whose realm it is, and which were asked for.
#[derive(Default)]
struct Realms(Mutex<Vec<Realm>>);

struct Elsewhere(Realm);

impl Service for Elsewhere {
    fn model(&self) -> &'static ServiceModel {
        &kv::MODEL
    }

    fn call<'a>(
        &'a self,
        _: &str,
        caller: &'a Caller,
        _: cloud_wire::Input,
    ) -> Option<cloud_wire::service::Pending<'a>> {
        assert_eq!((&caller.account, &caller.region), (&self.0.account, &self.0.region));
        let text = format!("{} as {} {}", self.0, caller.arn, caller.trace).trim_end().to_owned();
        Some(Box::pin(async move { Err(AwsError::new("There", text)) }))
    }
}

struct Named(&'static str);

#[async_trait]
impl PublicFront for Named {
    fn claims_host(&self, host: &str) -> bool {
        Front.claims_host(host)
    }

    fn claims_path(&self, _: &str) -> bool {
        false
    }

    fn has(&self, request: &http::request::Parts) -> bool {
        request.headers.get("host").is_some_and(|host| host.to_str().unwrap().starts_with(self.0))
    }

    async fn answer(&self, _: Request<Body>, _: Option<std::net::IpAddr>, _: &RequestId) -> Response<Body> {
        Response::new(Bytes::from_static(self.0.as_bytes()).into())
    }
}

#[async_trait]
impl RealmServices for Realms {
    async fn service(
        &self,
        model: &ServiceModel,
        realm: &Realm,
    ) -> Result<(Arc<dyn Service>, InUse), AwsError> {
        assert_eq!(model.id, "kv");
        self.0.lock().await.push(realm.clone());
        Ok((Arc::new(Elsewhere(realm.clone())), InUse::by(Arc::new(()))))
    }

    async fn context(&self, _: &Realm) -> Result<(Context, InUse), AwsError> {
        Err(AwsError::new("None", "not asked for here"))
    }

    async fn front(
        &self,
        request: &http::request::Parts,
        claims: Claims<'_>,
    ) -> Option<(Arc<dyn PublicFront>, InUse)> {
        let mut all = [Named("abc"), Named("abd")].into_iter();
        let front = all.find(|front| claims(front) && front.has(request))?;
        Some((Arc::new(front), InUse::by(Arc::new(()))))
    }
}

const ECHO: [(&str, &str); 2] =
    [("x-amz-target", "Kv_1.Echo"), ("content-type", "application/x-amz-json-1.1")];

impl Cloud {
    async fn echo(&self, region: &str, secret: &str) -> String {
        let body = br#"{"Text":"hi"}"#;
        self.raw(&self.signed_in((region, secret), "kv", "POST", "/", &ECHO, body)).await
    }

    /// The same with that key, unproven and signed long ago.
    async fn claimed(&self, key: &str, region: &str) -> String {
        let body = r#"{"Text":"hi"}"#;
        let request = format!(
            "POST / HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\ncontent-length: {}\r\n\
             x-amz-target: Kv_1.Echo\r\ncontent-type: application/x-amz-json-1.1\r\nx-amz-date: 20000101T000000Z\r\n\
             x-amzn-trace-id: Root=1-a-b;Lineage=a87bd80c:1\r\n\
             authorization: AWS4-HMAC-SHA256 Credential={key}/20000101/{region}/kv/aws4_request, SignedHeaders=host, \
             Signature={}\r\n\r\n{body}",
            self.port,
            body.len(),
            "0".repeat(64)
        );
        self.raw(request.as_bytes()).await
    }
}

#[tokio::test]
async fn a_realm_is_asked_for_by_who_has_signed_for_it() {
    let realms = Arc::new(Realms::default());
    let cloud = Cloud::built(64 << 20, |endpoint| endpoint.with_realms(realms.clone())).await;
    check(&cloud.echo("us-east-1", "secret").await, "200", r#"{"Text":"hi"}"#);
    check(&cloud.echo("eu-west-1", "wrong").await, "403", "");
    check(&cloud.echo("mars-east-1", "secret").await, "403", "");
    assert_eq!(*realms.0.lock().await, [], "nobody has proven that he may");
    let there = "000000000000 in eu-west-1 as arn:aws:iam::000000000000:root\"}";
    check(&cloud.echo("eu-west-1", "secret").await, "400", there);
    let there = "000000000000 in cn-north-1 as arn:aws-cn:iam::000000000000:root\"}";
    check(&cloud.echo("cn-north-1", "secret").await, "400", there);
    let seen = realms.0.lock().await.clone();
    let regions: Vec<&str> = seen.iter().map(|realm| realm.region.as_str()).collect();
    assert_eq!(regions, ["eu-west-1", "cn-north-1"]);
}

#[tokio::test]
async fn where_every_key_is_accepted_twelve_digits_are_an_account() {
    let realms = Arc::new(Realms::default());
    let account = AccountId::new("333333333333");
    let of_any = |endpoint: Endpoint| endpoint.with_realms(realms.clone()).with_any_key(account);
    let cloud = Cloud::built(64 << 20, of_any).await;
    check(&cloud.claimed("AKIATEST", "us-east-1").await, "200", r#"{"Text":"hi"}"#);
    let check_there = async |key: &str, region: &str, account: &str| {
        let there =
            format!("{account} in {region} as arn:aws:iam::{account}:root Root=1-a-b;Lineage=a87bd80c:1\"}}");
        check(&cloud.claimed(key, region).await, "400", &there);
    };
    check_there("222222222222", "us-east-1", "222222222222").await;
    check_there("test", "us-east-1", "333333333333").await;
    check_there("22222222222", "eu-west-1", "333333333333").await;
    check_there("AKIATEST", "eu-west-1", "000000000000").await;
    check(&cloud.claimed("test", "mars-east-1").await, "403", "");
    assert_eq!(
        realms.0.lock().await.first(),
        Some(&Realm::new(AccountId::new("222222222222"), Region::default()))
    );
    let gone = "/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=x%2F20000101%2Fus-east-1%2Fs3%2F\
                aws4_request&X-Amz-Date=20000101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=";
    let request = format!(
        "GET {gone}{} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n\r\n",
        "0".repeat(64),
        cloud.port
    );
    let answer = cloud.raw(request.as_bytes()).await;
    assert!(answer.contains("Request has expired"), "an address is good for as long as it says: {answer}");
}

#[tokio::test]
async fn a_stranger_reaches_what_is_asked_for_whatever_its_realm() {
    let realms = Arc::new(Realms::default());
    let cloud = Cloud::built(64 << 20, |endpoint| endpoint.with_realms(realms)).await;
    let get = async |host: &str| {
        let request = format!(
            "GET /x HTTP/1.1\r\nhost: {host}.execute-api.localhost:{}\r\nconnection: close\r\n\r\n",
            cloud.port
        );
        cloud.raw(request.as_bytes()).await
    };
    check(&get("abc").await, "200", "abc");
    check(&get("abd").await, "200", "abd");
    check(&get("abe").await, "200", "front /x");
}
