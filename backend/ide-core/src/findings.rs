//! What is wrong with files, whoever finds it: a language server, the cloud. One list a file, told to all tabs.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{
    Event, WorkspacePath,
    language::{self, FileProblems, MAX_PROBLEMS, Problem},
};

use crate::Events;

/// What each source finds wrong with a file.
type Sources = BTreeMap<String, Vec<Problem>>;

/// The problems of all files; cheap to clone.
#[derive(Clone, Debug)]
pub struct Findings(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    events: Events,
    files: Mutex<BTreeMap<WorkspacePath, Sources>>,
}

impl Findings {
    /// None yet; what changes is told by these events.
    pub fn new(events: Events) -> Self {
        Self(Arc::new(Inner { events, files: Mutex::default() }))
    }

    /// Where what happens is told.
    pub fn events(&self) -> &Events {
        &self.0.events
    }

    /// What a source finds wrong with a file, in place of what it found before.
    pub fn set(&self, source: &str, found: FileProblems) {
        let FileProblems { path, problems } = found;
        // Told under the lock, so that two changes are told in their order.
        let mut files = self.files();
        let before = files.get(&path).and_then(|sources| sources.get(source));
        if before.map_or(&[][..], Vec::as_slice) == problems {
            return;
        }
        let sources = files.entry(path.clone()).or_default();
        if problems.is_empty() {
            sources.remove(source);
        } else {
            sources.insert(source.to_owned(), problems);
        }
        let problems = merged(sources);
        if sources.is_empty() {
            files.remove(&path);
        }
        let changed = FileProblems { path, problems };
        self.0.events.publish(None, Event::Language(language::Event::Problems(changed)));
    }

    /// The files that have any, by path.
    pub fn all(&self) -> Vec<FileProblems> {
        let files = self.files();
        let file = |(path, sources): (&WorkspacePath, &Sources)| FileProblems {
            path: path.clone(),
            problems: merged(sources),
        };
        files.iter().map(file).collect()
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<WorkspacePath, Sources>> {
        self.0.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn merged(sources: &Sources) -> Vec<Problem> {
    let mut all: Vec<Problem> = sources.values().flatten().cloned().collect();
    all.sort_by_key(|problem| (problem.range.start, problem.severity));
    all.truncate(MAX_PROBLEMS);
    all
}

#[cfg(test)]
mod tests {
    use protocol::language::{Position, Range, Severity};

    use super::*;
    use crate::{Sessions, somebody::workspace};

    fn found(lines: &[u32]) -> FileProblems {
        let problem = |&line: &u32| Problem {
            range: Range { start: Position { line, character: 0 }, end: Position { line, character: 1 } },
            severity: Severity::Error,
            message: line.to_string(),
            source: None,
            code: None,
            code_url: None,
            related: Vec::new(),
            unnecessary: false,
            raw: serde_json::Value::Null,
        };
        let path = WorkspacePath::parse("template.yaml").unwrap();
        FileProblems { path, problems: lines.iter().map(problem).collect() }
    }

    #[test]
    fn sources_share_a_file_and_only_changes_are_told() {
        let events = Events::new(workspace(), Sessions::new());
        let mut heard = events.subscribe();
        let findings = Findings::new(events);
        let mut check = |source: &str, lines: &[u32], told: Option<&[u32]>| {
            findings.set(source, found(lines));
            let heard = heard.try_recv().ok();
            let expected = told.map(|lines| Event::Language(language::Event::Problems(found(lines))));
            assert_eq!(heard.as_deref(), expected.as_ref());
        };
        check("a", &[], None);
        check("a", &[3, 1], Some(&[1, 3]));
        check("b", &[2], Some(&[1, 2, 3]));
        check("b", &[2], None);
        check("a", &[], Some(&[2]));
        assert_eq!(findings.all(), [found(&[2])]);
    }

    #[test]
    fn what_is_mended_is_forgotten() {
        let findings = Findings::new(Events::new(workspace(), Sessions::new()));
        findings.set("a", found(&[1]));
        findings.set("a", found(&[]));
        assert!(findings.all().is_empty() && findings.files().is_empty());
    }
}
