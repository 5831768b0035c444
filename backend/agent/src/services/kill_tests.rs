//! The end of the process at every step of a deployment, and the start after it: the deployment is finished or undone, and
//! nothing is left over. All services are the real ones; where a service is asked to make, change or remove a resource, the
//! process stands still for good, and the next one opens what lies on the disk.
//!
//! Not functions: to make one takes a worker. Those are killed with the real program.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use cloud_wire::{Kind, Schema, codec};
use tokio::sync::{Mutex, Notify};

use super::tests::{caller, copy_all, opened};
use super::*;

/// Where the process stands still: at which call, before it is made or after.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    call: usize,
    made: bool,
}

/// Counts the calls to all makers, one at a time, and stands still at one of them.
struct Gate {
    point: Option<Point>,
    fails: Option<&'static str>,
    alone: Mutex<()>,
    calls: AtomicUsize,
    entered: AtomicUsize,
    ended: AtomicUsize,
    dead: AtomicBool,
    stood: Notify,
}

impl Gate {
    async fn stand(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.stood.notify_one();
        std::future::pending::<()>().await;
    }

    async fn pass<T>(
        &self,
        logical_id: &str,
        call: impl Future<Output = Result<T, AwsError>>,
    ) -> Result<T, AwsError> {
        self.entered.fetch_add(1, Ordering::SeqCst);
        let _alone = self.alone.lock().await;
        if self.dead.load(Ordering::SeqCst) {
            return std::future::pending().await;
        }
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let here = self.point.filter(|point| point.call == number);
        if here.is_some_and(|point| !point.made) {
            self.stand().await;
        }
        let outcome = if self.fails == Some(logical_id) {
            Err(AwsError::validation("told to fail"))
        } else {
            call.await
        };
        if here.is_some() {
            self.stand().await;
        }
        self.ended.fetch_add(1, Ordering::SeqCst);
        outcome
    }
}

/// A maker behind the gate.
struct Gated {
    inner: Arc<dyn ResourceProvider>,
    gate: Arc<Gate>,
}

#[async_trait]
impl ResourceProvider for Gated {
    fn type_name(&self) -> &'static str {
        self.inner.type_name()
    }

    fn effective(&self) -> &'static [&'static str] {
        self.inner.effective()
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        self.gate.pass(&request.logical_id, self.inner.create(request)).await
    }

    async fn update(
        &self,
        id: &str,
        old: &serde_json::Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        self.gate.pass(&request.logical_id, self.inner.update(id, old, request)).await
    }

    async fn delete(&self, id: &str, properties: &serde_json::Value) -> Result<(), AwsError> {
        self.gate.pass("", self.inner.delete(id, properties)).await
    }
}

/// One process.
struct Process {
    folder: tempfile::TempDir,
    services: Services,
}

impl Process {
    async fn start(from: Option<&Path>, gate: Option<Arc<Gate>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some(from) = from {
            copy_all(from, folder.path());
        }
        let (context, services) = opened(folder.path()).await;
        if let Some(gate) = gate {
            for name in context.peers().provider_types() {
                let inner = context.peers().provider(name).unwrap();
                context.peers().add_provider(Arc::new(Gated { inner, gate: Arc::clone(&gate) }));
            }
        }
        Self { folder, services }
    }

    async fn ask(&self, operation: &str, members: &[(&str, &str)]) -> (serde_json::Value, &'static Schema) {
        let service =
            self.services.first.all.iter().find(|service| service.model().operation(operation).is_some());
        let service = service.unwrap_or_else(|| panic!("nobody knows {operation}"));
        let known = service.model().operation(operation).unwrap();
        let input = known.input.members().iter().filter_map(|member| {
            let (_, text) = members.iter().find(|(name, _)| *name == member.name)?;
            Some((member.name.to_owned(), wire(member.schema, text)))
        });
        let input = codec::input(known, &input.collect()).unwrap();
        let output = service.call(operation, &caller(), input).unwrap().await;
        let output = output.unwrap_or_else(|error| panic!("{operation}: {error}"));
        (codec::output(known, &*output).unwrap(), known.output)
    }

    /// Begins what is asked of the stack.
    async fn begin(&self, operation: &str, template: Option<&str>) {
        let mut members = vec![("StackName", "s"), ("Capabilities", "CAPABILITY_NAMED_IAM")];
        members.extend(template.map(|text| ("TemplateBody", text)));
        self.ask(operation, &members).await;
    }

