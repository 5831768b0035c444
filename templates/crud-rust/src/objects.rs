//! Items as objects of a bucket of S3, with few crates beside an HTTP client. Where the time to compile it does not matter,
//! `aws-sdk-s3` does the same.

use std::{env, fmt, time::Duration};

use hmac::{Hmac, Mac};
use reqwest::{Client, Method, Response, Url};
use sha2::{Digest, Sha256};
use time::{OffsetDateTime, macros::format_description};

use crate::api::Item;

/// What a write is to find.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The object with this ETag.
    Is(String),
    /// No object.
    Absent,
}

/// What came of a write.
#[derive(Debug)]
pub(crate) enum Written {
    /// It has this ETag.
    Done(String),
    /// By a status of 404, 409 or 412.
    Refused(u16),
}

/// Where items lie.
pub(crate) trait Objects {
    /// An item and its ETag.
    async fn get(&self, key: &str) -> Result<Option<(Item, String)>, Unexpected>;
    /// Writes under a condition, in one step.
    async fn put(&self, key: &str, item: &Item, condition: &Condition) -> Result<Written, Unexpected>;
    /// Deletes what has this ETag. The status, if it was refused.
    async fn delete(&self, key: &str, expected: &str) -> Result<Option<u16>, Unexpected>;
    /// A page of keys and the token of the next one; none for a token that is none.
    async fn list(
        &self,
        prefix: &str,
        count: usize,
        token: Option<&str>,
    ) -> Result<Option<(Vec<String>, Option<String>)>, Unexpected>;
}

/// What should not have happened.
#[derive(Debug)]
pub(crate) struct Unexpected(String);

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unexpected {}

fn unexpected(error: impl fmt::Display) -> Unexpected {
    Unexpected(error.to_string())
}

/// A bucket of S3.
pub(crate) struct Bucket {
    client: Client,
    base: String,
    region: String,
    key_id: String,
    secret: String,
    token: Option<String>,
}

impl Bucket {
    /// What Lambda says in the environment.
    pub(crate) fn from_environment() -> Result<Self, Unexpected> {
        let get = |name: &str| env::var(name).map_err(|error| Unexpected(format!("{name}: {error}")));
        let (name, region) = (get("BUCKET")?, get("AWS_REGION")?);
        let base = match env::var("AWS_ENDPOINT_URL") {
            // Cumulo says where its cloud is; on AWS a bucket has a host of its own.
            Ok(endpoint) => format!("{endpoint}/{name}"),
            Err(_) => format!("https://{name}.s3.{region}.amazonaws.com"),
        };
        Ok(Self {
            client: Client::builder().timeout(Duration::from_secs(8)).build().map_err(unexpected)?,
            base,
            region,
            key_id: get("AWS_ACCESS_KEY_ID")?,
            secret: get("AWS_SECRET_ACCESS_KEY")?,
            token: env::var("AWS_SESSION_TOKEN").ok(),
        })
    }

    async fn ask(
        &self,
        method: Method,
        key: &str,
        query: &[(&str, &str)],
        condition: Option<(&str, &str)>,
        body: Vec<u8>,
    ) -> Result<Response, Unexpected> {
        let mut url = Url::parse(&format!("{}/{key}", self.base)).map_err(unexpected)?;
        if !query.is_empty() {
            let mut pairs: Vec<_> =
                query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
            pairs.sort();
            url.set_query(Some(&pairs.join("&")));
        }
        let mut headers: Vec<(&str, String)> =
            condition.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        self.sign(&method, &url, &mut headers, &body);
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send().await.map_err(unexpected)
    }

