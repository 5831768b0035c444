//! Deployments: what the cloud is asked, in which order, and what is told of how it goes.

use std::sync::{Arc, Mutex};

use protocol::cloud::Output;
use protocol::deploy::{
    CancelDeploy, Deployment, Event as Happened, ListDeployments, ListTemplates, Phase, StartDeploy,
};
use protocol::language::Position;
use protocol::{ErrorCode, Event};
use serde_json::json;

use crate::bench::{Bench, path, until};
use crate::stand_in::{Reply, json, unfinished, with, xml, xml_error};

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31
Parameters:
  Word: {Type: String, Default: Hi, Description: what is said, NoEcho: true}
Resources:
  Greet:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: code, Handler: main.handle, Runtime: python3.13}
  Table: {Type: AWS::DynamoDB::Table}
";
const BUCKET: &str = "/cumulo-deploy-000000000000-us-east-1";

fn start(stack: &str) -> StartDeploy {
    let parameters = vec![("Word".into(), "a & b".into())];
    StartDeploy { template: path("template.yaml"), stack: stack.into(), parameters }
}

fn event(id: u32, logical_id: &str, status: &str, reason: &str) -> String {
    let kind = if logical_id == "app" { "AWS::CloudFormation::Stack" } else { "AWS::Some::Thing" };
    format!(
        "<member><EventId>{id}</EventId><LogicalResourceId>{logical_id}</LogicalResourceId>\
         <ResourceType>{kind}</ResourceType><ResourceStatus>{status}</ResourceStatus>\
         <ResourceStatusReason>{reason}</ResourceStatusReason></member>"
    )
}

fn stack(status: &str) -> Reply {
    xml(&format!(
        "<Stacks><member><StackName>app</StackName><StackStatus>{status}</StackStatus><Outputs><member>\
         <OutputKey>K</OutputKey><OutputValue>v</OutputValue></member></Outputs></member></Stacks>"
    ))
}

/// A cloud that makes the stack when its change set is executed: how far it is then, and its events, newest first.
struct Course {
    status: &'static str,
    events: Vec<String>,
}

/// A workspace with the template, and a cloud in which a deployment takes that course.
async fn bench(course: Course) -> Bench {
    let bench = Bench::new().await;
    bench.write("template.yaml", TEMPLATE);
    bench.write("code/main.py", "pass\n");
    let executed = Arc::new(Mutex::new(false));
    let (begun, shown) = (Arc::clone(&executed), Arc::clone(&executed));
    bench.cloud.on("ExecuteChangeSet", move |_| {
        *begun.lock().unwrap() = true;
        xml("")
    });
    let mut asked = 0;
    bench.cloud.on("DescribeStacks", move |_| {
        if !*executed.lock().unwrap() {
            return xml_error(400, "ValidationError", "Stack with id app does not exist");
        }
        asked += 1;
        if asked == 1 { stack("CREATE_IN_PROGRESS") } else { stack(course.status) }
    });
    bench.cloud.on("CreateChangeSet", |_| xml("<Id>arn:set</Id>"));
    let mut pending = vec!["CREATE_IN_PROGRESS", "CREATE_PENDING"];
    bench.cloud.on("DescribeChangeSet", move |_| {
        let status = pending.pop().unwrap_or("CREATE_COMPLETE");
        xml(&format!("<Status>{status}</Status>"))
    });
    bench.cloud.on("DescribeStackEvents", move |asked| {
        let events = if *shown.lock().unwrap() { &course.events[..] } else { &[] };
        let skipped = asked.parameter("NextToken").map_or(0, |token| token.parse().unwrap());
        let page: String = events.iter().skip(skipped).take(100).cloned().collect();
        let next = skipped + 100;
        let token = if next < events.len() { next.to_string() } else { String::new() };
        xml(&format!("<StackEvents>{page}</StackEvents><NextToken>{token}</NextToken>"))
    });
    bench.cloud.on(&format!("HEAD {BUCKET}/*"), |_| with(404, &[], ""));
    bench.cloud.on(&format!("PUT {BUCKET}*"), |_| with(200, &[], ""));
    bench.cloud.on(&format!("GET {BUCKET}"), |_| with(200, &[], "<ListBucketResult/>"));
    bench
}

