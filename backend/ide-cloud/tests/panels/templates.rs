//! What the cloud says of open templates, and what it tells by itself.

use protocol::Event;
use protocol::cloud::Event as Told;
use protocol::language::{Position, Problem, Severity};

use crate::bench::{Bench, path, until};
use crate::stand_in::{Reply, with, xml, xml_error};

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: code, Handlr: x}
";

fn problems(bench: &Bench) -> Vec<Problem> {
    bench.findings.all().into_iter().flat_map(|file| file.problems).collect()
}

/// Waits until there are so many problems; each with its place.
async fn found(bench: &Bench, count: usize) -> Vec<(Position, Severity, String)> {
    until("what the cloud says", || problems(bench).len() == count).await;
    let all = problems(bench).into_iter();
    all.map(|problem| (problem.range.start, problem.severity, problem.message)).collect()
}

fn at(line: u32, character: u32) -> Position {
    Position { line, character }
}

/// An answer with checks beside it.
fn checks(json: &str) -> Reply {
    with(200, &[("x-cumulo-checks", json)], "<R/>")
}

#[tokio::test]
async fn an_open_template_is_checked_and_forgotten_when_it_is_closed() {
    let bench = Bench::new().await;
    bench.cloud.on("ValidateTemplate", |_| {
        checks(
            r#"[{"severity":"error","place":"/Resources/F/Properties/Handlr","message":"extraneous key"},
                {"severity":"hint","place":"/Resources/F","message":"changes nothing here"}]"#
                .replace('\n', " ")
                .as_str(),
        )
    });
    bench.documents.show("notes.yaml", "a: 1\n");
    bench.documents.show("template.yaml", TEMPLATE);
    let said = found(&bench, 2).await;
    let hint = (at(2, 2), Severity::Hint, "changes nothing here".to_owned());
    assert_eq!(said, [hint, (at(4, 32), Severity::Error, "extraneous key".to_owned())]);
    assert_eq!(bench.findings.all()[0].path, path("template.yaml"));
    let asked = bench.cloud.asked();
    assert_eq!(asked.len(), 1, "notes are none, and one question is enough");
    let body: serde_json::Value = serde_json::from_str(&asked[0].parameter("TemplateBody").unwrap()).unwrap();
    let code = &body["Resources"]["F"]["Properties"]["CodeUri"];
    assert_eq!(code, "s3://bucket/key", "code that is not uploaded yet");
    bench.documents.close("template.yaml");
    found(&bench, 0).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_whole_template_is_shown_where_it_says() {
    let bench = Bench::new().await;
    let placed = "Invalid type. (/Resources/F/Type, line 1, column 99)";
    bench.cloud.on("ValidateTemplate", move |_| xml_error(400, "ValidationError", placed));
    bench.documents.show("template.yaml", TEMPLATE);
    assert_eq!(found(&bench, 1).await, [(at(3, 4), Severity::Error, "Invalid type.".to_owned())]);
    // It is mended.
    bench.cloud.on("ValidateTemplate", |_| xml(""));
    bench.documents.show("template.yaml", &TEMPLATE.replace("Handlr", "Handler"));
    found(&bench, 0).await;
    bench.cloud.asked();
    // What is no YAML, and what is too large to be sent, the cloud need not see.
    bench.documents.show("template.yaml", "Resources:\n  F: [\n");
    let said = found(&bench, 1).await;
    assert!(said[0].0.line > 0 && said[0].1 == Severity::Error, "{said:?}");
    bench.documents.show("template.yaml", &format!("{TEMPLATE}Description: {}\n", "x".repeat(51_200)));
    until("another", || problems(&bench).iter().any(|one| one.severity == Severity::Information)).await;
    let message = "A template of more than 51200 bytes is checked when it is deployed";
    assert_eq!(found(&bench, 1).await, [(at(0, 0), Severity::Information, message.to_owned())]);
    assert_eq!(bench.cloud.operations(), [""; 0]);
    // It is a template no more.
    bench.documents.show("other.yaml", &format!("{TEMPLATE}Extra: {}\n", "x".repeat(51_200)));
    found(&bench, 2).await;
    bench.documents.show("other.yaml", "a: 1\n");
    found(&bench, 1).await;
}

#[tokio::test]
async fn what_was_said_stays_while_the_cloud_says_nothing_of_sense() {
    let bench = Bench::new().await;
    bench
        .cloud
        .on("ValidateTemplate", |_| checks(r#"[{"severity":"error","place":"","message":"It is wrong."}]"#));
    bench.documents.show("template.yaml", TEMPLATE);
    let said = found(&bench, 1).await;
    assert_eq!(said, [(at(0, 0), Severity::Error, "It is wrong.".to_owned())]);
    for (text, reply) in [("# a", None), ("# b", checks("no JSON")), ("# c", checks(r#"[{"severity":5}]"#))] {
        bench.cloud.asked();
        let (tell, told) = std::sync::mpsc::channel();
        bench.cloud.on("ValidateTemplate", move |_| {
            let _ = tell.send(());
            reply.clone()
        });
        bench.documents.show("template.yaml", &format!("{TEMPLATE}{text}\n"));
        until("a question", || told.try_recv().is_ok()).await;
    }
    // The answer to another template comes after those.
    bench.cloud.on("ValidateTemplate", |_| checks(r#"[{"severity":"error","place":"","message":"other"}]"#));
    bench.documents.show("sub/template.yaml", TEMPLATE);
    let said = found(&bench, 2).await;
    assert!(said.iter().any(|(_, _, message)| message == "It is wrong."), "{said:?}");
}

#[tokio::test]
async fn the_clouds_events_are_told_to_tabs() {
    let bench = Bench::new().await;
    let mut told = bench.events();
    let stream = concat!(
        "data:{\"type\":\"stack-changed\"}\n\n",
        "{\"type\":\"log-appended\",\"logGroup\":\"/aws/lambda/f\"}\n",
        "{\"type\":\"log-appended\"}\n",
        "{\"type\":\"function-invoked\"}\n",
        "{\"type\":5}\nno JSON\n",
        "{\"type\":\"function-changed\"}\n",
        "{\"type\":\"never ended\"}",
    );
    bench.cloud.on("GET /_cumulo/events", move |_| with(200, &[], stream));
    let mut heard = Vec::new();
    while heard.len() < 6 {
        heard.push(
            told.next(|event| match event {
                Event::Cloud(event) => Some(event.clone()),
                _ => None,
            })
            .await,
        );
    }
    let logged = Told::Logged { group: "/aws/lambda/f".into() };
    let once = [Told::Changed, logged, Told::Changed];
    assert_eq!(heard, [once.clone(), once].concat(), "and again when it ended");
}
