//! What outlives a request, a process or an update: events that were promised, functions whose caller hung up, packages.

use super::*;

impl Rig {
    /// Lets time go on until the engine has seen that many invocations. Says how much had to pass.
    async fn seen_in_time(&self, count: usize) -> Duration {
        let is_seen = || self.engine.seen.lock().unwrap().len() >= count;
        self.until(Duration::from_secs(1), "it is tried again", is_seen).await
    }
}

#[tokio::test]
async fn an_acknowledged_event_survives_the_process_and_keeps_its_id() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    *rig.engine.failing.lock().unwrap() = true;
    let accepted = rig.invoke("hello", InvocationType::Event, r#"{"n":1}"#).await.unwrap();
    assert_eq!((accepted.status_code, accepted.payload.as_deref()), (Some(202), None));
    rig.seen(1).await;
    let id = rig.engine.seen.lock().unwrap()[0].1.request_id.clone();
    let rig = rig.again().await;
    rig.clock.advance(Duration::from_secs(61));
    rig.seen(1).await;
    assert_eq!(rig.engine.seen.lock().unwrap()[0].1.request_id, id);
    assert_eq!(rig.engine.seen.lock().unwrap()[0].1.payload, r#"{"n":1}"#);
}

#[tokio::test]
async fn a_failing_event_is_tried_three_times_and_no_more() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    *rig.engine.failing.lock().unwrap() = true;
    rig.invoke("hello", InvocationType::Event, "1").await.unwrap();
    for (tries, wait) in [(1, 0), (2, 60), (3, 120)] {
        assert!(rig.seen_in_time(tries).await >= Duration::from_secs(wait));
    }
    rig.idle().await;
    assert_eq!(rig.engine.seen.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_clock_set_back_does_not_stall_retries() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    *rig.engine.failing.lock().unwrap() = true;
    rig.invoke("hello", InvocationType::Event, "1").await.unwrap();
    rig.seen(1).await;
    rig.clock.jump_to("2020-01-01T00:00:00Z".parse().unwrap());
    rig.seen_in_time(2).await;
    // Neither does one that was set back while nothing ran: the next process begins six years before it.
    let Rig { folder, .. } = rig;
    let rig = Rig::open(folder).await;
    rig.clock.jump_to("2014-01-01T00:00:00Z".parse().unwrap());
    rig.seen_in_time(1).await;
}

#[tokio::test]
async fn an_event_that_ends_the_process_again_and_again_is_given_up() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let stuck = || {
        let engine = FakeEngine::new();
        *engine.busy.lock().unwrap() = Some(Arc::new(Semaphore::new(0)));
        engine
    };
    *rig.engine.busy.lock().unwrap() = Some(Arc::new(Semaphore::new(0)));
    rig.invoke("hello", InvocationType::Event, r#""poison""#).await.unwrap();
    rig.seen(1).await;
    let Rig { mut folder, .. } = rig;
    // The process ends while it runs; twice it is tried again.
    for _ in 0..2 {
        let rig = Rig::open_with(folder, stuck()).await;
        rig.seen(1).await;
        folder = rig.folder;
    }
    let rig = Rig::open(folder).await;
    rig.invoke("hello", InvocationType::Event, r#""sound""#).await.unwrap();
    rig.seen(1).await;
    for _ in 0..100 {
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    }
    let seen = rig.engine.seen.lock().unwrap();
    let payloads: Vec<_> = seen.iter().map(|(_, invocation)| invocation.payload.clone()).collect();
    assert_eq!(payloads, [r#""sound""#], "it is not tried a third time, and keeps no other");
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_a_function_that_runs_to_its_end() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let one =
        PutFunctionConcurrencyRequest { function_name: "hello".into(), reserved_concurrent_executions: 1 };
    rig.call::<operation::PutFunctionConcurrency>("PutFunctionConcurrency", one).await.unwrap();
    let gate = Arc::new(Semaphore::new(0));
    *rig.engine.busy.lock().unwrap() = Some(gate.clone());
    tokio::select! {
        _ = rig.invoke("hello", InvocationType::RequestResponse, "1") => unreachable!(),
        () = rig.seen(1) => {}
    }
    let refused = rig.invoke("hello", InvocationType::RequestResponse, "2").await.unwrap_err();
    assert_eq!(refused.code(), "TooManyRequestsException", "its place is held");
    gate.add_permits(2);
    let logged = async {
        while !rig
            .logs
            .0
            .lock()
            .unwrap()
            .iter()
            .flat_map(|(_, _, lines)| lines)
            .any(|line| line.message.starts_with(b"REPORT "))
        {
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(10), logged).await.expect("its log is written");
    rig.invoke("hello", InvocationType::RequestResponse, "3").await.expect("its place is free again");
}

/// What lies in a folder of the service, by its names, without what is being removed; and the bytes of it.
fn kept(rig: &Rig, folder: &str) -> (usize, u64) {
    let entries = std::fs::read_dir(rig.folder.path().join("cloud/lambda").join(folder)).unwrap();
    let entries = entries.map(Result::unwrap);
    let there = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    let sizes: Vec<u64> = there.map(|entry| entry.metadata().unwrap().len()).collect();
    (sizes.len(), sizes.iter().sum())
}

/// Waits until one package is kept, and one is unpacked.
async fn only_the_last(rig: &Rig) {
    // What was seen holds what it ran.
    rig.engine.seen.lock().unwrap().clear();
    let collected = async {
        while kept(rig, "packages").0 > 1 || kept(rig, "unpacked").0 > 1 {
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_mins(1), collected).await.expect("only the last is kept");
}

#[tokio::test]
async fn five_hundred_updates_leave_neither_packages_nor_what_was_unpacked() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let mut first = None;
    for number in 0..500_u32 {
        // Some are only tried, some are no packages at all.
        let (dry_run, is_bad) = (number % 4 == 3, number % 10 == 9);
        let code = UpdateFunctionCodeRequest {
            function_name: "hello".into(),
            zip_file: Some(if is_bad {
                Bytes::from(format!("no zip {number}"))
            } else {
                zip(&number.to_le_bytes())
            }),
            dry_run: Some(dry_run),
            ..UpdateFunctionCodeRequest::default()
        };
        let updated = rig.call::<operation::UpdateFunctionCode>("UpdateFunctionCode", code).await;
        assert_eq!(updated.is_err(), is_bad, "{number}");
        rig.settled("hello").await;
        if number % 25 == 0 {
            rig.invoke("hello", InvocationType::RequestResponse, "1").await.unwrap();
            only_the_last(&rig).await;
            let bytes = kept(&rig, "packages").1;
            assert!(bytes.abs_diff(*first.get_or_insert(bytes)) < 64, "{bytes} after {number} updates");
        }
    }
    only_the_last(&rig).await;
    let rig = rig.again().await;
    rig.invoke("hello", InvocationType::RequestResponse, "1").await.expect("its package is still there");
}
