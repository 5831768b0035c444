//! Hot reload: what is saved of a deployed function's code, and what the function is given then.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use protocol::Event;
use protocol::function::{Event as Happened, Reload};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::bench::{Bench, Told, path};
use crate::stand_in::{json, json_error, xml};

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31
Resources:
  Greet:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: code, Handler: main.handle, Runtime: python3.13}
  Other:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: other, Handler: main.handle, Runtime: python3.13}
";
const FUNCTION: &str = "/2015-03-31/functions/work-Greet-1";

/// A workspace of two functions of which one is deployed. The packages that this one was given.
async fn bench() -> (Bench, Arc<Mutex<Vec<Vec<u8>>>>) {
    let bench = Bench::new().await;
    bench.write("template.yaml", TEMPLATE);
    bench.write("code/main.py", "1");
    bench.write("other/main.py", "1");
    bench.cloud.on("ListStackResources", |_| {
        xml("<StackResourceSummaries><member><LogicalResourceId>Greet</LogicalResourceId>\
             <PhysicalResourceId>work-Greet-1</PhysicalResourceId><ResourceType>AWS::Lambda::Function</ResourceType>\
             <ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResourceSummaries>")
    });
    let packages = Arc::new(Mutex::new(Vec::new()));
    let given = Arc::clone(&packages);
    bench.cloud.on(&format!("PUT {FUNCTION}/code"), move |asked| {
        let package = asked.json()["ZipFile"].as_str().map(|package| BASE64.decode(package).unwrap());
        given.lock().unwrap().push(package.unwrap());
        json(json!({}))
    });
    let given = Arc::clone(&packages);
    bench.cloud.on(&format!("GET {FUNCTION}/configuration"), move |_| {
        let hash = given.lock().unwrap().last().map(|package| BASE64.encode(Sha256::digest(package)));
        json(json!({ "State": "Active", "LastUpdateStatus": "Successful", "CodeSha256": hash }))
    });
    (bench, packages)
}

fn reload(event: &Event) -> Option<Reload> {
    match event {
        Event::Function(Happened::Reloaded(reload)) => Some(reload.clone()),
        _ => None,
    }
}

/// Writes the same again and again, until something is told of it: from then on the folder is watched.
async fn saved(bench: &Bench, told: &mut Told, name: &str, text: &str) -> Reload {
    for _ in 0..100 {
        bench.write(name, text);
        let heard = tokio::time::timeout(Duration::from_millis(300), told.next(reload)).await;
        if let Ok(heard) = heard {
            return heard;
        }
    }
    panic!("nothing was told of {name}");
}

#[tokio::test]
async fn a_deployed_function_has_the_code_that_is_saved() {
    let (bench, packages) = bench().await;
    let mut told = bench.events();
    bench.reloads.send_replace(true);
    let first = saved(&bench, &mut told, "code/main.py", "2").await;
    assert_eq!((first.logical_id.as_str(), first.name.as_str()), ("Greet", "work-Greet-1"));
    assert_eq!((&first.template, &first.failure), (&path("template.yaml"), &None));
    assert_eq!((first.files, first.more), (vec![path("code/main.py")], 0));
    // What is not of its code, or the same as before, or in no package, is no reason.
    bench.write("other/main.py", "2");
    bench.write("code/main.py", "2");
    bench.write("code/.hidden", "2");
    bench.write("code/lib/deep.py", "3");
    let second = told.next(reload).await;
    assert_eq!(second.logical_id, "Greet");
    assert!(second.files.iter().any(|file| file.as_str().starts_with("code/lib")), "{:?}", second.files);
    let package = packages.lock().unwrap().last().cloned().unwrap();
    let archive = zip::ZipArchive::new(std::io::Cursor::new(package)).unwrap();
    let mut names: Vec<_> = archive.file_names().collect();
    names.sort_unstable();
    assert_eq!(names, ["lib/deep.py", "main.py"]);
    assert_eq!(packages.lock().unwrap().len(), 2, "the same code is not given twice");
}

#[tokio::test]
async fn nothing_is_reloaded_unasked() {
    let (bench, packages) = bench().await;
    let mut told = bench.events();
    bench.reloads.send_replace(true);
    saved(&bench, &mut told, "code/main.py", "2").await;
    bench.reloads.send_replace(false);
    // All runs on this thread: it has heard by then.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    bench.write("code/main.py", "3");
    bench.reloads.send_replace(true);
    let heard = saved(&bench, &mut told, "code/more.py", "1").await;
    assert!(heard.files.contains(&path("code/more.py")));
    assert_eq!(packages.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn why_a_function_has_its_former_code_is_said() {
    let (bench, _) = bench().await;
    let mut told = bench.events();
    bench.cloud.on(&format!("PUT {FUNCTION}/code"), |_| {
        json_error(
            400,
            "CodeStorageExceededException",
            "You have exceeded your maximum total code size per account.",
        )
    });
    bench.reloads.send_replace(true);
    let heard = saved(&bench, &mut told, "code/main.py", "2").await;
    assert_eq!(
        heard.failure.as_deref(),
        Some("CodeStorageExceededException: You have exceeded your maximum total code size per account.")
    );
    bench.trust.set(false);
    let heard = saved(&bench, &mut told, "code/main.py", "3").await;
    assert!(
        heard.failure.as_deref().is_some_and(|failure| failure.contains("Reload")),
        "{:?}",
        heard.failure
    );
}