    /// Adds a signature of version 4 to the headers.
    fn sign(&self, method: &Method, url: &Url, headers: &mut Vec<(&str, String)>, body: &[u8]) {
        let format = format_description!("[year][month][day]T[hour][minute][second]Z");
        let now = OffsetDateTime::now_utc().format(format).unwrap_or_default();
        let digest = hex(&Sha256::digest(body));
        headers.push(("x-amz-date", now.clone()));
        headers.push(("x-amz-content-sha256", digest.clone()));
        headers.extend(self.token.clone().map(|token| ("x-amz-security-token", token)));
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let mut signed: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        signed.push(("host", &host));
        signed.sort();
        let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines: String = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let query = url.query().unwrap_or_default();
        let request = [method.as_str(), url.path(), query, &lines, &names, &digest].join("\n");
        let day = now.get(..8).unwrap_or_default();
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = ["AWS4-HMAC-SHA256", &now, &scope, &hex(&Sha256::digest(request))].join("\n");
        let first = format!("AWS4{}", self.secret).into_bytes();
        let signature = scope.split('/').chain([text.as_str()]).fold(first, |key, part| hmac(&key, part));
        let (credential, signature) = (format!("{}/{scope}", self.key_id), hex(&signature));
        let value =
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}");
        headers.push(("authorization", value));
    }
}

impl Objects for Bucket {
    async fn get(&self, key: &str) -> Result<Option<(Item, String)>, Unexpected> {
        let response = self.ask(Method::GET, key, &[], None, Vec::new()).await?;
        if response.status() == 404 {
            return Ok(None);
        }
        let (etag, body) = (etag(&response), expected(response, &[200]).await?);
        Ok(Some((serde_json::from_str(&body).map_err(unexpected)?, etag)))
    }

    async fn put(&self, key: &str, item: &Item, condition: &Condition) -> Result<Written, Unexpected> {
        let condition = match condition {
            Condition::Is(etag) => ("if-match", etag.as_str()),
            Condition::Absent => ("if-none-match", "*"),
        };
        let body = serde_json::to_vec(item).map_err(unexpected)?;
        let response = self.ask(Method::PUT, key, &[], Some(condition), body).await?;
        let (status, etag) = (response.status().as_u16(), etag(&response));
        expected(response, &[200, 404, 409, 412]).await?;
        Ok(if status == 200 { Written::Done(etag) } else { Written::Refused(status) })
    }

    async fn delete(&self, key: &str, etag: &str) -> Result<Option<u16>, Unexpected> {
        let response = self.ask(Method::DELETE, key, &[], Some(("if-match", etag)), Vec::new()).await?;
        let status = response.status().as_u16();
        expected(response, &[204, 404, 409, 412]).await?;
        Ok((status != 204).then_some(status))
    }

    async fn list(
        &self,
        prefix: &str,
        count: usize,
        token: Option<&str>,
    ) -> Result<Option<(Vec<String>, Option<String>)>, Unexpected> {
        let count = count.to_string();
        let mut query = vec![("list-type", "2"), ("prefix", prefix), ("max-keys", &count)];
        query.extend(token.map(|token| ("continuation-token", token)));
        let response = self.ask(Method::GET, "", &query, None, Vec::new()).await?;
        if response.status() == 400 && token.is_some() {
            return Ok(None);
        }
        let body = expected(response, &[200]).await?;
        Ok(Some((texts(&body, "Key"), texts(&body, "NextContinuationToken").pop())))
    }
}

fn etag(response: &Response) -> String {
    let etag = response.headers().get("etag").and_then(|etag| etag.to_str().ok());
    etag.unwrap_or_default().to_owned()
}

/// The body, if the status is among these.
async fn expected(response: Response, expected: &[u16]) -> Result<String, Unexpected> {
    let status = response.status();
    let body = response.text().await.map_err(unexpected)?;
    if expected.contains(&status.as_u16()) {
        return Ok(body);
    }
    Err(Unexpected(format!("S3 answered {status}: {body}")))
}

/// The texts of all elements of that name.
fn texts(document: &str, name: &str) -> Vec<String> {
    let (opens, closes) = (format!("<{name}>"), format!("</{name}>"));
    let inside = document.split(opens.as_str()).skip(1).filter_map(|rest| rest.split(closes.as_str()).next());
    let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    inside.map(|text| names.iter().fold(text.to_owned(), |text, (name, is)| text.replace(name, is))).collect()
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
