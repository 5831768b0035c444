//! A pool by drawn schedules: whatever the order in which events come, end, fail and are given up, no sandbox runs more than it
//! may or rests while it runs, and nobody waits for ever.

use ::schedules::{Actor, run};

use super::*;
use crate::Unprovisioned;

const EVENTS: [&str; 8] = ["a", "b 1", "c 2", "crash", "crash 1", "fail", "stream", "silent"];

/// A caller of a version: events at drawn times, of which some are given up.
async fn calls(prepared: Prepared, mut dice: u64) {
    let mut roll = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    for _ in 0..3 {
        sleep(Duration::from_millis(500 * roll(4))).await;
        let call = prepared.invoke(event_of(EVENTS[roll(EVENTS.len() as u64) as usize]));
        if roll(4) == 0 {
            // It goes on to its end, or to none where it had not begun.
            let _ = tokio::time::timeout(Duration::from_millis(250 * roll(5)), call).await;
        } else if let Err(error) = call.await {
            assert!(matches!(error, EngineError::ShuttingDown), "{error}");
        }
    }
}

/// Two versions that share what places there are; and whether all ends in the middle of it.
async fn check(seed: u64, manner: Manner, inits: &[Init], closes: bool) {
    let rig = Rig::new(manner, inits).await;
    let other = rig.engines.bind(function("other")).await.expect("an engine");
    let mut actors: Vec<Actor<'_, ()>> = Vec::new();
    for caller in 0..5 {
        let prepared = if caller % 3 == 0 { other.clone() } else { rig.prepared.clone() };
        actors.push(Box::pin(calls(prepared, seed * 7 + caller)));
    }
    // One that is kept up, now and then.
    actors.push(Box::pin(async {
        for events in [1, 0, 2, 1] {
            let provisioned = other.provision(events).await;
            let ended = matches!(provisioned, Err(Unprovisioned::ShuttingDown));
            assert!(!ended || closes, "seed {seed}: {provisioned:?}");
            sleep(Duration::from_millis(700)).await;
        }
    }));
    actors.push(Box::pin(async {
        sleep(Duration::from_millis(1500)).await;
        rig.engines.end_idle(Instant::now()).await;
        sleep(Duration::from_millis(1500)).await;
        if closes {
            rig.engines.close().await;
        } else {
            rig.prepared.retire().await;
        }
    }));
    let engine = &rig.engine;
    let look = || {
        let wrong = engine.wrong.lock().expect("whole");
        assert!(wrong.is_empty(), "seed {seed}: {wrong:?}");
        let alive = engine.alive.load(Ordering::SeqCst);
        assert!(alive <= manner.most, "seed {seed}: {alive} sandboxes");
    };
    // Far longer than all of it takes.
    let ended = tokio::time::timeout(Duration::from_hours(1), run(seed, actors, look)).await;
    assert!(ended.is_ok(), "seed {seed}: somebody waits for ever");
    // What was given up ends, too.
    sleep(Duration::from_secs(30)).await;
    look();
    // One version is retired, or all is closed: nothing of that rests any more.
    other.retire().await;
    assert_eq!(engine.alive.load(Ordering::SeqCst), 0, "seed {seed}: a sandbox is never ended");
}

#[tokio::test(start_paused = true)]
async fn no_order_of_events_breaks_a_pool() {
    for seed in 0..200 {
        let places = 1 + (seed / 2) as usize % 2;
        let manner = Manner { places, of_a_version: 2, many: 2, most: 3, lingers: seed % 2 == 0 };
        let inits: &[Init] = match seed % 5 {
            0 => &[Init::Fails, Init::Hangs, Init::BadPackage],
            1 => &[Init::Fails, Init::Fails],
            _ => &[],
        };
        check(seed, manner, inits, seed % 7 == 0).await;
    }
}
