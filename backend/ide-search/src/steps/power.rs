//! The power fails at any moment: what a file was before it was changed is there, whole, and what was taken back is not
//! offered again once that was said.

use std::path::Path;

use power_loss::{Image, Record, Workload, record};

use super::*;

const STEPS: u128 = 12;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number + 1)
}

fn about(number: u128) -> About {
    About { at_ms: number as i64, pattern: "a".into(), replacement: "b".into() }
}

/// A change that is known by its number, less than a sector or several.
fn change(step: u128, number: u64) -> Change {
    let before: String = format!("{step}-{number} ").repeat(number as usize * 97 % 500 + 1);
    let path = WorkspacePath::parse(&format!("f{number}")).unwrap();
    Change { path, matches: number, after: before.to_uppercase().into(), before: before.into() }
}

/// What is recorded: steps of a few changes each; some are taken back.
#[test]
fn works() {
    let Some(work) = Workload::begin().unwrap() else { return };
    let steps = Steps::open(work.disk()).unwrap();
    for number in 0..STEPS {
        let step = steps.begin(id(number), &about(number)).unwrap();
        for at in 0..4 {
            step.keep(&change(number, at)).unwrap();
            if at % 2 == 1 {
                step.sync().unwrap();
                work.mark(format!("{number} kept {at}")).unwrap();
            }
        }
        if number % 3 == 2 {
            work.mark(format!("{number} undoing")).unwrap();
            for at in step.numbers().unwrap().into_iter().rev() {
                step.forget(at).unwrap();
            }
            steps.forget(id(number)).unwrap();
            work.mark(format!("{number} undone")).unwrap();
        }
    }
}

fn check(disk: &Path, marks: &[String], what: &str) {
    let steps = Steps::open(disk).unwrap();
    let list = steps.list().unwrap();
    for number in 0..STEPS {
        let said = |word: &str| {
            let begins = format!("{number} {word}");
            marks.iter().rev().find_map(|mark| mark.strip_prefix(&begins).map(str::trim))
        };
        let found = list.iter().find(|step| step.step == id(number).to_string());
        assert!(found.is_none() || said("undone").is_none(), "{what}: {number} is offered again");
        let Some(kept) = said("kept").filter(|_| said("undoing").is_none()) else { continue };
        let found = found.unwrap_or_else(|| panic!("{what}: {number} is lost"));
        assert_eq!((found.at_ms, &*found.pattern), (number as i64, "a"), "{what}");
        let step = steps.find(id(number)).unwrap();
        for at in 0..=kept.parse().unwrap() {
            let (kept, made) = (step.change(at).unwrap(), change(number, at));
            assert_eq!((kept.path, kept.before, kept.after), (made.path, made.before, made.after), "{what}");
        }
    }
}

fn check_all(record: &Record) {
    for loss in record.losses(0..300) {
        let disk = power_loss::folder().unwrap();
        loss.image.lay(disk.path()).unwrap();
        check(disk.path(), &loss.marks, &format!("seed {}, after {} events", loss.seed, loss.at));
    }
}

#[test]
fn what_files_were_survives_the_power() {
    check_all(&record("steps::power::works", &Image::default(), 0).unwrap());
}
