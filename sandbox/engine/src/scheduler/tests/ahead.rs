//! Sandboxes that are kept up without being called.

use super::*;
use crate::Unprovisioned;

impl Rig {
    fn alive(&self) -> usize {
        self.engine.alive.load(Ordering::SeqCst)
    }

    async fn end_idle(&self) {
        self.engines.end_idle(Instant::now()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_provisioned_is_there_before_it_is_called_and_stays() {
    let rig = Rig::new(ALONE, &[]).await;
    rig.prepared.provision(3).await.expect("they come up");
    assert_eq!((rig.alive(), rig.prepared.provisioned(), rig.prepared.provisioned_now()), (3, 3, 3));
    let frozen = rig.engine.said().into_iter().filter(|what| what.starts_with("freeze")).count();
    assert_eq!(frozen, 3, "nothing runs in them");
    assert_eq!(rig.call("a").await.init_duration, None, "nobody waited for it");
    rig.calls(&["a 1"; 5]).await;
    assert_eq!(rig.alive(), 5);
    rig.end_idle().await;
    assert_eq!(rig.alive(), 3);
    rig.prepared.provision(1).await.expect("less");
    rig.end_idle().await;
    assert_eq!((rig.alive(), rig.prepared.provisioned_now()), (1, 1));
    rig.prepared.provision(0).await.expect("none");
    rig.end_idle().await;
    assert_eq!(rig.alive(), 0);
    assert!(rig.call("a").await.init_duration.is_some());
}

#[tokio::test(start_paused = true)]
async fn what_ends_of_it_is_replaced() {
    let rig = Rig::new(ALONE, &[]).await;
    rig.prepared.provision(2).await.expect("they come up");
    rig.call("crash").await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!((rig.alive(), rig.prepared.provisioned_now()), (2, 2));
    let both = rig.calls(&["a 1", "a 1"]).await;
    assert!(both.iter().all(|outcome| outcome.init_duration.is_none()));
    assert_eq!(rig.engine.made.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_few_come_up_at_once() {
    let rig = Rig::new(ALONE, &[]).await;
    let begun = Instant::now();
    rig.prepared.provision(10).await.expect("they come up");
    assert_eq!(begun.elapsed(), Duration::from_millis(300));
    // A sandbox has places for some.
    let rig = Rig::new(Manner { places: 4, ..ALONE }, &[]).await;
    rig.prepared.provision(5).await.expect("they come up");
    assert_eq!((rig.alive(), rig.prepared.provisioned_now()), (2, 8));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_come_up_is_not_kept() {
    for inits in [&[Init::Fails, Init::Fails][..], &[Init::Hangs, Init::Fails], &[Init::BadPackage]] {
        let rig = Rig::new(ALONE, inits).await;
        let failed = rig.prepared.provision(1).await;
        assert!(matches!(failed, Err(Unprovisioned::Init)), "{failed:?}");
        assert_eq!((rig.alive(), rig.prepared.provisioned()), (0, 0));
        assert_eq!(kind(&rig.call("a").await), "");
    }
    let rig = Rig::new(ALONE, &[Init::Fails]).await;
    rig.prepared.provision(1).await.expect("the second try");
}

#[tokio::test(start_paused = true)]
async fn all_versions_together_have_so_many() {
    let rig = Rig::new(Manner { many: 3, most: 6, ..ALONE }, &[]).await;
    let other = rig.engines.bind(function("other")).await.expect("an engine");
    rig.prepared.provision(2).await.expect("they come up");
    let refused = other.provision(2).await;
    assert!(matches!(refused, Err(Unprovisioned::TooMany { most: 3 })), "{refused:?}");
    other.provision(1).await.expect("the last");
    let refused = rig.prepared.provision(3).await;
    assert!(matches!(refused, Err(Unprovisioned::TooMany { .. })), "{refused:?}");
    assert_eq!(rig.prepared.provisioned(), 2, "what is kept stays kept");
    // Idle ones make room for who calls, but not these.
    let third = rig.engines.bind(function("third")).await.expect("an engine");
    for _ in 0..3 {
        third.invoke(event_of("a")).await.expect("tried");
    }
    assert_eq!((rig.prepared.provisioned_now(), other.provisioned_now()), (2, 1));
    rig.prepared.retire().await;
    other.provision(3).await.expect("there is room again");
    drop(other);
    let again = rig.engines.bind(function("again")).await.expect("an engine");
    again.provision(3).await.expect("who is dropped keeps nothing");
    rig.engines.close().await;
    let refused = again.provision(3).await;
    assert!(matches!(refused, Err(Unprovisioned::ShuttingDown)), "{refused:?}");
}
