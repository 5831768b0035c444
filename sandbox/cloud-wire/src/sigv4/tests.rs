//! Signatures made by the AWS SDK's own signer are accepted; with any bit flipped they are not.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use cloud_core::{AccountId, Credential, Principal, SecretKey};
use http::Request;
use proptest::prelude::*;

use super::*;
use crate::model::Protocol;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap()
}

fn credential(token: Option<&str>) -> Credential {
    Credential {
        secret: SecretKey::new(SECRET),
        session_token: token.map(str::to_owned),
        expires: None,
        principal: Principal::root(&AccountId::default()),
    }
}

struct Example {
    service: &'static str,
    method: &'static str,
    uri: String,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static [u8],
    token: Option<&'static str>,
    presign: bool,
}

impl Example {
    fn of(service: &'static str, method: &'static str, uri: &str) -> Self {
        let uri = format!("http://localhost:4566{uri}");
        Self { service, method, uri, headers: Vec::new(), body: b"", token: None, presign: false }
    }

    /// The head of the request as the SDK's signer sends it.
    fn signed(&self) -> Head {
        self.signed_with(SECRET, "us-east-1", now())
    }

    fn signed_with(&self, secret: &str, region: &str, time: Timestamp) -> Head {
        let identity =
            Credentials::new("AKIDEXAMPLE", secret, self.token.map(str::to_owned), None, "test").into();
        let mut settings = SigningSettings::default();
        if self.service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        if self.presign {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(std::time::Duration::from_mins(15));
        }
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(self.service)
            .time(SystemTime::from(time))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let headers = self.headers.iter().copied().chain([("host", "localhost:4566")]);
        let body = if self.presign && self.service == "s3" {
            SignableBody::UnsignedPayload
        } else {
            SignableBody::Bytes(self.body)
        };
        let signable = SignableRequest::new(self.method, &self.uri, headers.clone(), body).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let mut request = Request::builder().method(self.method).uri(&self.uri);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(()).unwrap();
        instructions.apply_to_request_http1x(&mut request);
        let path = request.uri().path_and_query().unwrap().as_str().parse().unwrap();
        *request.uri_mut() = path;
        Head::of(&request, None).unwrap()
    }
}

fn accept(head: &Head, body: &[u8], token: Option<&str>) -> Result<(), Refusal> {
    let authorization = Authorization::of(head)?;
    let credential = credential(token);
    authorization.admit(&credential, now())?;
    let verified = authorization.verify(head, &credential, &hex::encode(Sha256::digest(body)));
    verified.map_err(|refusal| match refusal {
        Refusal::Mismatch(_) => Refusal::mismatch(),
        other => other,
    })?;
    match &authorization.payload {
        Payload::Digest(stated) if *stated != hex::encode(Sha256::digest(body)) => {
            Err(Refusal::PayloadMismatch)
        }
        _ => Ok(()),
    }
}

fn check(example: &Example) {
    assert_eq!(accept(&example.signed(), example.body, example.token), Ok(()), "{}", example.uri);
}

/// What was derived for a request proves another only where both are of one secret, date, region and service.
#[test]
fn a_key_that_was_kept_proves_what_it_was_derived_for() {
    let with = |secret: &str| Credential { secret: SecretKey::new(secret), ..credential(None) };
    let credentials = [with(SECRET), with("other")];
    let mut requests = Vec::new();
    for secret in [SECRET, "other"] {
        for (service, region, days) in [
            ("logs", "us-east-1", 0),
            ("sts", "us-east-1", 0),
            ("logs", "eu-west-1", 0),
            ("logs", "us-east-1", 1),
        ] {
            let time = now() + SignedDuration::from_hours(24 * days);
            requests.push((secret, Example::of(service, "POST", "/").signed_with(secret, region, time)));
        }
    }
    let proves = |head: &Head, credential: &Credential| {
        let digest = hex::encode(Sha256::digest(b""));
        Authorization::of(head).unwrap().verify(head, credential, &digest).is_ok()
    };
    for (secret, head) in
        requests.iter().flat_map(|first| requests.iter().flat_map(move |next| [first, next]))
    {
        for credential in &credentials {
            assert_eq!(proves(head, credential), credential.secret.expose() == *secret);
        }
    }
    let (fresh, scope) = (with(SECRET), "20260101/us-east-1/logs/aws4_request");
    assert!(
        !proves(&requests[4].1, &fresh) && fresh.secret.derived(scope).is_none(),
        "nothing is kept unproven"
    );
    assert!(proves(&requests[0].1, &fresh) && fresh.secret.derived(scope).is_some());
}