    fn engine(&self) -> &cloud_cloudformation::engine::Engine {
        self.services.first.stacks.as_ref().unwrap().engine()
    }

    /// The stack's status once nothing is being done to it.
    async fn settled(&self) -> String {
        let looks = async {
            loop {
                let stacks = self.engine().stacks();
                let stack = stacks.iter().find(|stack| stack.operation.is_none());
                if let Some(stack) = stack {
                    return stack.status.to_string();
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), looks).await.expect("the stack settles")
    }

    /// Awaits that the process stands still and has kept what it knew.
    async fn stood(&self, gate: &Gate) {
        let looks = async {
            gate.stood.notified().await;
            let mut still = 0;
            // Every call that is kept as under way stands at the gate: all that came back was kept, too.
            while still < 20 {
                let stacks = self.engine().stacks();
                let running = stacks.iter().filter_map(|stack| stack.operation.as_ref());
                let running: usize = running.map(|operation| operation.calls().len()).sum();
                let at_gate = gate.entered.load(Ordering::SeqCst) - gate.ended.load(Ordering::SeqCst);
                still = if running == at_gate { still + 1 } else { 0 };
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), looks).await.expect("the process stands still");
    }

    /// All that exists outside of the stacks, by kind and name.
    async fn world(&self) -> String {
        let mut world = String::new();
        for (operation, name) in [
            ("ListRoles", "RoleName"),
            ("ListPolicies", "PolicyName"),
            ("DescribeLogGroups", "logGroupName"),
            ("ListBuckets", "Name"),
            ("GetRestApis", "name"),
            ("GetApis", "Name"),
            ("ListQueues", ""),
            ("ListTopics", "TopicArn"),
            ("ListEventBuses", "Name"),
            ("ListRules", "Name"),
        ] {
            let (answer, schema) = self.ask(operation, &[]).await;
            let listed = listed(&answer, schema, name);
            let names: BTreeSet<&String> = listed.iter().collect();
            assert_eq!(names.len(), listed.len(), "one of a name: {listed:?}");
            writeln!(world, "{operation} {names:?}").unwrap();
        }
        world
    }
}

/// That member of each item of an answer's list, or the item itself, without what was generated of it.
fn listed(answer: &serde_json::Value, schema: &Schema, name: &str) -> Vec<String> {
    let list = schema.members().iter().find(|member| matches!(member.schema.kind, Kind::List { .. }));
    let items = answer[list.expect("the answer has a list").name].as_array().into_iter().flatten();
    if name.is_empty() {
        // Addresses, which end in names.
        let name = |item: &serde_json::Value| item.as_str()?.rsplit('/').next().map(str::to_owned);
        return items.filter_map(name).collect();
    }
    items.filter_map(|item| item[name].as_str().map(bare)).collect()
}

/// A name without what was generated of it.
fn bare(name: &str) -> String {
    let parts: Vec<&str> = name.split('-').collect();
    match parts.as_slice() {
        ["s", logical, _] => format!("s-{logical}"),
        _ => name.to_owned(),
    }
}

fn wire(schema: &Schema, text: &str) -> serde_json::Value {
    match schema.kind {
        Kind::List { element, .. } => vec![wire(element, text)].into(),
        _ => text.into(),
    }
}

/// Every type that is made without a worker, most of them under names of their own.
fn template(days: u8, more: &str) -> String {
    let trust = r#"{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}"#;
    let policy = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    let shared = r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "s3:GetObject", "Resource": "*"}]}"#;
    let send = r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "000000000000", "Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]}"#;
    let publish = send.replace("sqs:SendMessage", "sns:Publish");
    format!(
        r#"{{"Resources": {{
        "Role": {{"Type": "AWS::IAM::Role", "Properties": {{"RoleName": "named", "Description": "{days}", "AssumeRolePolicyDocument": {trust}}}}},
        "Inline": {{"Type": "AWS::IAM::Policy", "Properties": {{"PolicyName": "inline", "PolicyDocument": {policy}, "Roles": [{{"Ref": "Role"}}]}}}},
        "Managed": {{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"ManagedPolicyName": "managed", "PolicyDocument": {policy}, "Roles": [{{"Ref": "Role"}}]}}}},
        "Group": {{"Type": "AWS::Logs::LogGroup", "Properties": {{"LogGroupName": "/named", "RetentionInDays": {days}}}}},
        "Signing": {{"Type": "AWS::Lambda::CodeSigningConfig", "Properties": {{"Description": "{days}", "AllowedPublishers": {{"SigningProfileVersionArns": ["arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/abcdefghij"]}}}}}},
        "Told": {{"Type": "AWS::Logs::SubscriptionFilter", "Properties": {{"LogGroupName": {{"Ref": "Group"}}, "FilterName": "named", "FilterPattern": "{days}", "DestinationArn": "arn:aws:kinesis:us-east-1:000000000000:stream/s"}}}},
        "Bucket": {{"Type": "AWS::S3::Bucket", "DependsOn": ["QueuePolicy"], "Properties": {{"BucketName": "named", "Tags": [{{"Key": "days", "Value": "{days}"}}], "NotificationConfiguration": {{"QueueConfigurations": [{{"Event": "s3:ObjectCreated:*", "Queue": {{"Fn::GetAtt": ["Queue", "Arn"]}}}}]}}}}}},
        "BucketPolicy": {{"Type": "AWS::S3::BucketPolicy", "Properties": {{"Bucket": {{"Ref": "Bucket"}}, "PolicyDocument": {shared}}}}},
        "Rest": {{"Type": "AWS::ApiGateway::RestApi", "Properties": {{"Name": "rest", "Description": "{days}"}}}},
        "Path": {{"Type": "AWS::ApiGateway::Resource", "Properties": {{"RestApiId": {{"Ref": "Rest"}}, "ParentId": {{"Fn::GetAtt": ["Rest", "RootResourceId"]}}, "PathPart": "p"}}}},
        "Method": {{"Type": "AWS::ApiGateway::Method", "Properties": {{"RestApiId": {{"Ref": "Rest"}}, "ResourceId": {{"Ref": "Path"}}, "HttpMethod": "GET", "AuthorizationType": "NONE", "Integration": {{"Type": "MOCK", "RequestTemplates": {{"application/json": "{{\"statusCode\": 200}}"}}, "IntegrationResponses": [{{"StatusCode": "200"}}]}}, "MethodResponses": [{{"StatusCode": "200"}}]}}}},
        "Deployed": {{"Type": "AWS::ApiGateway::Deployment", "DependsOn": ["Method"], "Properties": {{"RestApiId": {{"Ref": "Rest"}}}}}},
        "Stage": {{"Type": "AWS::ApiGateway::Stage", "Properties": {{"RestApiId": {{"Ref": "Rest"}}, "DeploymentId": {{"Ref": "Deployed"}}, "StageName": "v", "Description": "{days}"}}}},
        "Http": {{"Type": "AWS::ApiGatewayV2::Api", "Properties": {{"Name": "http", "ProtocolType": "HTTP", "Description": "{days}"}}}},
        "To": {{"Type": "AWS::ApiGatewayV2::Integration", "Properties": {{"ApiId": {{"Ref": "Http"}}, "IntegrationType": "AWS_PROXY", "IntegrationUri": "arn:aws:lambda:us-east-1:000000000000:function:f", "PayloadFormatVersion": "2.0"}}}},
        "Route": {{"Type": "AWS::ApiGatewayV2::Route", "Properties": {{"ApiId": {{"Ref": "Http"}}, "RouteKey": "GET /", "Target": {{"Fn::Sub": "integrations/${{To}}"}}}}}},
        "HttpStage": {{"Type": "AWS::ApiGatewayV2::Stage", "Properties": {{"ApiId": {{"Ref": "Http"}}, "StageName": "$default", "AutoDeploy": true}}}},
        "Queue": {{"Type": "AWS::SQS::Queue", "Properties": {{"QueueName": "named", "DelaySeconds": {days}}}}},
        "QueuePolicy": {{"Type": "AWS::SQS::QueuePolicy", "Properties": {{"Queues": [{{"Ref": "Queue"}}], "PolicyDocument": {send}}}}},
        "Lone": {{"Type": "AWS::SQS::Queue", "Properties": {{"QueueName": "lone"}}}},
        "LonePolicy": {{"Type": "AWS::SQS::QueueInlinePolicy", "Properties": {{"Queue": {{"Ref": "Lone"}}, "PolicyDocument": {send}}}}},
        "Topic": {{"Type": "AWS::SNS::Topic", "Properties": {{"TopicName": "named", "DisplayName": "{days}"}}}},
        "TopicPolicy": {{"Type": "AWS::SNS::TopicPolicy", "Properties": {{"Topics": [{{"Ref": "Topic"}}], "PolicyDocument": {publish}}}}},
        "Heard": {{"Type": "AWS::SNS::Subscription", "Properties": {{"TopicArn": {{"Ref": "Topic"}}, "Protocol": "sqs", "Endpoint": {{"Fn::GetAtt": ["Queue", "Arn"]}}}}}},
        "Alone": {{"Type": "AWS::SNS::Topic", "Properties": {{"TopicName": "other"}}}},
        "AlonePolicy": {{"Type": "AWS::SNS::TopicInlinePolicy", "Properties": {{"TopicArn": {{"Ref": "Alone"}}, "PolicyDocument": {publish}}}}},
        "Bus": {{"Type": "AWS::Events::EventBus", "Properties": {{"Name": "named", "Description": "{days}"}}}},
        "BusPolicy": {{"Type": "AWS::Events::EventBusPolicy", "Properties": {{"EventBusName": {{"Ref": "Bus"}}, "StatementId": "s", "Action": "events:PutEvents", "Principal": "111111111111"}}}},
        "Rule": {{"Type": "AWS::Events::Rule", "Properties": {{"Name": "named", "EventBusName": {{"Ref": "Bus"}}, "Description": "{days}", "EventPattern": {{"source": ["s"]}}, "Targets": [{{"Id": "q", "Arn": {{"Fn::GetAtt": ["Queue", "Arn"]}}}}]}}}},
        "Scheduled": {{"Type": "AWS::Events::Rule", "Properties": {{"Name": "hourly", "ScheduleExpression": "rate({days} hours)", "Targets": [{{"Id": "t", "Arn": {{"Ref": "Topic"}}}}]}}}},
        "Handle": {{"Type": "AWS::CloudFormation::WaitConditionHandle"}},
        "Metadata": {{"Type": "AWS::CDK::Metadata", "Properties": {{"Analytics": "a"}}}}
        {more}}}}}"#
    )
}