fn succeeds() -> Course {
    let events = vec![
        event(3, "app", "CREATE_COMPLETE", ""),
        event(2, "Greet", "CREATE_COMPLETE", ""),
        event(1, "Greet", "CREATE_IN_PROGRESS", "begun"),
        event(0, "app", "CREATE_IN_PROGRESS", "User Initiated"),
    ];
    Course { status: "CREATE_COMPLETE", events }
}

/// Deploys; how it ended, and the phases that it was in.
async fn deployed(bench: &Bench) -> (Deployment, Vec<Phase>) {
    let mut told = bench.events();
    let begun = bench.call(start("app")).await.unwrap();
    assert_eq!((&begun.phase, begun.by.as_ref().map(|by| by.0.as_str())), (&Phase::Building, Some("ann")));
    let mut phases = vec![Phase::Building];
    loop {
        let changed = told.next(|event| match event {
            Event::Deploy(Happened::Changed(deployment)) => Some(deployment.clone()),
            _ => None,
        });
        let deployment = changed.await;
        assert_eq!(deployment.id, begun.id);
        if phases.last() != Some(&deployment.phase) {
            phases.push(deployment.phase.clone());
        }
        if !deployment.is_running() {
            // Reasons are for a page as its frames arrive: no type of it has them.
            let as_read = serde_json::to_value(&deployment).and_then(serde_json::from_value).unwrap();
            assert_eq!(bench.call(ListDeployments {}).await.unwrap(), [as_read]);
            return (deployment, phases);
        }
    }
}

/// The message of a deployment that failed, and where in the template that is.
fn failed(deployment: &Deployment) -> (&str, Option<Position>) {
    match &deployment.phase {
        Phase::Failed { message, position, .. } => (message, *position),
        phase => panic!("{phase:?}"),
    }
}

#[tokio::test]
async fn a_function_that_was_reloaded_meanwhile_has_the_deployed_code_again() {
    let bench = bench(succeeds()).await;
    bench.cloud.on("ListStackResources", |_| {
        xml("<StackResourceSummaries><member><LogicalResourceId>Greet</LogicalResourceId>\
             <PhysicalResourceId>app-Greet-1</PhysicalResourceId><ResourceType>AWS::Lambda::Function</ResourceType>\
             <ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResourceSummaries>")
    });
    let function = "/2015-03-31/functions/app-Greet-1";
    bench.cloud.on(&format!("GET {function}/configuration"), |_| {
        json(json!({ "State": "Active", "LastUpdateStatus": "Successful", "CodeSha256": "another" }))
    });
    bench.cloud.on(&format!("PUT {function}/code"), |_| json(json!({})));
    let (deployment, _) = deployed(&bench).await;
    assert_eq!(deployment.phase, Phase::Done { changed: true });
    assert!(deployment.log.iter().any(|line| line == "Greet has the deployed code again"));
    let asked = bench.cloud.asked();
    let code = asked.iter().find(|asked| asked.operation == format!("PUT {function}/code")).unwrap().json();
    assert_eq!(code["S3Bucket"], BUCKET[1..]);
    let key = code["S3Key"].as_str().unwrap();
    assert!(key.strip_prefix("app/").is_some_and(|name| name.strip_suffix(".zip").is_some()), "{key}");
}

