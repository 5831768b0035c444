//! One damaged store stops its service, and nothing else.

use std::{fs, io, path::Path};

use cloud_core::{AccountId, Caller, Permissions, Region, RequestId, Settings, SystemEntropy};
use cloud_wire::Input;

use super::*;
use crate::{Mode, RootKeys as Keys};

pub(super) async fn opened(folder: &Path) -> (Context, Services) {
    opened_with(folder, Permissions::default()).await
}

pub(super) async fn opened_with(folder: &Path, permissions: Permissions) -> (Context, Services) {
    let config = AgentConfig {
        mode: Mode::Cloud,
        data_dir: folder.to_owned(),
        cloud_listen: ([127, 0, 0, 1], 0).into(),
        region: "us-east-1".into(),
        account_id: "000000000000".into(),
        any_key: false,
        permissions: Some(permissions),
        egress: None,
        root_keys: Keys { access_key_id: "AKIA".into(), secret_access_key: "secret".into() },
        worker: "/none".into(),
        path: "/usr/bin:/bin".into(),
        cache_dir: folder.join("cache"),
        version: "0".into(),
    };
    let context = Context::new(Settings { permissions, ..Settings::new(folder) });
    let services = open(&context, &config).await.unwrap();
    (context, services)
}

pub(super) fn caller() -> Caller {
    Caller::root(&AccountId::default(), &Region::default(), RequestId::random(&SystemEntropy))
}

pub(super) fn copy_all(from: &Path, to: &Path) {
    // Folders first: what a store says of its flushes must not be newer than the flushes that are copied.
    let mut entries: Vec<_> = fs::read_dir(from).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(|entry| !entry.path().is_dir());
    for entry in entries {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            match fs::copy(entry.path(), target) {
                // It was removed, or renamed, after the folder was read: as if it had been before.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                copied => {
                    copied.unwrap();
                }
            }
        }
    }
}

/// The models that are answered with a reason, and the reason.
async fn stopped(services: &Services) -> (Vec<&'static str>, String) {
    let (mut models, mut reason, caller) = (Vec::new(), String::new(), caller());
    for service in &services.first.all {
        let operation = service.model().operations.first().unwrap().name;
        let Some(pending) = service.call(operation, &caller, Input::new(())) else { continue };
        if let Err(error) = pending.await
            && error.http_status() == 503
        {
            models.push(service.model().id);
            reason = error.message().to_owned();
        }
    }
    models.sort_unstable();
    (models, reason)
}

#[tokio::test]
async fn a_damaged_store_stops_its_service_alone() {
    let whole = tempfile::tempdir().unwrap();
    let (_, services) = opened(whole.path()).await;
    assert_eq!(stopped(&services).await, (Vec::new(), String::new()));
    for (store, models) in [
        ("iam", vec!["iam", "sts"]),
        ("logs", vec!["logs"]),
        ("sns", vec!["sns"]),
        ("s3", vec!["s3"]),
        ("sqs", vec!["sqs"]),
        ("lambda", vec!["lambda"]),
        ("apigateway", vec!["apigateway", "apigatewayv2"]),
        ("cloudformation", vec!["cloudformation"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        copy_all(whole.path(), folder.path());
        let file = folder.path().join(format!("cloud/{store}.db"));
        fs::remove_file(&file).unwrap_or_else(|error| panic!("{store}: {error}"));
        let all = services.first.all.len();
        let (_, services) = opened(folder.path()).await;
        let (seen, reason) = stopped(&services).await;
        assert_eq!(seen, models);
        assert!(reason.contains(file.to_str().unwrap()) && reason.contains("Put back a copy"), "{reason}");
        assert_eq!(services.first.all.len(), all, "{store}: all are there");
        assert!(services.keys.find("AKIA").is_some(), "{store}: the owner still signs");
        assert!(!file.exists(), "{store}: nothing was made in its place");
    }
}

#[tokio::test]
async fn a_service_that_panics_while_it_opens_stops_alone() {
    let mut mounted = Mounted::default();
    let number = 7;
    let opening = async { if number > 0 { panic!("no {number}") } else { Ok::<(), std::fmt::Error>(()) } };
    let reason = mounted.open("S3", &[&cloud_s3::shapes::MODEL], opening).await.unwrap_err();
    assert_eq!(reason, "S3 is stopped: it panicked while it was opened: no 7");
    assert!(mounted.lacks, "no stack is gone on with");
    mounted.open("IAM", &[], async { Ok::<_, std::fmt::Error>(()) }).await.unwrap();
    let who = caller();
    let pending = mounted.all.first().unwrap().call("ListBuckets", &who, Input::new(())).unwrap();
    assert_eq!(pending.await.unwrap_err().message(), reason);
}