/// The types that take a worker to make, or a package.
const BY_WORKERS: [&str; 9] = [
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::LayerVersionPermission",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::Lambda::Version",
];

/// A type that is added is killed, too, and says of properties that exist what it does.
#[tokio::test]
async fn every_type_is_killed_and_does_what_its_schema_has() {
    let folder = tempfile::tempdir().unwrap();
    let (context, _services) = opened(folder.path()).await;
    let killed = template(1, "");
    for name in context.peers().provider_types() {
        assert!(killed.contains(name) || BY_WORKERS.contains(&name), "{name} is killed by no test");
        let provider = context.peers().provider(name).unwrap();
        let schema = cloud_cloudformation::schemas::of(name).expect("all of them are AWS's own");
        let unknown: Vec<_> = provider.effective().iter().filter(|place| !schema.has(place)).collect();
        assert!(unknown.is_empty(), "{name} has no {unknown:?}");
    }
}

/// One deployment: what is there before, what is asked, and how it may end.
struct Deployment {
    before: Option<String>,
    asks: &'static str,
    template: Option<String>,
    fails: Option<&'static str>,
    ends: &'static str,
}

impl Deployment {
    fn gate(&self, point: Option<Point>) -> Arc<Gate> {
        Arc::new(Gate {
            point,
            fails: self.fails,
            alone: Mutex::default(),
            calls: AtomicUsize::new(0),
            entered: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
            dead: AtomicBool::new(false),
            stood: Notify::new(),
        })
    }

