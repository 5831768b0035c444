//! Tokens of pages, asked of every list of every service: a text that none was made of is refused in the service's words, a
//! place in a list that somebody made up is answered or refused, and what was made leads through all of the list.

use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cloud_core::{AwsError, Context};
use cloud_wire::{Operation, Service, direct};
use engine::Engines;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;

use crate::draw::Draw;

/// Pages of a list at most.
const MOST: usize = 20;

/// A cloud with three of everything.
struct Cloud {
    runtime: Runtime,
    context: Context,
    services: Vec<Arc<dyn Service>>,
    lists: Vec<List>,
}

/// A list that is answered in pages.
struct List {
    service: Arc<dyn Service>,
    operation: &'static Operation,
    /// What names it.
    input: Map<String, Value>,
    /// A token of it, where it has more than one page.
    token: Option<String>,
}

static CLOUD: LazyLock<Mutex<Cloud>> = LazyLock::new(|| Mutex::new(Cloud::open()));

/// A byte that chooses the list, one that says how its token is made, and what it is made of.
pub(crate) fn run(data: &[u8]) -> bool {
    let mut from = Draw(data);
    let cloud = CLOUD.lock().unwrap_or_else(PoisonError::into_inner);
    let (list, how) = (&cloud.lists[from.below(cloud.lists.len())], from.byte());
    let Ok(text) = std::str::from_utf8(from.0) else { return false };
    match (how % 3, &list.token) {
        (0, _) => cloud.refuses(list, text),
        (1, Some(token)) => {
            let mut changed = token.clone().into_bytes();
            for change in text.bytes().take(4) {
                let at = usize::from(how).wrapping_mul(usize::from(change)) % changed.len();
                changed[at] = b"AZaz09-_"[usize::from(change) % 8];
            }
            let changed = String::from_utf8(changed).expect("letters are text");
            if changed != *token {
                cloud.refuses(list, &changed);
            }
        }
        _ => cloud.takes_or_refuses(list, text),
    }
    true
}

impl Cloud {
    fn open() -> Self {
        // It stays until the process ends.
        let folder = tempfile::tempdir().expect("a folder is made").keep();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime is made");
        let (context, services) = runtime.block_on(open(&folder));
        let mut cloud = Self { runtime, context, services, lists: Vec::new() };
        cloud.furnish();
        for service in cloud.services.clone() {
            let paged = service.model().operations.iter().filter(|operation| operation.paging.is_some());
            for operation in paged {
                let list =
                    List { service: Arc::clone(&service), operation, input: named(operation), token: None };
                let token = cloud.walk(&list);
                cloud.lists.push(List { token, ..list });
            }
        }
        assert!(cloud.lists.len() > 30, "there are more lists than {}", cloud.lists.len());
        let long = cloud.lists.iter().filter(|list| list.token.is_some()).count();
        assert!(long > 8, "only {long} lists have several pages");
        cloud
    }

    fn ask(
        &self,
        service: &Arc<dyn Service>,
        operation: &'static Operation,
        input: &Value,
    ) -> Result<Value, AwsError> {
        self.runtime.block_on(direct::ask(&self.context, &**service, operation, input))
    }

    fn ask_with(&self, list: &List, token: &str) -> Result<Value, AwsError> {
        let mut input = list.input.clone();
        let paging = list.operation.paging.expect("it has pages");
        input.insert(paging.input.to_owned(), token.into());
        self.ask(&list.service, list.operation, &Value::Object(input))
    }

    /// It is none of the list's tokens.
    fn refuses(&self, list: &List, token: &str) {
        let name = list.operation.name;
        let refused = self.ask_with(list, token);
        let error = refused.err().unwrap_or_else(|| panic!("{name} takes {token:?}"));
        let wanted = list.service.model().wrong_token.error(&[]);
        let told =
            |error: &AwsError| (error.code().to_owned(), error.http_status(), error.message().to_owned());
        assert_eq!(told(&error), told(&wanted), "{name} of {token:?}");
    }

    /// Whoever makes one up names a place in a list that is his to read anyway.
    fn takes_or_refuses(&self, list: &List, position: &str) {
        let token = self.sealed(list, position);
        match self.ask_with(list, &token) {
            Ok(answer) => assert!(answer.is_object(), "{}: {answer}", list.operation.name),
            Err(error) => {
                let status = error.http_status();
                assert!(
                    (400..500).contains(&status),
                    "{} of {position:?}: {status} {error}",
                    list.operation.name
                );
            }
        }
    }

    /// The token of a place, made as the wire makes it.
    fn sealed(&self, list: &List, position: &str) -> String {
        let model = list.service.model();
        let paging = list.operation.paging.expect("it has pages");
        let mut seal = Sha256::new();
        let mut feed = |text: &str| {
            seal.update((text.len() as u64).to_le_bytes());
            seal.update(text);
        };
        for text in
            [self.context.account().as_str(), self.context.region().as_str(), model.id, list.operation.name]
        {
            feed(text);
        }
        for member in list.operation.input.members() {
            let said = list.input.get(member.name).and_then(Value::as_str);
            if let Some(said) = said.filter(|_| !paging.apart.contains(&member.name)) {
                feed(member.name);
                feed(said);
            }
        }
        feed(position);
        let seal = seal.finalize();
        BASE64.encode([&seal[..12], position.as_bytes()].concat())
    }

