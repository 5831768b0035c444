//! Changes of the same few records by drawn schedules: none is lost, none is seen twice, and what was answered is seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::schedules::{Actor, run};

use super::*;

type Counts = Cached<String, u64>;

/// The ways in which a record is changed, each of which adds one and says what came of it.
async fn add(counts: &Counts, key: &str, way: u64) -> u64 {
    match way % 3 {
        0 => {
            let more = |old: Option<&u64>| {
                let new = old.map_or(1, |old| old + 1);
                Ok::<_, Error>((Some(new), new))
            };
            counts.change(key.to_owned(), more).await.unwrap()
        }
        1 => {
            let (collection, key) = (counts.clone(), key.to_owned());
            let work = move |transaction: &mut Transaction<'_>| {
                let new = collection.within(transaction).get(&key)?.map_or(1, |old| old + 1);
                collection.within(transaction).put(key, new)?;
                Ok::<_, Error>(new)
            };
            counts.store().transact(work).await.unwrap()
        }
        _ => loop {
            let held = counts.hold(key.to_owned()).await.unwrap();
            let new = held.old().map_or(1, |old| u64::clone(old) + 1);
            tokio::task::yield_now().await;
            // One of the others may have been faster: they hold nothing.
            if let Ok(new) = held.set::<_, Error, _>(false, Some(Arc::new(new)), move |_| Ok(new)).await {
                return new;
            }
        },
    }
}

/// Adds to two records in turn, and looks at them.
async fn adder(counts: &Counts, names: &[String; 2], seed: u64) -> Vec<(String, u64)> {
    let mut answered: BTreeMap<&String, u64> = BTreeMap::new();
    let mut all = Vec::new();
    for step in 0..4 {
        let key = &names[((seed + step) % 2) as usize];
        let new = add(counts, key, seed / 2 + step).await;
        all.push((key.clone(), new));
        let last = answered.insert(key, new);
        assert!(last.is_none_or(|last| last < new), "{key} went back to {new}");
        for (key, new) in &answered {
            let found = counts.get(key).await.unwrap().map_or(0, |count| *count);
            assert!(found >= *new, "{key} was {new}, and {found} is there");
            let kept = counts.store().get_json::<u64>(COUNTS, key.as_str()).await.unwrap().unwrap_or(0);
            assert!(kept >= found, "{key} was seen as {found}, and {kept} is in the file");
        }
    }
    all
}

async fn check(counts: &Counts, seed: u64) {
    let names = ["a", "b"].map(|name| format!("{seed}/{name}"));
    let adders = (0..4).map(|number| Box::pin(adder(counts, &names, seed / 3 + number)) as Actor<'_, _>);
    let mut all: Vec<(String, u64)> = run(seed, adders.collect(), || {}).await.concat();
    all.sort();
    for name in &names {
        let answers: Vec<u64> = all.iter().filter(|(of, _)| of == name).map(|(_, new)| *new).collect();
        let count = answers.len() as u64;
        assert!(answers.into_iter().eq(1..=count), "seed {seed}: {name} was answered so: {all:?}");
        let found = counts.get(name).await.unwrap().map_or(0, |count| *count);
        let kept = counts.store().get_json::<u64>(COUNTS, name.as_str()).await.unwrap();
        assert_eq!((found, kept), (count, Some(count).filter(|count| *count > 0)), "seed {seed}: {name}");
    }
}

#[tokio::test]
async fn no_order_of_changes_loses_one() {
    let folder = power_loss::folder().unwrap();
    let store = store(&folder).await;
    for bytes in [0, 1 << 16] {
        let counts: Counts = Cached::open(&store, COUNTS, &[], bytes).await.unwrap();
        for seed in 0..120 {
            check(&counts, seed + bytes as u64).await;
        }
    }
}
