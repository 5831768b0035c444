//! When to ask a server for a file's diagnostics, and what became of it. Pure: time is an argument.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use protocol::WorkspacePath;

#[derive(Debug, Default)]
struct Pull {
    due: Option<Instant>,
    /// Whether an answer is awaited.
    asked: bool,
    /// The answer's id, by which a server may say "as before".
    result: Option<String>,
}

/// The questions to ask.
#[derive(Debug)]
pub(crate) struct Pulls {
    settle: Duration,
    retry: Duration,
    files: HashMap<WorkspacePath, Pull>,
}

impl Pulls {
    pub(crate) fn new(settle: Duration, retry: Duration) -> Self {
        Self { settle, retry, files: HashMap::new() }
    }

    /// A file's text changed: ask when it has settled.
    pub(crate) fn changed(&mut self, path: &WorkspacePath, now: Instant) {
        self.files.entry(path.clone()).or_default().due = Some(now + self.settle);
    }

    /// A file is no longer shown.
    pub(crate) fn closed(&mut self, path: &WorkspacePath) {
        self.files.remove(path);
    }

    /// Every answer so far may be out of date.
    pub(crate) fn refresh(&mut self, now: Instant) {
        for pull in self.files.values_mut() {
            pull.due.get_or_insert(now);
        }
    }

    /// When the next question is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.files.values().filter(|pull| !pull.asked).filter_map(|pull| pull.due).min()
    }

    /// The files to ask about now, each with the id of its last answer; each is taken as asked.
    pub(crate) fn take_due(&mut self, now: Instant) -> Vec<(WorkspacePath, Option<String>)> {
        let due =
            self.files.iter_mut().filter(|(_, pull)| !pull.asked && pull.due.is_some_and(|due| due <= now));
        due.map(|(path, pull)| {
            pull.due = None;
            pull.asked = true;
            (path.clone(), pull.result.clone())
        })
        .collect()
    }

    /// An answer came; whether it is still wanted.
    pub(crate) fn answered(&mut self, path: &WorkspacePath, result: Option<String>) -> bool {
        let Some(pull) = self.files.get_mut(path) else { return false };
        pull.asked = false;
        pull.result = result;
        true
    }

    /// The server put the question off, or it failed: ask again where that helps.
    pub(crate) fn put_off(&mut self, path: &WorkspacePath, again: bool, now: Instant) {
        if let Some(pull) = self.files.get_mut(path) {
            pull.asked = false;
            if again {
                pull.due.get_or_insert(now + self.retry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_asked_about_once_it_has_settled() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let path = WorkspacePath::parse("a.rs").unwrap();
        let mut pulls = Pulls::new(second, 2 * second);
        pulls.changed(&path, start);
        pulls.changed(&path, start + second / 2);
        assert_eq!(pulls.next(), Some(start + second * 3 / 2));
        assert!(pulls.take_due(start + second).is_empty());
        assert_eq!(pulls.take_due(start + 2 * second), [(path.clone(), None)]);
        pulls.changed(&path, start + 2 * second);
        assert_eq!(pulls.next(), None, "one question at a time");
        pulls.put_off(&path, true, start + 2 * second);
        assert_eq!(pulls.next(), Some(start + 3 * second), "the change asks sooner than the retry");
        assert_eq!(pulls.take_due(start + 3 * second).len(), 1);
        assert!(pulls.answered(&path, Some("7".into())));
        pulls.refresh(start + 4 * second);
        assert_eq!(pulls.take_due(start + 4 * second), [(path.clone(), Some("7".into()))]);
        pulls.closed(&path);
        assert!(!pulls.answered(&path, None));
    }
}
