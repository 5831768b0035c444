//! Random changes, some of which fail, panic or are left by their callers; after each of them the memory, the file and the
//! index are what the model is.

use std::collections::BTreeMap;

use cloud_core::interrupt::drop_at;
use cloud_store::{Collection, Memory};

use super::*;

type Model = BTreeMap<String, Note>;

/// A collection whose records are looked up, in whichever way.
trait Look: Memory<String, Note> + Sized {
    async fn get(notes: &Collection<String, Note, Self>, key: &str) -> Option<Note>;
    async fn open(store: &Store) -> Collection<String, Note, Self>;
}

macro_rules! look {
    ($collection:ty, $get:expr, $open:expr) => {
        impl Look for <$collection as Kind>::Memory {
            async fn get(notes: &$collection, key: &str) -> Option<Note> {
                $get(notes, key.to_owned()).await.map(|note| Note::clone(&note))
            }

            async fn open(store: &Store) -> $collection {
                $open(store).await
            }
        }
    };
}

trait Kind {
    type Memory;
}

impl<M> Kind for Collection<String, Note, M> {
    type Memory = M;
}

look!(Resident<String, Note>, async |notes: &Resident<_, _>, key| notes.get(&key), resident);
look!(
    Cached<String, Note>,
    async |notes: &Cached<_, _>, key| notes.get(&key).await.unwrap(),
    async |store| cached(store, 600).await
);

/// Numbers that look random and are the same for a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn key(&mut self) -> String {
        format!("{}", self.roll(12))
    }

    fn note(&mut self) -> Note {
        let tags: Vec<_> = ["red", "green", "blue"].into_iter().filter(|_| self.roll(2) == 0).collect();
        note(&"x".repeat(self.roll(90)), &tags)
    }
}

/// What a change of one record comes to.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Done,
    Failed,
    Panicked,
}

fn end(dice: &mut Dice) -> End {
    [End::Done, End::Done, End::Done, End::Failed, End::Panicked][dice.roll(5)]
}

fn fail(end: End) -> Result<(), Error> {
    match end {
        End::Done => Ok(()),
        End::Failed => Err(Error::Stopped),
        End::Panicked => panic!("on purpose"),
    }
}

/// One change, in the collection and in the model.
async fn step<M: Look>(notes: &Collection<String, Note, M>, dice: &mut Dice, model: &mut Model) {
    let (key, new, end, waits) = (dice.key(), dice.note(), end(dice), 1 + dice.roll(4));
    match dice.roll(4) {
        0 => {
            drop_at(notes.put(key.clone(), new.clone()), waits).await;
            model.insert(key, new);
        }
        1 => {
            drop_at(notes.remove(key.clone()), waits).await;
            model.remove(&key);
        }
        2 => {
            let seen = model.get(&key).cloned();
            let goes = dice.roll(3) == 0;
            let written = (!goes).then(|| new.clone());
            let decide = move |old: Option<&Note>| {
                assert_eq!(old, seen.as_ref());
                fail(end).map(|()| (written, ()))
            };
            drop_at(notes.change::<_, Error, _>(key.clone(), decide), waits).await;
            match (end, goes) {
                (End::Done, true) => drop(model.remove(&key)),
                (End::Done, false) => drop(model.insert(key, new)),
                _ => {}
            }
        }
        _ => {
            let other = dice.key();
            let (collection, first, second) = (notes.clone(), key.clone(), other.clone());
            let written = new.clone();
            let both = move |transaction: &mut Transaction<'_>| {
                let mut notes = collection.within(transaction);
                notes.put(first.clone(), written.clone())?;
                assert_eq!(notes.get(&first)?.as_ref(), Some(&written));
                notes.remove(&second)?;
                fail(end)
            };
            drop_at(notes.store().transact(both), waits).await;
            if end == End::Done {
                model.insert(key, new);
                model.remove(&other);
            }
        }
    }
    // Whatever was left by its caller has ended when what was asked after it has.
    notes.store().transact(|_| Ok::<_, Error>(())).await.unwrap();
}

async fn check<M: Look>(notes: &Collection<String, Note, M>, model: &Model, what: &str) {
    for key in 0..12 {
        let key = format!("{key}");
        assert_eq!(M::get(notes, &key).await, model.get(&key).cloned(), "{what}: {key} in memory");
    }
    let page = notes.page(Scan::all(), None).await.unwrap();
    assert_eq!(page.records.into_iter().collect::<Model>(), *model, "{what}: in the file");
    for tag in ["red", "green", "blue"] {
        let found = notes.find(TAGS, Key::text(tag), None, 99).await.unwrap();
        let has = |note: &Note| note.tags.iter().any(|one| one == tag);
        let expected: Vec<_> =
            model.iter().filter(|(_, note)| has(note)).map(|(key, _)| key.clone()).collect();
        assert_eq!(found, expected, "{what}: {tag}");
    }
}

async fn run<M: Look>(seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(seed);
    let mut model = Model::new();
    for round in 0..3 {
        let store = store(&folder).await;
        let notes = M::open(&store).await;
        check(&notes, &model, &format!("seed {seed}, round {round}, opened")).await;
        for number in 0..40 {
            step(&notes, &mut dice, &mut model).await;
            check(&notes, &model, &format!("seed {seed}, round {round}, step {number}")).await;
        }
        drop(notes);
        close(store, &folder).await;
    }
}

#[tokio::test]
async fn a_collection_is_what_its_model_is() {
    for seed in 0..6 {
        run::<<Resident<String, Note> as Kind>::Memory>(seed).await;
        run::<<Cached<String, Note> as Kind>::Memory>(seed).await;
    }
}

/// Many at once: the memory is never ahead of the file, and never behind what was answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_is_neither_ahead_of_the_file_nor_behind_its_answers() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let counts: Cached<u64, u64> = Cached::open(&store, COUNTS, &[], 500).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8_u64 {
        let counts = counts.clone();
        tasks.spawn(async move {
            let mut dice = Dice(task);
            let mut sent = [0; 6];
            for _ in 0..60 {
                let key = dice.roll(6) as u64;
                let add = |old: Option<&u64>| {
                    let new = old.copied().unwrap_or(0) + 1;
                    Ok::<_, Error>((Some(new), new))
                };
                let answered = drop_at(counts.change(key, add), 1 + dice.roll(4)).await;
                sent[key as usize] += 1;
                let here = counts.get(&key).await.unwrap().map_or(0, |count| *count);
                let kept = counts.store().get_json::<u64>(COUNTS, key.to_be_bytes()).await.unwrap();
                assert!(here <= kept.unwrap_or(0), "ahead of the file");
                assert!(answered.is_none_or(|answer| here >= answer.unwrap()), "behind an answer");
            }
            sent
        });
    }
    let sent = tasks.join_all().await;
    store.transact(|_| Ok::<_, Error>(())).await.unwrap();
    for key in 0..6 {
        let all: u64 = sent.iter().map(|sent| sent[key as usize]).sum();
        assert_eq!(counts.get(&key).await.unwrap().map_or(0, |count| *count), all);
    }
}