#[test]
fn the_sdks_signatures_are_accepted() {
    check(&Example {
        headers: vec![
            ("x-amz-target", "Logs_20140328.DescribeLogGroups"),
            ("content-type", "application/x-amz-json-1.1"),
        ],
        body: b"{}",
        ..Example::of("logs", "POST", "/")
    });
    check(&Example::of(
        "lambda",
        "GET",
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Ax/versions?Marker=a%2Bb&MaxItems=10&empty=",
    ));
    check(&Example::of("apigateway", "GET", "/v2/tags/arn%3Aaws%3Aapigateway?tagKeys=b&tagKeys=a"));
    check(&Example::of("s3", "PUT", "/bucket/a//b/../c%20d/%2F%28x%29~?uploads"));
    check(&Example {
        body: b"data",
        headers: vec![("x-amz-meta-a", "  two   words ")],
        ..Example::of("s3", "PUT", "/bucket/key")
    });
    check(&Example { token: Some("the+token/="), ..Example::of("sts", "POST", "/") });
    check(&Example { presign: true, ..Example::of("s3", "GET", "/bucket/a%20key?versionId=1") });
    check(&Example {
        presign: true,
        token: Some("the+token/="),
        ..Example::of("sts", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15")
    });
}

#[test]
fn clocks_may_differ_by_a_quarter_of_an_hour() {
    let head = Example::of("sts", "POST", "/").signed();
    let authorization = Authorization::of(&head).unwrap();
    let admit = |minutes: i64| {
        let now = now().saturating_add(SignedDuration::from_mins(minutes)).unwrap();
        authorization
            .admit(&credential(None), now)
            .map_err(|refusal| refusal.into_error(Protocol::Query).to_string())
    };
    assert_eq!(admit(14), Ok(()));
    assert_eq!(admit(-14), Ok(()));
    expect_test::expect!["SignatureDoesNotMatch: Signature expired: 20260101T000000Z is now earlier than 20260101T000100Z (20260101T001600Z - 15 min.)"].assert_eq(&admit(16).unwrap_err());
    expect_test::expect!["SignatureDoesNotMatch: Signature not yet current: 20260101T000000Z is still later than 20251231T235900Z (20251231T234400Z + 15 min.)"].assert_eq(&admit(-16).unwrap_err());
}

#[test]
fn tokens_must_be_the_keys_own() {
    let with = Example { token: Some("token"), ..Example::of("sts", "POST", "/") }.signed();
    assert_eq!(accept(&with, b"", Some("token")), Ok(()));
    assert_eq!(accept(&with, b"", Some("other")), Err(Refusal::TokenInvalid));
    assert_eq!(accept(&with, b"", None), Err(Refusal::TokenInvalid));
    let without = Example::of("sts", "POST", "/").signed();
    assert_eq!(accept(&without, b"", Some("token")), Err(Refusal::TokenInvalid));
}

fn refused(change: impl FnOnce(&mut Head)) -> String {
    let mut head = Example::of("sts", "POST", "/").signed();
    change(&mut head);
    match accept(&head, b"", None) {
        Ok(()) => "accepted".into(),
        Err(refusal) => refusal.into_error(Protocol::Query).code().to_owned(),
    }
}

#[test]
fn garbled_and_ambiguous_requests_are_refused() {
    let set = |name: &'static str, value: &'static str| {
        move |head: &mut Head| {
            head.headers.insert(name, value.parse().unwrap());
        }
    };
    assert_eq!(refused(|head| drop(head.headers.remove("authorization"))), "MissingAuthenticationToken");
    assert_eq!(refused(set("authorization", "")), "IncompleteSignature");
    assert_eq!(refused(set("authorization", "AWS4-HMAC-SHA256 Credential=x")), "IncompleteSignature");
    assert_eq!(refused(set("authorization", "Basic eDp5")), "IncompleteSignature");
    assert_eq!(
        refused(|head| assert!(head.headers.append("authorization", "x".parse().unwrap()))),
        "IncompleteSignature"
    );
    assert_eq!(
        refused(|head| head.query.push(("X-Amz-Signature".into(), "x".into()))),
        "IncompleteSignature"
    );
    assert_eq!(refused(|head| drop(head.headers.remove("x-amz-date"))), "IncompleteSignature");
    assert_eq!(refused(set("x-amz-date", "20260102T000000Z")), "SignatureDoesNotMatch");
    assert_eq!(refused(set("x-amz-target", "Other.Operation")), "SignatureDoesNotMatch");
    assert_eq!(refused(set("host", "localhost:4567")), "SignatureDoesNotMatch");
    assert_eq!(refused(|head| head.method = http::Method::PUT), "SignatureDoesNotMatch");
    assert_eq!(refused(|head| head.path = "/x".into()), "SignatureDoesNotMatch");
    assert_eq!(refused(|head| head.raw_query = "a=b".into()), "SignatureDoesNotMatch");
}

fn flip(bytes: &mut [u8], bit: usize) -> bool {
    let index = (bit / 8) % bytes.len();
    if let Some(byte) = bytes.get_mut(index) {
        *byte ^= 1 << (bit % 8);
    }
    bytes.iter().all(|byte| (0x21..0x7f).contains(byte))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn any_flipped_bit_is_refused(part in 0_usize..5, bit in 0_usize..8192) {
        let example = Example {
            headers: vec![("x-amz-target", "Logs_20140328.DescribeLogGroups")],
            body: b"{\"limit\":1}",
            ..Example::of("logs", "POST", "/some/path?a=b&c=d")
        };
        let mut head = example.signed();
        let mut body = example.body.to_vec();
        let changed = match part {
            0 => { flip(&mut body, bit); true }
            1 => {
                let mut path = head.path.clone().into_bytes();
                let printable = flip(&mut path, bit);
                head.path = String::from_utf8_lossy(&path).into_owned();
                printable
            }
            2 => {
                let mut query = head.raw_query.clone().into_bytes();
                let printable = flip(&mut query, bit);
                head.raw_query = String::from_utf8_lossy(&query).into_owned();
                printable
            }
            _ => {
                let names: Vec<_> = head.headers.keys().cloned().collect();
                let name = names.get(bit % names.len()).unwrap().clone();
                let mut value = head.headers.get(&name).unwrap().as_bytes().to_vec();
                let printable = flip(&mut value, bit / names.len());
                // The case of a hexadecimal digit says nothing.
                let same = value.eq_ignore_ascii_case(head.headers.get(&name).unwrap().as_bytes());
                if printable && !same {
                    head.headers.insert(name, http::HeaderValue::from_bytes(&value).unwrap());
                }
                printable && !same
            }
        };
        prop_assert!(!changed || accept(&head, &body, None).is_err());
    }
}

proptest! {
    #[test]
    fn garbage_is_refused_without_a_panic(
        header in "(AWS4-HMAC-SHA256 )?(Credential=|SignedHeaders=|Signature=|[a-z0-9/,;=% ]){0,12}",
        query in "(X-Amz-[A-Z][a-z]{3,12}=|[A-Za-z0-9%&=+/]){0,20}",
        stamp in "[0-9TZ\\u{e9}]{0,17}",
    ) {
        let mut head = Example::of("sts", "POST", "/").signed();
        for (name, value) in [("authorization", &header), ("x-amz-date", &stamp)] {
            if let Ok(value) = http::HeaderValue::from_bytes(value.as_bytes()) {
                head.headers.insert(name, value);
            }
        }
        head.query = crate::percent::pairs(&query).unwrap_or_default();
        head.raw_query = query;
        prop_assert!(accept(&head, b"", None).is_err());
    }
}

/// An address as botocore presigns it by version 2.
fn presigned_by_version_2(method: &str, path: &str, more: &str) -> Head {
    let expires = (now() + SignedDuration::from_mins(1)).as_second();
    let uri = format!("{path}?AWSAccessKeyId=AKIDEXAMPLE&Expires={expires}{more}");
    let request = |uri: &str| Request::builder().method(method).uri(uri).body(()).unwrap();
    let head = Head::of(&request(&uri), None).unwrap();
    let signature = BASE64.encode(old::signature(&old::text(&head, &expires.to_string()), &credential(None)));
    let signature = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    Head::of(&request(&format!("{uri}&Signature={signature}")), None).unwrap()
}

#[test]
fn version_2_signs_as_botocore_does() {
    let request = Request::builder().uri("/photos/puppy.jpg").body(()).unwrap();
    let mut head = Head::of(&request, None).unwrap();
    head.routed_path = "/johnsmith/photos/puppy.jpg".into();
    for (query, signature) in
        [("", "luKPPctR8AZpKKgcvugTk7u3uAU="), ("text/plain", "g9Cr3LV/2XJNyzP8WNiKpjRZjrw=")]
    {
        head.query.extend((!query.is_empty()).then(|| ("response-content-type".into(), query.into())));
        assert_eq!(
            BASE64.encode(old::signature(&old::text(&head, "1175139620"), &credential(None))),
            signature
        );
    }
}

#[test]
fn version_2_is_taken_for_what_it_signs_only() {
    let head = presigned_by_version_2("GET", "/bucket/key", "&response-content-type=text%2Fplain");
    assert_eq!(accept(&head, b"", None), Ok(()));
    let other = Head { routed_path: "/bucket/other".into(), ..head.clone() };
    assert_eq!(accept(&other, b"", None), Err(Refusal::mismatch()));
    let other = Head { method: http::Method::PUT, ..head.clone() };
    assert_eq!(accept(&other, b"", None), Err(Refusal::mismatch()));
    let mut other = head.clone();
    other.headers.insert("x-amz-copy-source", "bucket/secret".parse().unwrap());
    assert_eq!(accept(&other, b"", None), Err(Refusal::mismatch()));
    let unsigned = presigned_by_version_2("GET", "/bucket", "&publicAccessBlock");
    assert_eq!(accept(&unsigned, b"", None), Err(Refusal::OldVersion));
    let doubled = presigned_by_version_2("GET", "/bucket/key", "&Expires=9999999999");
    assert_eq!(accept(&doubled, b"", None), Err(Refusal::Ambiguous));
    let authorization = Authorization::of(&head).unwrap();
    let later = now() + SignedDuration::from_mins(2);
    let refused = authorization.admit(&credential(None), later);
    assert!(matches!(refused, Err(Refusal::PresignedExpired { seconds: None, .. })), "{refused:?}");
}
