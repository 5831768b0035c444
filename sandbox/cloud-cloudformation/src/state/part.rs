//! The parts of an operation that are kept each by itself: a step writes those that it changed, however many there are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::operation::{Operation, Task};
use super::resource::Resource;

/// One part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// A task of the phase.
    Task(Task),
    /// A resource as it was before the operation, or nothing where it made one.
    Before(Option<Resource>),
    /// A resource that still has to be removed.
    Trash(Resource),
}

/// Which part of an operation: of what kind, and its name among those.
pub type Place = (String, String);

const TASK: &str = "task";
const BEFORE: &str = "before";
const TRASH: &str = "trash";

/// What is kept in tables of its own, as it once stood in the operation.
#[derive(Deserialize)]
pub struct Former {
    tasks: BTreeMap<String, Task>,
    before: BTreeMap<String, Option<Resource>>,
    trash: Vec<Resource>,
}

impl Former {
    /// As they are kept now.
    pub fn parts(self) -> impl Iterator<Item = (Place, Part)> {
        let tasks = self.tasks.into_iter().map(|(name, task)| (place(TASK, &name), Part::Task(task)));
        let before =
            self.before.into_iter().map(|(name, before)| (place(BEFORE, &name), Part::Before(before)));
        let trash = self.trash.into_iter().enumerate();
        let trash = trash.map(|(index, resource)| (place(TRASH, &in_order(index)), Part::Trash(resource)));
        tasks.chain(before).chain(trash)
    }
}

impl Operation {
    /// Takes a part as it was kept, each kind's in the order of their places.
    pub fn take(&mut self, (_, name): Place, part: Part) {
        match part {
            Part::Task(task) => drop(self.tasks.insert(name, task)),
            Part::Before(before) => drop(self.before.insert(name, before)),
            Part::Trash(resource) => self.trash.push(resource),
        }
    }
}

/// The parts that differ between what is kept of an operation and what it is: none in the place of one that is no more.
pub fn differences(kept: Option<&Operation>, now: Option<&Operation>) -> Vec<(Place, Option<Part>)> {
    let (mut found, tasks, before) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    differing(
        kept.map_or(&tasks, |operation| &operation.tasks),
        now.map_or(&tasks, |operation| &operation.tasks),
        |name, task| found.push((place(TASK, name), task.cloned().map(Part::Task))),
    );
    differing(
        kept.map_or(&before, |operation| &operation.before),
        now.map_or(&before, |operation| &operation.before),
        |name, before| found.push((place(BEFORE, name), before.cloned().map(Part::Before))),
    );
    let kept = kept.map_or(&[][..], |operation| &operation.trash);
    let now = now.map_or(&[][..], |operation| &operation.trash);
    for index in 0..kept.len().max(now.len()) {
        if kept.get(index) != now.get(index) {
            found.push((place(TRASH, &in_order(index)), now.get(index).cloned().map(Part::Trash)));
        }
    }
    found
}

fn differing<V: PartialEq>(
    kept: &BTreeMap<String, V>,
    now: &BTreeMap<String, V>,
    mut tell: impl FnMut(&str, Option<&V>),
) {
    for (name, value) in now.iter().filter(|(name, value)| kept.get(*name) != Some(value)) {
        tell(name, Some(value));
    }
    for name in kept.keys().filter(|name| !now.contains_key(*name)) {
        tell(name, None);
    }
}

fn place(kind: &str, name: &str) -> Place {
    (kind.to_owned(), name.to_owned())
}

/// A number as a text that sorts as it does.
fn in_order(index: usize) -> String {
    format!("{index:010}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::state::{Goal, Kind, TaskKind, TaskState};

    fn operation(tasks: &[(&str, TaskState)], before: &[&str]) -> Operation {
        let mut operation = Operation::new(Goal::new(Kind::Update));
        for (name, state) in tasks {
            let task = Task {
                logical_id: (*name).to_owned(),
                kind: TaskKind::Make,
                waits_for: BTreeSet::new(),
                state: state.clone(),
            };
            operation.tasks.insert((*name).to_owned(), task);
        }
        operation.before.extend(before.iter().map(|name| ((*name).to_owned(), None)));
        operation
    }

    fn check(kept: Option<&Operation>, now: Option<&Operation>, expected: &[&str]) {
        let found = differences(kept, now).into_iter();
        let shown: Vec<String> = found
            .map(|((kind, name), part)| format!("{}{kind} {name}", if part.is_some() { "" } else { "no " }))
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_a_step_changed_is_kept_and_nothing_else() {
        let waiting = operation(&[("A", TaskState::Waiting), ("B", TaskState::Waiting)], &[]);
        let done = operation(&[("A", TaskState::Done), ("B", TaskState::Waiting)], &["A"]);
        check(None, Some(&waiting), &["task A", "task B"]);
        check(Some(&waiting), Some(&waiting), &[]);
        check(Some(&waiting), Some(&done), &["task A", "before A"]);
        check(Some(&done), Some(&operation(&[], &["A"])), &["no task A", "no task B"]);
        check(Some(&done), None, &["no task A", "no task B", "no before A"]);
    }

    #[test]
    fn parts_make_the_operation_that_they_were_kept_of() {
        let whole = operation(&[("A", TaskState::Failed), ("B", TaskState::Done)], &["A", "C"]);
        let mut read: Operation = serde_json::from_value(serde_json::to_value(&whole).unwrap()).unwrap();
        assert!(read.tasks.is_empty() && read.before.is_empty());
        for (place, part) in differences(None, Some(&whole)) {
            read.take(place, part.unwrap());
        }
        assert_eq!(read, whole);
    }
}