#[tokio::test]
async fn a_template_is_packaged_uploaded_and_brought_about() {
    let bench = bench(succeeds()).await;
    let (deployment, phases) = deployed(&bench).await;
    let done = Phase::Done { changed: true };
    assert_eq!(
        phases,
        [Phase::Building, Phase::Uploading, Phase::Building, Phase::Uploading, Phase::Deploying, done]
    );
    let asked = bench.cloud.asked();
    let short = |operation: &str| {
        let name = operation.replace(BUCKET, "B");
        // Keys are digests.
        let mut parts = name.splitn(2, "%2F");
        let (start, key) = (parts.next().unwrap().to_owned(), parts.next());
        key.map_or(start.clone(), |key| format!("{start}/{}", key.rsplit('.').next().unwrap()))
    };
    let operations: Vec<String> = asked.iter().map(|asked| short(&asked.operation)).collect();
    let head =
        ["HEAD B/app/zip", "PUT B", "PUT B/app/zip", "HEAD B/app/template", "PUT B", "PUT B/app/template"];
    assert_eq!(operations[..6], head);
    let then =
        ["DescribeStacks", "CreateChangeSet", "DescribeChangeSet", "DescribeChangeSet", "DescribeChangeSet"];
    assert_eq!(operations[6..11], then);
    let rest = ["DescribeStackEvents", "ExecuteChangeSet", "DescribeStacks", "DescribeStackEvents"];
    assert_eq!(operations[11..15], rest);
    let end = ["GET B", "DescribeStacks", "ListStackResources", "GET /v2/apis", "GET /restapis"];
    assert_eq!(operations[operations.len() - 5..], end);
    let create = asked.iter().find(|asked| asked.operation == "CreateChangeSet").unwrap();
    for (name, expected) in [
        ("StackName", "app"),
        ("ChangeSetType", "CREATE"),
        ("Parameters.member.1.ParameterKey", "Word"),
        ("Parameters.member.1.ParameterValue", "a & b"),
        ("Capabilities.member.2", "CAPABILITY_AUTO_EXPAND"),
    ] {
        assert_eq!(create.parameter(name).as_deref(), Some(expected), "{name}");
    }
    let template: serde_json::Value = serde_json::from_slice(&asked[5].body).unwrap();
    let uri = template["Resources"]["Greet"]["Properties"]["CodeUri"].as_str().unwrap();
    assert_eq!(
        uri.replace('/', "%2F"),
        format!("s3:%2F%2F{}%2F{}", &BUCKET[1..], &asked[2].target[BUCKET.len() + 1..])
    );
    let url = create.parameter("TemplateURL").unwrap();
    assert_eq!(url.replace("app/", "app%2F"), format!("{}{}", bench.cloud.url, asked[5].target));
    assert_eq!(
        deployment.outputs,
        [Output { key: "K".into(), value: "v".into(), description: None, local: None }]
    );
    let resources: Vec<_> =
        deployment.resources.iter().map(|r| (r.logical_id.as_str(), r.status.as_str())).collect();
    assert_eq!(resources, [("Greet", "CREATE_COMPLETE")]);
    assert!(
        deployment.log.contains(&"CREATE_IN_PROGRESS AWS::Some::Thing Greet: begun".into()),
        "{:?}",
        deployment.log
    );
    assert_eq!(deployment.log.last().map(String::as_str), Some("Deployed"));
}

#[tokio::test]
async fn a_deployment_that_changes_nothing_is_done() {
    let bench = bench(succeeds()).await;
    bench.cloud.on("DescribeStacks", |_| stack("UPDATE_COMPLETE"));
    bench.cloud.on("DeleteChangeSet", |_| xml(""));
    bench.cloud.on("DescribeChangeSet", |_| {
        let reason = "The submitted information didn't contain changes. Submit different information";
        xml(&format!("<Status>FAILED</Status><StatusReason>{reason}</StatusReason>"))
    });
    // What is there already is not uploaded again.
    bench.cloud.on(&format!("HEAD {BUCKET}/*"), |_| with(200, &[], ""));
    let (deployment, _) = deployed(&bench).await;
    assert_eq!(deployment.phase, Phase::Done { changed: false });
    let asked = bench.cloud.asked();
    let create = asked.iter().find(|asked| asked.operation == "CreateChangeSet").unwrap();
    assert_eq!(create.parameter("ChangeSetType").as_deref(), Some("UPDATE"));
    assert!(
        asked
            .iter()
            .all(|asked| !asked.operation.starts_with("PUT") && asked.operation != "ExecuteChangeSet")
    );
    let deleted = asked.iter().find(|asked| asked.operation == "DeleteChangeSet").unwrap();
    assert_eq!(deleted.parameter("ChangeSetName").as_deref(), Some("arn:set"));
}

