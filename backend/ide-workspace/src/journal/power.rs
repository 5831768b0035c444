//! The power fails at any moment: what was said to be in a journal is, and the document is known to be unfinished.

use std::path::Path;

use jiff::Timestamp;
use power_loss::{Image, Record, Workload, record};

use super::*;

const STEPS: u32 = 60;
/// Numbers of a round begin at a multiple of this.
const ROUND: u32 = 1000;

fn path(name: &str) -> WorkspacePath {
    WorkspacePath::parse(name).unwrap()
}

/// A document that holds everything up to a number.
fn snapshot(name: &str, number: u32) -> Snapshot {
    let base = Some(vec![b'b'; number as usize * 37 % 6000]);
    let state = number.to_le_bytes().to_vec();
    Snapshot { path: path(name), id: "id".into(), base, encoding: None, state }
}

/// What is typed with a number: less than a sector, or several.
fn update(number: u32) -> Vec<u8> {
    let mut update = number.to_le_bytes().to_vec();
    update.resize(4 + number as usize * 131 % 1500, b'u');
    update
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(*bytes.first_chunk().unwrap())
}

/// The last number of what was found that has all those before it. Of a write that was torn what comes behind the tear may be
/// there: the document holds it back until its tab sends what is missing.
fn last(contents: &Contents, what: &str) -> u32 {
    let mut last = number(&contents.snapshot.state);
    assert_eq!(contents.snapshot, snapshot(&contents.snapshot.path.to_string(), last), "{what}");
    for found in &contents.updates {
        assert_eq!(*found, update(number(found)), "{what}: half an update");
        if number(found) != last + 1 {
            assert!(contents.lost > 0, "{what}: {} after {last}", number(found));
            break;
        }
        last += 1;
    }
    last
}

fn load(journals: &Journals, name: &str, what: &str) -> Option<(Journal, u32)> {
    match journals.load(&path(name)) {
        Ok(Loaded::Missing) => None,
        Ok(Loaded::Found(journal, contents)) => Some((journal, last(&contents, what))),
        other => panic!("{what}: {other:?}"),
    }
}

/// What is done to one document, over and over: typed, made small, closed and opened again, forgotten and begun anew.
fn edit(work: &Workload, journals: &Journals, name: &str) {
    let mark = |text: String| work.mark(format!("{name} {text}")).unwrap();
    let found = load(journals, name, "at the beginning").map(|(_, number)| number);
    let mut number = found.unwrap_or(work.round() as u32 * ROUND);
    let mut journal = journals.write(&snapshot(name, number)).unwrap();
    mark(format!("kept {number}"));
    for step in 0..STEPS {
        match step % 10 {
            3 | 7 => journal = journals.write(&snapshot(name, number)).unwrap(),
            5 => {
                mark("closing".into());
                journals.close(&path(name), &journal, Timestamp::now()).unwrap();
                journal = load(journals, name, "closed").unwrap().0;
                mark(format!("kept {number}"));
            }
            9 => {
                mark("forgetting".into());
                journals.forget(journal).unwrap();
                journal = journals.write(&snapshot(name, number)).unwrap();
                mark(format!("kept {number}"));
            }
            _ => {
                journal.append(&[update(number + 1), update(number + 2)]).unwrap();
                number += 2;
                mark(format!("kept {number}"));
            }
        }
    }
}

/// What is recorded: two documents, each kept by a thread of its own.
#[test]
fn works() {
    let Some(work) = Workload::begin().unwrap() else { return };
    let journals = Journals::open(work.disk()).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| edit(&work, &journals, "a"));
        scope.spawn(|| edit(&work, &journals, "src/b"));
    });
}

/// Whether a document must be there, and with which number.
#[derive(Debug, Default)]
struct Promised {
    is_unfinished: bool,
    may_be_gone: bool,
    number: u32,
}

fn promised(marks: &[String], name: &str) -> Promised {
    let mut promised = Promised { may_be_gone: true, ..Promised::default() };
    let said = marks.iter().filter_map(|mark| mark.strip_prefix(name)?.strip_prefix(' '));
    for said in said {
        promised = match said {
            "closing" => Promised { is_unfinished: false, ..promised },
            "forgetting" => Promised { is_unfinished: false, may_be_gone: true, ..promised },
            kept => Promised {
                is_unfinished: true,
                number: kept.strip_prefix("kept ").unwrap().parse().unwrap(),
                ..Promised::default()
            },
        };
    }
    promised
}

fn check(disk: &Path, marks: &[String], what: &str) {
    let journals = Journals::open(disk).unwrap();
    let unfinished = journals.unfinished().unwrap();
    for name in ["a", "src/b"] {
        let what = format!("{what}, {name}");
        let promised = promised(marks, name);
        let is_unfinished = unfinished.contains(&path(name));
        assert!(is_unfinished || !promised.is_unfinished, "{what}: nobody would look for it");
        let found = load(&journals, name, &what);
        assert!(found.is_some() || promised.may_be_gone, "{what}: lost");
        if let Some((mut journal, number)) = found {
            assert!(number >= promised.number, "{what}: lost what came after {number}: {promised:?}");
            journal.append(&[update(number + 1)]).unwrap();
            drop(journal);
            let Loaded::Found(_, contents) = journals.load(&path(name)).unwrap() else { panic!("{what}") };
            assert_eq!(contents.updates.last(), Some(&update(number + 1)), "{what}: it does not go on");
        }
    }
}

fn check_all(record: &Record, seeds: std::ops::Range<u64>, before: &[String], round: u64) {
    for loss in record.losses(seeds) {
        let disk = power_loss::folder().unwrap();
        loss.image.lay(disk.path()).unwrap();
        let what = format!("round {round}, seed {}, after {} events", loss.seed, loss.at);
        check(disk.path(), &[before, &loss.marks].concat(), &what);
    }
}

#[test]
fn what_was_kept_survives_the_power() {
    let first = record("journal::power::works", &Image::default(), 0).unwrap();
    check_all(&first, 0..400, &[], 0);
    // It fails again while it goes on from there.
    for (round, loss) in (1..).zip(first.losses(1000..1003)) {
        let next = record("journal::power::works", &loss.image, round).unwrap();
        check_all(&next, 0..100, &loss.marks, round);
    }
}
