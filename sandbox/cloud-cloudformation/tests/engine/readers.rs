//! Who reads a stack while operations replace and remove the definitions that it had.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cloud::{Cloud, template};

const STACK: (&str, &str) = ("StackName", "s");
const READ: [(&str, &[(&str, &str)]); 6] = [
    ("DescribeStacks", &[STACK]),
    ("ListStacks", &[]),
    ("GetTemplate", &[STACK]),
    ("GetTemplateSummary", &[STACK]),
    ("DescribeStackEvents", &[STACK]),
    ("DescribeChangeSet", &[STACK, ("ChangeSetName", "c")]),
];

/// Reads until it is told to stop; what is refused is refused in the service's own words.
async fn read(cloud: &Cloud, stopped: &AtomicBool) {
    while !stopped.load(Ordering::SeqCst) {
        for (operation, members) in READ {
            if let Err(error) = cloud.call(operation, members).await {
                assert_ne!(error.code(), "InternalFailure", "{operation}: {error:?}");
                assert_eq!(operation, "DescribeChangeSet", "{error}");
            }
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_reads_a_stack_sees_it_before_a_change_or_after_it() {
    let cloud = Arc::new(Cloud::new().await);
    cloud.create("s", &template(&[("A", "", "0")])).await.unwrap();
    cloud.settled("s").await;
    let stopped = Arc::new(AtomicBool::new(false));
    let readers = (0..4).map(|_| {
        let (cloud, stopped) = (Arc::clone(&cloud), Arc::clone(&stopped));
        tokio::spawn(async move { read(&cloud, &stopped).await })
    });
    let readers: Vec<_> = readers.collect();
    for number in 1..=60 {
        let (next, set) = (template(&[("A", "", &number.to_string())]), ("ChangeSetName", "c"));
        cloud.call("CreateChangeSet", &[STACK, set, ("TemplateBody", &next)]).await.unwrap();
        cloud.call("DeleteChangeSet", &[STACK, set]).await.unwrap();
        cloud.update("s", &next).await.unwrap();
        assert_eq!(cloud.settled("s").await, "UPDATE_COMPLETE", "{number}");
    }
    stopped.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
}