#[tokio::test]
async fn the_first_failure_is_the_reason_however_many_events_came_after_it() {
    let mut events = vec![
        event(900, "app", "ROLLBACK_COMPLETE", ""),
        event(800, "Greet", "CREATE_FAILED", "Resource creation cancelled"),
    ];
    events.extend((200..450).rev().map(|id| event(id, &format!("R{id}"), "DELETE_COMPLETE", "")));
    events.push(event(2, "Table", "CREATE_FAILED", "no such type"));
    events.push(event(1, "app", "CREATE_IN_PROGRESS", "User Initiated"));
    let bench = bench(Course { status: "ROLLBACK_COMPLETE", events }).await;
    let (deployment, _) = deployed(&bench).await;
    let message = "Table failed: no such type (the stack is ROLLBACK_COMPLETE)";
    assert_eq!(failed(&deployment), (message, Some(Position { line: 7, character: 2 })));
    assert_eq!(deployment.resources.len(), 252, "each is told once");
    assert!(!bench.cloud.operations().contains(&format!("GET {BUCKET}")), "uploads stay for another try");
}

#[tokio::test]
async fn why_a_deployment_ended_is_told() {
    let check = async |operation: &str, reply: Reply, message: &str| {
        let bench = bench(succeeds()).await;
        bench.cloud.on(operation, move |_| reply.clone());
        let (deployment, _) = deployed(&bench).await;
        let (said, position) = failed(&deployment);
        assert!(said.starts_with(message), "{operation}: {said}");
        assert_eq!(deployment.log.last().map(String::as_str), said.lines().next(), "{operation}");
        position
    };
    let denied = || xml_error(403, "AccessDenied", "Access Denied");
    let unreadable = "failed to read the cloud's answer to ";
    check(&format!("PUT {BUCKET}"), denied(), "AccessDenied: Access Denied").await;
    check(&format!("PUT {BUCKET}/*"), xml_error(503, "SlowDown", "slow"), "SlowDown: slow").await;
    check("DescribeStacks", denied(), "AccessDenied: Access Denied").await;
    let misplaced =
        xml_error(400, "ValidationError", "It is wrong. (/Resources/Table/Type, line 1, column 9)");
    let position = check("CreateChangeSet", misplaced, "ValidationError: It is wrong.").await;
    assert_eq!(position, Some(Position { line: 7, character: 10 }));
    check("CreateChangeSet", xml(""), unreadable).await;
    check("CreateChangeSet", with(200, &[], "nonsense"), unreadable).await;
    check("DescribeChangeSet", xml(""), unreadable).await;
    check("DescribeChangeSet", xml("<Status>DELETE_COMPLETE</Status>"), "the change set is DELETE_COMPLETE")
        .await;
    let reason = "Transform failed";
    let failing = xml(&format!("<Status>FAILED</Status><StatusReason>{reason}</StatusReason>"));
    check("DescribeChangeSet", failing, reason).await;
    check("ExecuteChangeSet", xml_error(400, "Throttling", "Rate exceeded"), "Throttling: Rate").await;
    check("ListStackResources", None, "failed to reach the cloud at ").await;
    // What earlier deployments left can wait.
    let bench = bench(succeeds()).await;
    bench.cloud.on(&format!("GET {BUCKET}"), move |_| denied());
    assert_eq!(deployed(&bench).await.0.phase, Phase::Done { changed: true });
}