    /// Goes through a list a thing at a time, which is all of it, each once. The first token, where there is one.
    fn walk(&self, list: &List) -> Option<String> {
        let paging = list.operation.paging.expect("it has pages");
        let whole = self.ask(&list.service, list.operation, &Value::Object(list.input.clone())).ok()?;
        let mut input = list.input.clone();
        let size = paging
            .apart
            .iter()
            .find(|name| ["Max", "Limit", "limit"].iter().any(|of| name.starts_with(of)))?;
        input.insert((*size).to_owned(), 1.into());
        let (mut first, mut pages) = (None, Vec::new());
        while pages.len() < MOST {
            let answer = self.ask(&list.service, list.operation, &Value::Object(input.clone()));
            // Some take no page of one.
            let Ok(answer) = answer else {
                assert!(pages.is_empty(), "{} does not take its own token: {answer:?}", list.operation.name);
                return None;
            };
            let next = answer.get(paging.output).and_then(Value::as_str).map(str::to_owned);
            pages.push(answer);
            let Some(next) = next else { break };
            if pages.len() == 1 {
                let again = self.sealed_like(list, &next);
                assert_eq!(again, next, "{} makes its tokens in another way", list.operation.name);
            }
            first.get_or_insert_with(|| next.clone());
            input.insert(paging.input.to_owned(), next.into());
        }
        let items = |answer: &Value| -> usize {
            let lists = answer.as_object().into_iter().flatten().filter_map(|(_, member)| member.as_array());
            lists.map(Vec::len).sum()
        };
        let count: usize = pages.iter().map(items).sum();
        assert_eq!(count, items(&whole), "{}: {pages:?}\n{whole}", list.operation.name);
        first
    }

    /// A token that was made, made again of the place that is in it.
    fn sealed_like(&self, list: &List, token: &str) -> String {
        let bytes = BASE64.decode(token).expect("a token is base64");
        self.sealed(list, std::str::from_utf8(&bytes[12..]).expect("a place is a text"))
    }

    fn furnish(&self) {
        for (service, operation, input) in FURNITURE {
            for number in 0..3 {
                let service = self.services.iter().find(|known| known.model().id == *service).expect(service);
                let operation = service.model().operation(operation).expect(operation);
                let made = self.ask(service, operation, &input(number));
                // What is not numbered is there already.
                assert!(made.is_ok() || number > 0, "{}: {made:?}", operation.name);
            }
        }
    }
}

async fn open(folder: &Path) -> (Context, Vec<Arc<dyn Service>>) {
    let (context, _) = Context::for_test(folder);
    let gateway = cloud_apigateway::ApiGateway::open(context.clone()).await.expect("APIs");
    let services: Vec<Arc<dyn Service>> = vec![
        cloud_sns::open(&context, cloud_sns::Signer::in_folder(context.data_dir())).await.expect("topics"),
        cloud_sqs::open(&context).await.expect("queues"),
        cloud_events::open(&context).await.expect("buses"),
        cloud_logs::open(&context).await.expect("logs"),
        Arc::new(
            cloud_lambda::Lambda::open(context.clone(), Engines::new(Vec::new())).await.expect("functions"),
        ),
        Arc::new(cloud_cloudformation::CloudFormation::open(context.clone()).await.expect("stacks")),
        Arc::new(cloud_s3::S3::open(context.clone()).await.expect("buckets")),
        Arc::new(cloud_apigateway::RestControl(gateway.clone())),
        Arc::new(gateway),
    ];
    (context, services)
}

/// What names a list: its required members.
fn named(operation: &Operation) -> Map<String, Value> {
    let required = operation.input.members().iter().filter(|member| member.required);
    let value = |name: &str| match name {
        "TopicArn" => "arn:aws:sns:us-east-1:000000000000:t0",
        "TargetArn" => "arn:aws:sqs:us-east-1:000000000000:q0",
        "QueueUrl" => "http://localhost:4566/000000000000/q0",
        "CodeSigningConfigArn" => {
            "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0123456789abcdef0"
        }
        "DurableExecutionArn" => {
            "arn:aws:lambda:us-east-1:000000000000:function:f0:$LATEST/durable-execution/n/0123456789abcdef"
        }
        "logGroupName" => "/g0",
        "Rule" => "r0",
        _ => "b0-none",
    };
    required.map(|member| (member.name.to_owned(), value(member.name).into())).collect()
}

/// The service, the operation, and the input of the first, the second, the third.
type Making = (&'static str, &'static str, fn(usize) -> Value);

/// Things that are made three times.
const FURNITURE: &[Making] = &[
    ("sns", "CreateTopic", |n| json!({ "Name": format!("t{n}") })),
    ("sqs", "CreateQueue", |n| json!({ "QueueName": format!("q{n}") })),
    ("events", "CreateEventBus", |n| json!({ "Name": format!("own{n}") })),
    ("events", "PutRule", |n| json!({ "Name": format!("r{n}"), "EventPattern": "{\"source\":[\"s\"]}" })),
    ("events", "PutTargets", |n| {
        let arn = "arn:aws:sqs:us-east-1:000000000000:q0";
        let targets = [0, 1, 2].map(|id: usize| json!({ "Id": id.to_string(), "Arn": arn }));
        json!({ "Rule": format!("r{n}"), "Targets": targets })
    }),
    ("logs", "CreateLogGroup", |n| json!({ "logGroupName": format!("/g{n}") })),
    ("logs", "CreateLogStream", |n| json!({ "logGroupName": "/g0", "logStreamName": format!("s{n}") })),
    ("s3", "CreateBucket", |n| json!({ "Bucket": format!("bucket-{n}") })),
    ("lambda", "CreateCodeSigningConfig", |_| {
        let signers = ["arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/0123456789"];
        json!({ "AllowedPublishers": { "SigningProfileVersionArns": signers } })
    }),
    ("apigatewayv2", "CreateApi", |n| json!({ "Name": format!("a{n}"), "ProtocolType": "HTTP" })),
    ("apigateway", "CreateRestApi", |n| json!({ "name": format!("a{n}") })),
];
