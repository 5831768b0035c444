//! boto3 and the AWS CLI against the service behind a real endpoint. Both come from PyPI; without them there is
//! nothing to run.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_cloudformation::CloudFormation;
use cloud_core::ports::{Created, ResourceProvider, ResourceRequest, Updated};
use cloud_core::{AwsError, Context, Credential, CredentialStore, Principal, SecretKey, Settings};
use cloud_wire::Endpoint;
use cloud_wire::listening::Listening;
use serde_json::{Value, json};

const KEY: &str = "AKIATESTTESTTESTTEST";
const SECRET: &str = "secretsecretsecretsecretsecretsecretsecr";

/// Types that the templates of `protocol.py` name.
const TYPES: &[&str] = &[
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage",
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
];

struct Keys(Credential);

impl CredentialStore for Keys {
    fn find(&self, access_key_id: &str) -> Option<Credential> {
        (access_key_id == KEY).then(|| self.0.clone())
    }
}

/// Makes anything; fails where the description says so.
struct Fake {
    type_name: &'static str,
    made: Mutex<Vec<String>>,
}

impl Fake {
    fn created(&self, id: &str) -> Created {
        self.made.lock().unwrap().push(id.to_owned());
        let attributes = json!({ "Arn": format!("arn:aws:iam::000000000000:role/{id}") })
            .as_object()
            .cloned()
            .unwrap_or_default();
        Created { physical_id: id.to_owned(), attributes, ref_value: None }
    }
}

#[async_trait]
impl ResourceProvider for Fake {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn effective(&self) -> &'static [&'static str] {
        &[]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        if request.text("Description") == Some("fail") {
            return Err(AwsError::new("InvalidParameterValueException", "Unzipped size must be smaller"));
        }
        let id = request.text("LogGroupName").map_or_else(|| request.generated_name(64), str::to_owned);
        Ok(self.created(&id))
    }

    async fn update(&self, id: &str, _old: &Value, request: &ResourceRequest) -> Result<Updated, AwsError> {
        if request.text("Description") == Some("fail") {
            return Err(AwsError::new("InvalidParameterValueException", "Unzipped size must be smaller"));
        }
        Ok(Updated::InPlace(self.created(id)))
    }

    async fn delete(&self, _id: &str, _properties: &Value) -> Result<(), AwsError> {
        Ok(())
    }
}

fn has_clients() -> bool {
    let found = Command::new("python3").args(["-c", "import boto3, awscli"]).output();
    found.is_ok_and(|output| output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_and_the_cli_deploy() {
    if !has_clients() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let context = Context::new(Settings::new(folder.path()));
    for type_name in TYPES {
        context.peers().add_provider(Arc::new(Fake { type_name, made: Mutex::default() }));
    }
    let service = Arc::new(CloudFormation::open(context.clone()).await.unwrap());
    let principal = Principal::root(context.account());
    let credential =
        Credential { secret: SecretKey::new(SECRET), session_token: None, expires: None, principal };
    let endpoint = Endpoint::new(context, Arc::new(Keys(credential))).with_service(service);
    let endpoint = Listening::start(endpoint).await.unwrap();
    let url = endpoint.url();
    let output = tokio::task::spawn_blocking(move || {
        Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protocol.py"))
            .env("AWS_ENDPOINT_URL", url)
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
    });
    let output = output.await.unwrap().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
