//! What language servers find wrong, by file.

use std::{collections::BTreeMap, rc::Rc};

use protocol::{
    CallError, WorkspacePath,
    language::{FileProblems, ListProblems, Problem, Severity},
};

use crate::{
    desk::{Desk, Perform},
    state::{Model, asking::Asking},
};

/// All problems known.
#[derive(Default)]
pub struct Problems {
    by_path: BTreeMap<WorkspacePath, Rc<Vec<Problem>>>,
    /// How many errors and warnings there are.
    pub counts: (usize, usize),
    /// Grows with every change.
    pub version: u64,
    /// Why they cannot be listed.
    pub trouble: Option<String>,
    asking: Asking<FileProblems>,
}

/// What happens.
pub enum Message {
    /// A session began: ask.
    Connected,
    /// All there are.
    Listed(Result<Vec<FileProblems>, CallError>),
    /// A file's problems changed.
    Changed(FileProblems),
}

impl Model for Problems {
    type Message = Message;
    type Effect = ();

    fn update(&mut self, message: Message) -> Vec<()> {
        match message {
            Message::Connected => return self.ask(),
            Message::Listed(outcome) => {
                let again = self.listed(outcome);
                self.version += 1;
                return if again { vec![()] } else { Vec::new() };
            }
            Message::Changed(file) => {
                self.asking.hear(&file);
                self.set(file);
                self.version += 1;
            }
        }
        Vec::new()
    }
}

impl Problems {
    fn ask(&mut self) -> Vec<()> {
        if self.asking.ask() { vec![()] } else { Vec::new() }
    }

    /// Takes the list in, and after it what was heard since it was asked for; whether to ask again.
    fn listed(&mut self, outcome: Result<Vec<FileProblems>, CallError>) -> bool {
        self.trouble = outcome.as_ref().err().map(|error| error.message.clone());
        let (heard, again) = self.asking.answered();
        if let Ok(files) = outcome {
            self.by_path.clear();
            self.counts = (0, 0);
            for file in files.into_iter().chain(heard) {
                self.set(file);
            }
        }
        again
    }

    /// Takes a file's problems in, and no look at those of others.
    fn set(&mut self, file: FileProblems) {
        let (errors, warnings) = count(&file.problems);
        let before = if file.problems.is_empty() {
            self.by_path.remove(&file.path)
        } else {
            self.by_path.insert(file.path, Rc::new(file.problems))
        };
        let before = before.map_or((0, 0), |problems| count(&problems));
        self.counts = (self.counts.0 + errors - before.0, self.counts.1 + warnings - before.1);
    }

    /// The files with problems, by path.
    pub fn files(&self) -> impl Iterator<Item = (&WorkspacePath, &Rc<Vec<Problem>>)> {
        self.by_path.iter()
    }

    /// The problems of a file.
    pub fn of(&self, path: &WorkspacePath) -> Rc<Vec<Problem>> {
        self.by_path.get(path).cloned().unwrap_or_default()
    }

    /// The worst problem of a file, or in a folder.
    pub fn worst_in(&self, path: &WorkspacePath) -> Option<Severity> {
        let within = self.by_path.iter().filter(|(file, _)| file.is_within(path));
        within.flat_map(|(_, problems)| problems.iter().map(|problem| problem.severity)).min()
    }
}

/// How many errors and warnings there are among them.
fn count(problems: &[Problem]) -> (usize, usize) {
    let count = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    (count(Severity::Error), count(Severity::Warning))
}

impl Perform for Problems {
    fn perform(desk: &Desk, (): ()) {
        desk.ask(ListProblems {}, |desk, outcome| desk.tell::<Self>(Message::Listed(outcome)));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use protocol::language::{Position, Range};

    use super::*;

    pub(crate) fn problem(line: u32, severity: Severity, message: &str) -> Problem {
        let at = Position { line, character: 4 };
        Problem {
            range: Range { start: at, end: at },
            severity,
            message: message.into(),
            source: Some("rustc".into()),
            code: Some("E0308".into()),
            code_url: None,
            related: Vec::new(),
            unnecessary: false,
            raw: serde_json::Value::Null,
        }
    }

    pub(crate) fn file(path: &str, problems: Vec<Problem>) -> FileProblems {
        FileProblems { path: WorkspacePath::parse(path).unwrap(), problems }
    }

    #[test]
    fn counts_and_forgets_what_is_mended() {
        let mut problems = Problems::default();
        let both = vec![problem(1, Severity::Error, "a"), problem(2, Severity::Warning, "b")];
        problems.update(Message::Changed(file("src/main.rs", both)));
        assert_eq!(problems.counts, (1, 1));
        assert_eq!(problems.worst_in(&WorkspacePath::parse("src").unwrap()), Some(Severity::Error));
        problems.update(Message::Changed(file("src/main.rs", Vec::new())));
        assert_eq!(problems.counts, (0, 0));
        assert_eq!(problems.files().count(), 0);
    }

    #[test]
    fn a_folder_is_as_bad_as_the_worst_below_it() {
        let mut problems = Problems::default();
        for (name, severity) in
            [("src", Severity::Hint), ("src-b/x", Severity::Error), ("src/a/b", Severity::Warning)]
        {
            problems.update(Message::Changed(file(name, vec![problem(1, severity, "x")])));
        }
        let check = |path: &str, expected| {
            assert_eq!(problems.worst_in(&WorkspacePath::parse(path).unwrap()), expected, "{path}");
        };
        check("src", Some(Severity::Warning));
        check("src/a/b", Some(Severity::Warning));
        check("src-b", Some(Severity::Error));
        check("", Some(Severity::Error));
        check("src/a/bc", None);
        check("sr", None);
        problems.update(Message::Listed(Ok(vec![file("src/a/b", vec![problem(1, Severity::Error, "x")])])));
        assert_eq!(problems.counts, (1, 0));
    }

    #[test]
    fn what_was_mended_does_not_come_back_with_an_older_list() {
        let mut problems = Problems::default();
        assert_eq!(problems.update(Message::Connected).len(), 1);
        assert!(problems.update(Message::Connected).is_empty(), "one question at a time");
        problems.update(Message::Changed(file("a", Vec::new())));
        let old = vec![file("a", vec![problem(1, Severity::Error, "mended")])];
        assert_eq!(problems.update(Message::Listed(Ok(old))).len(), 1, "asked again");
        assert_eq!(problems.counts, (0, 0));
    }
}
