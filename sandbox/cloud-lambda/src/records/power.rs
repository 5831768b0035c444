//! The power fails at any moment: a function and its parts are as one change left them.

use power_loss::{Image, Workload, record};

use super::*;
use crate::shapes::FunctionConfiguration;
use crate::state::{Alias, InvokeConfig, Package, Revisions, Stamp};

const CHANGES: u64 = 20;

/// As so many changes leave it: each published a version of another package and moved the alias to it.
fn function(changes: u64) -> Function {
    let package = |number: u64| Package { hash: format!("{number:064}"), size: 1, unzipped: None };
    let stamp = Stamp { now: jiff::Timestamp::UNIX_EPOCH, revision: "id".into() };
    let mut function = Function::new("f".into(), FunctionConfiguration::default(), package(0), &stamp);
    for number in 1..=changes {
        function.latest.package = package(number);
        let revisions = Revisions { version: format!("v{number}"), latest: format!("l{number}") };
        function.publish(None, revisions);
        let alias = Alias { version: number.to_string(), ..Alias::default() };
        function.aliases.insert("live".into(), alias.into());
        let config = InvokeConfig { modified_ms: number.cast_signed(), ..InvokeConfig::default() };
        function.invoke_configs.insert("live".into(), config.into());
        function.policies.insert(number.to_string(), Arc::default());
        function.policies.remove(&(number - 1).to_string());
    }
    function
}

async fn open(folder: &Path) -> Result<Records, Error> {
    Records::open(&folder.join("lambda.db"), &folder.join("packages")).await
}

/// What is recorded: a function that is changed again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works() {
    let Some(work) = Workload::begin().expect("told") else { return };
    let records = open(work.disk()).await.expect("opened");
    for number in 0..CHANGES {
        records.change("f", |_| Ok((Some(function(number)), ()))).await.expect("kept");
        work.mark(number).expect("said");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_wholly_there_or_wholly_absent() {
    let record = record("records::power::works", &Image::default(), 0).expect("recorded");
    for loss in record.losses(0..60) {
        let disk = power_loss::folder().expect("a folder");
        loss.image.lay(disk.path()).expect("laid");
        let what = format!("seed {}, after {} events", loss.seed, loss.at);
        let records = open(disk.path()).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        let acknowledged = loss.marks.last().map(|mark| mark.parse::<u64>().expect("a number"));
        let found = records.get("f");
        let changes = found.as_ref().map(|function| function.next_version - 1);
        assert!(changes >= acknowledged, "{what}: {changes:?} of {acknowledged:?} changes");
        assert_eq!(found.as_deref(), changes.map(function).as_ref(), "{what}");
        records.change("f", |_| Ok((Some(function(CHANGES)), ()))).await.expect("it goes on");
    }
}