    /// What lies on the disk before it.
    async fn ground(&self) -> tempfile::TempDir {
        let process = Process::start(None, None).await;
        if let Some(before) = &self.before {
            process.begin("CreateStack", Some(before)).await;
            assert_eq!(process.settled().await, "CREATE_COMPLETE");
        }
        process.services.stop().await;
        process.folder
    }

    /// Undisturbed: how many calls it takes, and what exists then.
    async fn whole(&self, ground: &Path) -> (usize, String) {
        let gate = self.gate(None);
        let process = Process::start(Some(ground), Some(Arc::clone(&gate))).await;
        process.begin(self.asks, self.template.as_deref()).await;
        let status = process.settled().await;
        assert_eq!(status, self.ends, "undisturbed: {:?}", self.told(&process).await);
        (gate.calls.load(Ordering::SeqCst), process.world().await)
    }

    async fn told(&self, process: &Process) -> Vec<String> {
        let mut told = Vec::new();
        for stack in process.engine().stacks() {
            let (events, _) = process.engine().events(&stack.id, None, 1000).await.unwrap();
            told.extend(events.into_iter().filter_map(|event| {
                Some(format!("{} {} {}", event.logical_id, event.status, event.reason?))
            }));
        }
        told
    }

    /// Killed there: it ends as if it had not been.
    async fn killed(&self, ground: &Path, point: Point, whole: &str, nothing: &str) {
        let gate = self.gate(Some(point));
        let process = Process::start(Some(ground), Some(Arc::clone(&gate))).await;
        process.begin(self.asks, self.template.as_deref()).await;
        process.stood(&gate).await;
        let again = Process::start(Some(process.folder.path()), None).await;
        let status = again.settled().await;
        let told = self.told(&again).await;
        // What failed by our hand does not fail in the next process, unless the failure had been taken before.
        let expected: BTreeSet<&str> = match self.fails {
            None => BTreeSet::from([self.ends]),
            Some(_) => BTreeSet::from([self.ends, "CREATE_COMPLETE", "UPDATE_COMPLETE"]),
        };
        assert!(expected.contains(status.as_str()), "{point:?}: {status} {told:?}");
        assert!(!told.iter().any(|line| line.contains("already exists")), "{point:?}: {told:?}");
        if status == self.ends {
            assert_eq!(again.world().await, whole, "{point:?}: {told:?}");
        }
        if status != "DELETE_COMPLETE" {
            again.begin("DeleteStack", None).await;
            assert_eq!(again.settled().await, "DELETE_COMPLETE", "{point:?}: {:?}", self.told(&again).await);
        }
        assert_eq!(again.world().await, nothing, "{point:?}: nothing is left");
    }

