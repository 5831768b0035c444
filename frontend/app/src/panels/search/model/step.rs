//! A step of replacing: what is replaced in calls of a bounded size, one after the other, and what came of it.

use std::collections::VecDeque;

use protocol::{
    CallError, ErrorCode,
    search::{Query, ReplaceIn, ReplaceText, Replaced, Unreplaced},
};

use crate::messages::said_error;

/// Files of one call at most.
const MAX_FILES: usize = 100;
/// Matches of one call at most, unless one file has more: each takes some thirty bytes of a frame.
const MAX_MATCHES: usize = 10_000;

/// What is to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What was looked for.
    pub query: Query,
    /// What comes in its place.
    pub replacement: String,
    /// Where.
    pub files: Vec<ReplaceIn>,
}

impl Plan {
    /// How many matches there are, and in how many files.
    pub fn count(&self) -> (usize, usize) {
        (self.files.iter().map(|file| file.matches.len()).sum(), self.files.len())
    }
}

/// A step under way.
#[derive(Debug)]
pub struct Step {
    /// Its name.
    pub id: String,
    query: Query,
    replacement: String,
    waiting: VecDeque<Vec<ReplaceIn>>,
    asked: Vec<ReplaceIn>,
    /// How many files are in it, and how many were asked for.
    pub files: (usize, usize),
    done: Replaced,
    given_up: bool,
}

/// What came of a step, or of taking one back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whether a step was taken back.
    pub undone: bool,
    /// What was replaced, and what was not.
    pub done: Replaced,
    /// Whether the person stopped it.
    pub given_up: bool,
    /// Why it ended early.
    pub trouble: Option<String>,
}

impl Step {
    /// A step that does what is planned, under a name.
    pub fn new(id: String, plan: Plan) -> Self {
        let Plan { query, replacement, files } = plan;
        let (all, waiting) = (files.len(), batches(files));
        let done = Replaced::default();
        let asked = Vec::new();
        Self { id, query, replacement, waiting, asked, files: (all, 0), done, given_up: false }
    }

    /// The next call; none where all are made, or the person has had enough.
    pub fn next_call(&mut self) -> Option<ReplaceText> {
        let files = self.waiting.pop_front().filter(|_| !self.given_up)?;
        self.files.1 += files.len();
        self.asked.extend(files.iter().cloned());
        let (step, replacement) = (self.id.clone(), self.replacement.clone());
        Some(ReplaceText { step, query: self.query.clone(), replacement, files })
    }

    /// A call was answered. After one that failed no other is made.
    pub fn answered(&mut self, answer: Result<Replaced, CallError>) -> Option<String> {
        match answer {
            Ok(replaced) => {
                self.done.files += replaced.files;
                self.done.matches += replaced.matches;
                self.done.refused.extend(replaced.refused);
                None
            }
            Err(error) => {
                self.waiting.clear();
                Some(error.message)
            }
        }
    }

    /// The person has had enough: the call under way is the last one.
    pub fn give_up(&mut self) {
        self.given_up = !self.waiting.is_empty();
    }

    /// What is no longer there, as far as was answered.
    pub fn gone(&self) -> Vec<ReplaceIn> {
        let is_refused = |file: &ReplaceIn| self.done.refused.iter().any(|refused| refused.path == file.path);
        self.asked.iter().filter(|file| !is_refused(file)).cloned().collect()
    }

    /// What came of it.
    pub fn outcome(self, trouble: Option<String>) -> Outcome {
        Outcome { undone: false, done: self.done, given_up: self.given_up, trouble }
    }
}

/// Files in groups, each small enough for a call.
fn batches(files: Vec<ReplaceIn>) -> VecDeque<Vec<ReplaceIn>> {
    let (mut batches, mut matches) = (VecDeque::<Vec<ReplaceIn>>::new(), 0);
    for file in files {
        matches += file.matches.len();
        let open = batches.back_mut().filter(|batch| batch.len() < MAX_FILES && matches <= MAX_MATCHES);
        if let Some(batch) = open {
            batch.push(file);
        } else {
            matches = file.matches.len();
            batches.push_back(vec![file]);
        }
    }
    batches
}

/// Why a file was left as it was.
pub fn reason_of(file: &Unreplaced) -> String {
    let error = CallError::new(ErrorCode::Conflict, file.message.clone());
    said_error(CallError { reason: file.reason.clone(), ..error }).message
}

#[cfg(test)]
mod tests {
    use protocol::{WorkspacePath, language::Position};

    use super::*;

    fn files(count: usize, matches: u32) -> Vec<ReplaceIn> {
        let matches: Vec<_> = (0..matches).map(|line| Position { line, character: 0 }).collect();
        let file = |number| ReplaceIn {
            path: WorkspacePath::parse(&format!("f{number}")).unwrap(),
            matches: matches.clone(),
        };
        (0..count).map(file).collect()
    }

    fn step(count: usize, matches: u32) -> Step {
        let plan = Plan { query: Query::default(), replacement: "y".into(), files: files(count, matches) };
        assert_eq!(plan.count(), (count * matches as usize, count));
        Step::new("s".into(), plan)
    }

    /// How many files the calls have.
    fn check(count: usize, matches: u32, expected: &[usize]) {
        let mut step = step(count, matches);
        let mut sizes = Vec::new();
        while let Some(call) = step.next_call() {
            assert_eq!((call.step.as_str(), call.replacement.as_str()), ("s", "y"));
            sizes.push(call.files.len());
        }
        assert_eq!(sizes, expected);
        assert_eq!(step.files, (count, count));
    }

    #[test]
    fn calls_are_small_enough() {
        check(0, 1, &[]);
        check(1, 1, &[1]);
        check(100, 1, &[100]);
        check(250, 1, &[100, 100, 50]);
        check(5, 4_000, &[2, 2, 1]);
        check(2, 20_000, &[1, 1]);
    }

    #[test]
    fn what_came_of_the_calls_is_added_up() {
        let mut step = step(250, 2);
        let refused = |name: &str| Unreplaced {
            path: WorkspacePath::parse(name).unwrap(),
            message: "it changed".into(),
            reason: None,
        };
        for number in 0..3 {
            let call = step.next_call().unwrap();
            let files = call.files.len() as u64 - 1;
            let refused = vec![refused(&format!("f{number}"))];
            assert_eq!(step.answered(Ok(Replaced { files, matches: 2 * files, refused })), None);
        }
        assert!(step.next_call().is_none());
        assert_eq!(step.gone().len(), 247);
        let Outcome { done, given_up, .. } = step.outcome(None);
        assert_eq!((done.files, done.matches, done.refused.len(), given_up), (247, 494, 3, false));
        assert_eq!(reason_of(&done.refused[2]), "it changed");
    }

    #[test]
    fn a_step_ends_where_the_person_has_had_enough_and_where_a_call_fails() {
        let mut given_up = step(250, 1);
        given_up.next_call();
        given_up.give_up();
        given_up.answered(Ok(Replaced { files: 100, matches: 100, refused: Vec::new() }));
        assert!(given_up.next_call().is_none());
        let outcome = given_up.outcome(None);
        assert_eq!((outcome.done.files, outcome.given_up), (100, true));
        let mut failed = step(250, 1);
        failed.next_call();
        let trouble = failed.answered(Err(CallError::new(ErrorCode::Full, "the disk is full")));
        assert!(failed.next_call().is_none());
        assert_eq!(failed.outcome(trouble).trouble.as_deref(), Some("the disk is full"));
        let mut last = step(1, 1);
        last.next_call();
        last.give_up();
        assert!(!last.outcome(None).given_up, "nothing was left to do");
    }
}
