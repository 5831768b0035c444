//! Mappings over the end of their process, wherever that comes.

use super::*;

#[tokio::test]
async fn a_mapping_goes_on_in_the_next_process() {
    let rig = Mapped::new().await;
    let uuid = rig.mapped(input("f", "q")).await;
    let off = CreateEventSourceMappingRequest { enabled: Some(false), ..input("f", "q2") };
    let disabled = rig.map(off).await.unwrap().uuid.unwrap();
    rig.comes_to(&disabled, "Disabled").await;
    let gate = Arc::new(Semaphore::new(0));
    *rig.engine.busy.lock().unwrap() = Some(gate);
    rig.queue.put("q", "1");
    rig.queue.put("q2", "2");
    rig.seen(1).await;
    let rig = rig.again().await;
    rig.until(Duration::from_secs(1), "it is delivered again", || rig.queue.texts("q").is_empty()).await;
    assert_eq!((rig.bodies(), rig.queue.texts("q2")), (vec![vec!["1".to_owned()]], vec!["2".to_owned()]));
    let states: Vec<_> = [uuid, disabled].into_iter().collect();
    for (uuid, state) in states.iter().zip(["Enabled", "Disabled"]) {
        assert_eq!(rig.get(uuid).await.unwrap().state.as_deref(), Some(state));
    }
}

/// The process ends wherever a mapping is made, changed or removed while messages come: what was answered is so, what was not is
/// wholly there or wholly absent, and no message is lost or given again that was done.
#[tokio::test]
#[allow(clippy::too_many_lines, reason = "what is tried stands in one place")]
async fn the_end_of_the_process_at_every_step_leaves_a_mapping_whole() {
    let mut steps = 0;
    loop {
        let rig = Mapped::new().await;
        for text in ["1", "2", "3", "4"] {
            rig.queue.put("q", text);
        }
        let (answered, deleting) = (Mutex::new(Vec::new()), Mutex::new(false));
        let all = async {
            let uuid = rig
                .map(CreateEventSourceMappingRequest { batch_size: Some(1), ..input("f", "q") })
                .await
                .unwrap()
                .uuid
                .unwrap();
            answered.lock().unwrap().push(uuid.clone());
            rig.comes_to(&uuid, "Enabled").await;
            let update = UpdateEventSourceMappingRequest {
                uuid: uuid.clone(),
                batch_size: Some(2),
                ..Default::default()
            };
            rig.update(update).await.unwrap();
            answered.lock().unwrap().push(uuid.clone());
            rig.comes_to(&uuid, "Enabled").await;
            rig.queue.put("q", "5");
            rig.soon("all are done", || rig.queue.texts("q").is_empty()).await;
            *deleting.lock().unwrap() = true;
            rig.delete(&uuid).await.unwrap();
            answered.lock().unwrap().push(uuid.clone());
            rig.goes(&uuid).await;
        };
        let killed = async {
            for _ in 0..steps {
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        };
        let is_done = tokio::select! {
            () = all => true,
            () = killed => false,
        };
        // What comes to an end between the copies of the disk and of the queue is not seen by both.
        let kept = rig.queue.kept.lock().unwrap().clone();
        let answered = answered.into_inner().unwrap();
        let Mapped { rig: old, queue: _old } = rig;
        let again = old.again().await;
        let queue = FakeSource::open(&again.context, SourceKind::Queue, kept);
        let rig = Mapped { rig: again, queue };
        let left: BTreeSet<String> = rig.queue.texts("q").into_iter().collect();
        let present = rig.list(ListEventSourceMappingsRequest::default()).await;
        match answered.as_slice() {
            [] => assert!(present.len() <= 1, "killed at {steps}"),
            [uuid] | [uuid, _] => {
                assert!(present.is_empty() || present == [uuid.clone()], "killed at {steps}: {present:?}");
            }
            _ => {}
        }
        if let [uuid] = present.as_slice() {
            let seen = rig.get(uuid).await.unwrap();
            if answered.len() == 2 {
                assert_eq!(seen.batch_size, Some(2), "killed at {steps}");
            }
            let is_going = answered.len() == 3 || seen.state.as_deref() == Some("Deleting");
            if is_going {
                rig.goes(uuid).await;
            } else {
                rig.until(Duration::from_secs(1), "what is left is done", || rig.queue.texts("q").is_empty())
                    .await;
                let after: BTreeSet<String> = rig.bodies().concat().into_iter().collect();
                assert_eq!(after, left, "killed at {steps}: what is left comes, and what is done does not");
                rig.comes_to(uuid, "Enabled").await;
            }
        } else {
            // What was asked for and not answered may be done.
            assert!(
                *deleting.lock().unwrap() || answered.len() != 1 && answered.len() != 2,
                "killed at {steps}: an answered mapping is there"
            );
        }
        if is_done {
            assert!(steps > 5, "only {steps} steps were tried");
            return;
        }
        steps += if steps < 30 { 1 } else { 11 };
        assert!(steps < 5000);
    }
}