    async fn at_every_step(&self, kinds: &[bool]) {
        let ground = self.ground().await;
        let (calls, whole) = self.whole(ground.path()).await;
        assert!(calls > 5, "{calls} calls");
        let nothing = Process::start(None, None).await.world().await;
        for call in 0..calls {
            for made in kinds {
                self.killed(ground.path(), Point { call, made: *made }, &whole, &nothing).await;
            }
        }
    }
}

#[tokio::test]
async fn a_creation_killed_at_every_step_is_finished() {
    let deployment = Deployment {
        before: None,
        asks: "CreateStack",
        template: Some(template(7, "")),
        fails: None,
        ends: "CREATE_COMPLETE",
    };
    deployment.at_every_step(&[false, true]).await;
}

#[tokio::test]
async fn an_update_killed_at_every_step_is_finished() {
    let more = r#", "Other": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "other"}}"#;
    let deployment = Deployment {
        before: Some(template(7, "")),
        asks: "UpdateStack",
        template: Some(
            template(14, more).replace("\"LogGroupName\": \"/named\"", "\"LogGroupName\": \"/renamed\""),
        ),
        fails: None,
        ends: "UPDATE_COMPLETE",
    };
    deployment.at_every_step(&[false, true]).await;
}

#[tokio::test]
async fn a_deletion_killed_at_every_step_is_finished() {
    let deployment = Deployment {
        before: Some(template(7, "")),
        asks: "DeleteStack",
        template: None,
        fails: None,
        ends: "DELETE_COMPLETE",
    };
    deployment.at_every_step(&[true]).await;
}

#[tokio::test]
async fn a_rollback_killed_at_every_step_is_finished() {
    let bad = r#", "Bad": {"Type": "AWS::Logs::LogGroup", "DependsOn": ["Stage", "HttpStage", "BucketPolicy", "Managed"]}"#;
    let deployment = Deployment {
        before: None,
        asks: "CreateStack",
        template: Some(template(7, bad)),
        fails: Some("Bad"),
        ends: "ROLLBACK_COMPLETE",
    };
    deployment.at_every_step(&[true]).await;
    let deployment = Deployment {
        before: Some(template(7, "")),
        asks: "UpdateStack",
        template: Some(template(14, bad)),
        fails: Some("Bad"),
        ends: "UPDATE_ROLLBACK_COMPLETE",
    };
    deployment.at_every_step(&[true]).await;
}