#[tokio::test]
async fn what_earlier_deployments_of_the_stack_uploaded_goes() {
    let bench = bench(succeeds()).await;
    let old = "0f".repeat(32);
    let page = format!(
        "<ListBucketResult><Contents><Key>app/{old}.zip</Key></Contents><Contents><Key>app/mine.zip</Key></Contents>\
         <IsTruncated>true</IsTruncated></ListBucketResult>"
    );
    let last =
        format!("<ListBucketResult><Contents><Key>app/{old}.template</Key></Contents></ListBucketResult>");
    bench.cloud.on(&format!("GET {BUCKET}"), move |asked| {
        assert_eq!(asked.parameter("prefix").as_deref(), Some("app/"));
        match asked.parameter("start-after").as_deref() {
            Some("") => with(200, &[], &page),
            after => {
                assert_eq!(after, Some("app/mine.zip"));
                with(200, &[], &last)
            }
        }
    });
    bench.cloud.on(&format!("DELETE {BUCKET}/*"), |_| with(204, &[], ""));
    deployed(&bench).await;
    let removed = bench.cloud.operations().into_iter().filter(|operation| operation.starts_with("DELETE"));
    let expected = ["zip", "template"].map(|ending| format!("DELETE {BUCKET}/app%2F{old}.{ending}"));
    assert_eq!(removed.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn what_cannot_be_deployed_is_refused_before_it_begins() {
    let bench = bench(succeeds()).await;
    for stack in ["", "1a", "a_b", "a b", &"a".repeat(129)] {
        let (code, message) = bench.refused(start(stack)).await;
        assert!(code == ErrorCode::Invalid && message.starts_with("a stack's name begins"), "{message}");
    }
    let gone = StartDeploy { template: path("gone.yaml"), ..start("app") };
    assert_eq!(bench.refused(gone).await.0, ErrorCode::NotFound);
    bench.trust.set(false);
    assert_eq!(bench.refused(start("app")).await.0, ErrorCode::Restricted);
    bench.trust.set(true);
    bench.cloud.on(&format!("HEAD {BUCKET}/*"), |_| unfinished());
    bench.cloud.on("DescribeStacks", |_| unfinished());
    bench.call(start("app")).await.unwrap();
    let (code, message) = bench.refused(start("app")).await;
    assert_eq!(
        (code, message.as_str()),
        (ErrorCode::Conflict, "the stack app is being deployed; wait until that is done")
    );
    bench.call(start("other")).await.unwrap();
    let all = bench.call(ListDeployments {}).await.unwrap();
    assert_eq!(all.iter().map(|one| one.stack.as_str()).collect::<Vec<_>>(), ["other", "app"]);
}

#[tokio::test]
async fn a_deployment_that_is_cancelled_uploads_no_more() {
    let bench = bench(succeeds()).await;
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    bench.cloud.on(&format!("PUT {BUCKET}"), move |_| {
        *count.lock().unwrap() += 1;
        unfinished()
    });
    let mut told = bench.events();
    let deployment = bench.call(start("app")).await.unwrap();
    until("an upload", || *asked.lock().unwrap() == 1).await;
    bench.call(CancelDeploy { id: "another".into() }).await.unwrap();
    bench.call(CancelDeploy { id: deployment.id }).await.unwrap();
    bench.cloud.let_go();
    let ended = told.next(|event| match event {
        Event::Deploy(Happened::Changed(deployment)) if !deployment.is_running() => Some(deployment.clone()),
        _ => None,
    });
    let (ended, operations) = (ended.await, bench.cloud.operations());
    assert_eq!(failed(&ended), ("stopped on request", None));
    assert!(!operations.iter().any(|name| name.ends_with(".template")), "{operations:?}");
}

#[tokio::test]
async fn templates_are_listed_with_their_stacks_and_parameters() {
    let bench = bench(succeeds()).await;
    bench.write("named/template.yaml", "Resources: {}\n");
    bench.write("named/samconfig.toml", "[default.deploy.parameters]\nstack_name = \"mine\"\n");
    bench.write("wide/sam.yml", "Resources: {}\n");
    bench.write("wide/samconfig.toml", "[default.global.parameters]\nstack_name = \"all\"\n");
    bench.write("odd/template.json", "{}");
    bench.write("odd/samconfig.toml", "no toml");
    bench.write("broken/template.yaml", "a: [");
    let listed = bench.call(ListTemplates {}).await.unwrap();
    let seen: Vec<_> = listed.iter().map(|one| (one.path.as_str(), one.stack.as_str())).collect();
    let expected = [
        ("named/template.yaml", "mine"),
        ("odd/template.json", "work"),
        ("template.yaml", "work"),
        ("wide/sam.yml", "all"),
    ];
    assert_eq!(seen, expected);
    let parameters = serde_json::to_value(&listed[2].parameters).unwrap();
    let word = json!([{ "name": "Word", "description": "what is said", "default": "Hi", "no_echo": true }]);
    assert_eq!(parameters, word);
}
