//! The power fails at any moment: what was answered is there, what was not is there as a whole or not at all.

use std::collections::BTreeMap;
use std::io;

use super::super::fake::Dice;
use super::*;

/// An append that was not answered, by its only record's text.
type Open = Vec<(StreamId, Bytes)>;

/// Appends side by side until the power fails; what was answered, and what was not.
async fn append_until_it_fails(
    log: &SegmentLog,
    ids: &[StreamId],
    dice: &mut Dice,
    count: &mut u32,
) -> (Open, Open) {
    let (mut answered, mut open) = (Vec::new(), Vec::new());
    for step in 0..40 {
        if step == 5 {
            // What is given back meanwhile is written anew or goes; the last stream is read by nobody.
            remove(log, ids[ids.len() - 1]).await;
        } else if dice.roll(6) == 0 {
            // It fails with the power.
            let _ = log.reclaim().await;
        }
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..=dice.roll(4) {
            *count += 1;
            let id = ids[dice.roll(ids.len())];
            let text = Bytes::from(format!("{count} {}", "x".repeat(dice.roll(700))));
            let log = log.clone();
            tasks.spawn(async move {
                let outcome = log.append(id, 0, vec![(5, text.clone()), (6, text.clone())]).await;
                (id, text, outcome.is_ok())
            });
        }
        for (id, text, ok) in tasks.join_all().await {
            if ok { answered.push((id, text)) } else { open.push((id, text)) }
        }
        if !open.is_empty() {
            break;
        }
    }
    (answered, open)
}

/// The texts of a stream, each of which must be there twice.
async fn texts(log: &SegmentLog, id: StreamId) -> Vec<Bytes> {
    let mut times: BTreeMap<Bytes, Vec<i64>> = BTreeMap::new();
    for (place, (_, text)) in all(log, id).await {
        times.entry(text).or_default().push(place.time);
    }
    assert!(times.values().all(|times| *times == [5, 6]), "an append is there in part");
    times.into_keys().collect()
}

async fn run(seed: u64) {
    let home = Home::new().await;
    let mut dice = Dice(seed);
    let mut count = 0;
    let log = home.open().await.unwrap();
    let own = group(&log).await;
    let ids = [stream(&log, own).await, stream(&log, own).await];
    home.close(log).await;
    let mut expected: Vec<(StreamId, Bytes)> = Vec::new();
    for round in 0..8 {
        home.disk.fail_after(dice.roll(60));
        // It may fail while it is opened, too.
        let witness = std::fs::read(home.witness()).unwrap();
        let mut open = Vec::new();
        if let Ok(log) = home.open().await {
            let all = [ids[0], ids[1], stream(&log, own).await];
            let (answered, left) = append_until_it_fails(&log, &all, &mut dice, &mut count).await;
            expected.extend(answered);
            open = left;
            home.close(log).await;
        }
        home.disk.power_on(&mut dice);
        if dice.roll(2) == 0 {
            // It is not flushed: it may be an older one.
            std::fs::write(home.witness(), witness).unwrap();
        }
        let log = home.open().await.unwrap_or_else(|error| panic!("seed {seed}, round {round}: {error}"));
        for id in ids {
            let found = texts(&log, id).await;
            let of = |all: &[(StreamId, Bytes)]| -> Vec<Bytes> {
                all.iter().filter(|(of, _)| *of == id).map(|(_, text)| text.clone()).collect()
            };
            for text in of(&expected) {
                assert!(found.contains(&text), "seed {seed}, round {round}: lost {:?}", &text[..4]);
            }
            for text in &found {
                assert!(of(&expected).contains(text) || of(&open).contains(text), "seed {seed}: made up");
            }
            expected.extend(found.into_iter().filter(|text| of(&open).contains(text)).map(|text| (id, text)));
        }
        log.reclaim().await.unwrap();
        home.close(log).await;
    }
}

#[tokio::test]
async fn what_was_answered_survives_the_power() {
    for seed in 0..8 {
        run(seed).await;
    }
}

/// One change fails and the disk goes on; then the power fails. False where there were no more changes.
async fn run_with_a_fault(changes: usize, error: io::ErrorKind, stops: bool, mut dice: Dice) -> bool {
    const APPENDS: usize = 8;
    let what = format!("{error:?} at change {changes}");
    let home = Home::new().await;
    let log = home.open().await.unwrap();
    let own = group(&log).await;
    let id = stream(&log, own).await;
    home.disk.fail_once(changes, error);
    let (mut expected, mut refused) = (Vec::new(), Vec::new());
    for n in 0..APPENDS {
        let text = Bytes::from(format!("{n} {}", "x".repeat(500)));
        if n % 3 == 1 {
            // What fails here costs no append: those that follow go where the others went.
            let _ = log.roll().await;
        }
        match log.append(id, 0, vec![(5, text.clone()), (6, text.clone())]).await {
            Ok(_) => expected.push(text),
            // It may be there.
            Err(Error::Stopped) => {}
            Err(_) => refused.push(text),
        }
        if stops && expected.len() <= n {
            break;
        }
    }
    home.close(log).await;
    let has_failed = home.disk.has_failed();
    if error == io::ErrorKind::StorageFull && has_failed && !stops {
        assert_eq!(expected.len() + refused.len(), APPENDS, "{what}: it did not go on");
        assert!(refused.len() <= 1, "{what}: it did not go on");
    }
    for _ in 0..3 {
        if dice.roll(2) == 0 {
            home.disk.power_on(&mut dice);
        }
        let log = home.open().await.unwrap_or_else(|error| panic!("{what}: {error}"));
        let found = texts(&log, id).await;
        assert!(expected.iter().all(|text| found.contains(text)), "{what}: lost");
        assert!(refused.iter().all(|text| !found.contains(text)), "{what}: it had been refused");
        // What was once read stays.
        expected = found;
        home.close(log).await;
    }
    has_failed
}

#[tokio::test]
async fn a_change_that_fails_costs_no_more_than_what_it_was_for() {
    for error in [io::ErrorKind::StorageFull, io::ErrorKind::Other] {
        for stops in [false, true] {
            let mut changes = 0;
            while run_with_a_fault(changes, error, stops, Dice(changes as u64)).await {
                changes += 1;
            }
            assert!(changes > 20, "{changes}");
        }
    }
}
