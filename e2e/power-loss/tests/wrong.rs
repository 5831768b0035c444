//! Work that promises too early is found out, each kind of it, and work that does not is not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

use std::fs::{self, File};
use std::io::Write;

use power_loss::{Image, Loss, Workload, record};

const ROUNDS: u8 = 12;

/// What is left out, by the number that the work is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    None,
    FileIsNotFlushed,
    NamedBeforeFlushed,
    FolderIsNotFlushed,
    NewFolderIsNotFlushed,
    WrittenInPlace,
    PromisedBeforeFlushed,
}

const MISTAKES: [Mistake; 7] = [
    Mistake::None,
    Mistake::FileIsNotFlushed,
    Mistake::NamedBeforeFlushed,
    Mistake::FolderIsNotFlushed,
    Mistake::NewFolderIsNotFlushed,
    Mistake::WrittenInPlace,
    Mistake::PromisedBeforeFlushed,
];

/// Longer than a sector, so that it may be torn.
fn text(round: u8) -> Vec<u8> {
    vec![round; 5000]
}

/// Replaces a file's text whole, unless it is done wrong.
fn replace(work: &Workload, mistake: Mistake, round: u8) {
    let folder = work.disk().join("folder");
    let (path, part) = (folder.join("file"), folder.join("part"));
    if mistake == Mistake::PromisedBeforeFlushed {
        work.mark(round).unwrap();
    }
    if mistake == Mistake::WrittenInPlace {
        let mut file = File::create(&path).unwrap();
        file.write_all(&text(round)).unwrap();
        file.sync_all().unwrap();
    } else {
        let mut file = File::create(&part).unwrap();
        file.write_all(&text(round)).unwrap();
        if mistake == Mistake::NamedBeforeFlushed {
            fs::rename(&part, &path).unwrap();
            file.sync_all().unwrap();
        } else {
            if mistake != Mistake::FileIsNotFlushed {
                file.sync_all().unwrap();
            }
            fs::rename(&part, &path).unwrap();
        }
    }
    if mistake != Mistake::FolderIsNotFlushed {
        File::open(&folder).unwrap().sync_all().unwrap();
    }
    work.mark(round).unwrap();
}

/// What the other test records.
#[test]
fn works() {
    let Some(work) = Workload::begin().unwrap() else { return };
    let mistake = MISTAKES[work.round() as usize];
    fs::create_dir(work.disk().join("folder")).unwrap();
    if mistake != Mistake::NewFolderIsNotFlushed {
        File::open(work.disk()).unwrap().sync_all().unwrap();
    }
    // Also where another thread writes.
    std::thread::scope(|scope| {
        for round in 1..=ROUNDS {
            let work = &work;
            scope.spawn(move || replace(work, mistake, round)).join().unwrap();
        }
    });
}

/// Whether what was promised is there, whole.
fn is_kept(loss: &Loss) -> bool {
    let folder = power_loss::folder().unwrap();
    loss.image.lay(folder.path()).unwrap();
    let promised = loss.marks.last().map_or(0, |mark| mark.parse().unwrap());
    match fs::read(folder.path().join("folder/file")) {
        Ok(found) => (promised..=ROUNDS).any(|round| found == text(round)),
        Err(_) => promised == 0,
    }
}

#[test]
fn each_mistake_is_found() {
    for (round, mistake) in (0..).zip(MISTAKES) {
        let record = record("works", &Image::default(), round).unwrap();
        let lost: Vec<_> =
            record.losses(0..150).filter(|loss| !is_kept(loss)).map(|loss| loss.seed).collect();
        assert_eq!(lost.is_empty(), mistake == Mistake::None, "{mistake:?}: {lost:?}");
    }
}

#[test]
fn a_test_that_fails_is_no_record() {
    assert!(record("fails", &Image::default(), 0).is_err());
}

#[test]
fn fails() {
    assert!(Workload::begin().unwrap().is_none(), "it is recorded");
}

#[test]
fn a_seed_says_what_is_lost() {
    let record = record("works", &Image::default(), 1).unwrap();
    for loss in record.losses(0..20) {
        let again = record.losses(loss.seed..loss.seed + 1).next().unwrap();
        assert_eq!((again.at, &again.image, &again.marks), (loss.at, &loss.image, &loss.marks));
    }
}
