//! What the cloud says of the templates that are open: asked while they are typed, shown as problems of their files.
//!
//! A template is asked about as a deployment would send it, with an address in the place of code that is in the workspace.

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
    time::Duration,
};

use ide_core::{DocumentChange, DocumentSnapshot, Documents, Findings};
use protocol::{
    WorkspacePath,
    language::{FileProblems, Position, Problem, Range, Severity},
};
use serde::Deserialize;
use template_text::Document;
use tokio::{sync::broadcast::error::RecvError, time::Instant};

use crate::{
    client::CLOUDFORMATION,
    error::CloudError,
    template::{Template, is_template},
    workspace::CloudPanels,
};

/// Who says so.
const SOURCE: &str = "CloudFormation";
/// From the last keystroke to a question.
const SETTLE: Duration = Duration::from_millis(400);
/// Before a question is asked again that was not answered.
const PAUSE: Duration = Duration::from_secs(5);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
// AWS: a template in a request has at most 51,200 bytes.
const MAX_INLINE: usize = 51_200;
/// In the place of an address of code that is not uploaded yet.
const SOMEWHERE: &str = "s3://bucket/key";

/// Follows the open documents for as long as the panels are there.
pub(crate) async fn follow(panels: Weak<CloudPanels>, documents: Arc<dyn Documents>, findings: Findings) {
    let mut changes = documents.subscribe();
    let mut open = Open::default();
    open.show_all(&*documents);
    loop {
        tokio::select! {
            change = changes.recv() => match change {
                Ok(change) => open.hear(change, &*documents),
                Err(RecvError::Lagged(_)) => open.show_all(&*documents),
                Err(RecvError::Closed) => return,
            },
            (path, text) = open.settled() => {
                let Some(panels) = panels.upgrade() else { return };
                let found = match &text {
                    Some(text) => panels.check(&path, text).await,
                    None => Some(Vec::new()),
                };
                match found {
                    Some(problems) => findings.set(SOURCE, FileProblems { path, problems }),
                    // The cloud does not answer: what it said before stays for now.
                    None => open.put_off(path),
                }
            }
        }
    }
}

/// The templates among the open documents that changed since they were asked about.
#[derive(Default)]
struct Open {
    /// When to ask about which text; about none where it is a template no more.
    waiting: BTreeMap<WorkspacePath, (Instant, Option<Arc<str>>)>,
    /// Those of which something may be said.
    asked: BTreeMap<WorkspacePath, Arc<str>>,
}

impl Open {
    fn hear(&mut self, change: DocumentChange, documents: &dyn Documents) {
        match change {
            DocumentChange::Opened(document) | DocumentChange::Changed(document) => self.show(document),
            DocumentChange::Saved(_) => {}
            DocumentChange::Closed(path) => self.leave(path),
            DocumentChange::Moved { from, .. } => {
                self.leave(from);
                self.show_all(documents);
            }
        }
    }

    fn show_all(&mut self, documents: &dyn Documents) {
        for document in documents.open() {
            self.show(document);
        }
    }

    fn show(&mut self, document: DocumentSnapshot) {
        if !is_template(&document.path, &document.text) {
            self.leave(document.path);
        } else if self.asked.get(&document.path) != Some(&document.text) {
            let due = Instant::now() + SETTLE;
            self.waiting.insert(document.path, (due, Some(document.text)));
        }
    }

    fn leave(&mut self, path: WorkspacePath) {
        self.waiting.remove(&path);
        if self.asked.remove(&path).is_some() {
            self.waiting.insert(path, (Instant::now(), None));
        }
    }

    /// What was asked about is asked about again, unless it changed.
    fn put_off(&mut self, path: WorkspacePath) {
        if let Some(text) = self.asked.get(&path).cloned() {
            self.waiting.entry(path).or_insert((Instant::now() + PAUSE, Some(text)));
        }
    }

    /// The next to ask about, once nobody types in it.
    async fn settled(&mut self) -> (WorkspacePath, Option<Arc<str>>) {
        let next = self.waiting.iter().min_by_key(|(_, (due, _))| *due);
        let Some((path, due)) = next.map(|(path, (due, _))| (path.clone(), *due)) else {
            return std::future::pending().await;
        };
        tokio::time::sleep_until(due).await;
        let text = self.waiting.remove(&path).and_then(|(_, text)| text);
        if let Some(text) = &text {
            self.asked.insert(path.clone(), Arc::clone(text));
        }
        (path, text)
    }
}

/// One thing that the cloud says.
#[derive(Deserialize)]
struct Check {
    severity: String,
    place: String,
    message: String,
}

impl CloudPanels {
    /// What is wrong with a template's text; none where the cloud does not answer.
    async fn check(&self, path: &WorkspacePath, text: &str) -> Option<Vec<Problem>> {
        let document = match Document::parse(text) {
            Ok(document) => document,
            Err(error) => {
                return Some(vec![problem(
                    text,
                    mark_in(&error.to_string()),
                    Severity::Error,
                    &error.to_string(),
                )]);
            }
        };
        let template = Template::of(path, document);
        let local = template.functions().into_iter().filter(|function| function.code.is_some());
        let local: Vec<_> = local.map(|function| (function.logical_id, SOMEWHERE.to_owned())).collect();
        let body = template.with_code(&local).to_string();
        if body.len() > MAX_INLINE {
            let message =
                format!("A template of more than {MAX_INLINE} bytes is checked when it is deployed");
            return Some(vec![problem(text, None, Severity::Information, &message)]);
        }
        let parameters = [("TemplateBody".to_owned(), body)];
        let asking = self.aws().ask(CLOUDFORMATION, "ValidateTemplate", &parameters);
        match tokio::time::timeout(PATIENCE, asking).await.ok()? {
            Ok(answer) => {
                let checks = answer.header("x-cumulo-checks").unwrap_or("[]");
                let checks: Vec<Check> = serde_json::from_str(checks).ok()?;
                Some(checks.iter().map(|check| shown(text, &template, check)).collect())
            }
            Err(CloudError::Service { message, .. }) => {
                let (message, position) = template.place(&message);
                Some(vec![problem(text, position, Severity::Error, &message)])
            }
            Err(error) => {
                tracing::debug!(%error, "a template is not checked");
                None
            }
        }
    }
}

fn shown(text: &str, template: &Template, check: &Check) -> Problem {
    let severity = if check.severity == "hint" { Severity::Hint } else { Severity::Error };
    let (message, position) = match check.place.as_str() {
        "" => template.place(&check.message),
        place => (check.message.clone(), Some(template.position_of(place))),
    };
    problem(text, position, severity, &message)
}

/// A problem of the name or value that begins at a position.
fn problem(text: &str, position: Option<Position>, severity: Severity, message: &str) -> Problem {
    let start = position.unwrap_or(Position { line: 0, character: 0 });
    let line = text.lines().nth(start.line as usize).unwrap_or_default();
    let rest: String = line.chars().skip(start.character as usize).collect();
    let name = rest.split([':', ',', '}', ']', '#']).next().unwrap_or_default().trim_end();
    let end = Position { character: start.character + name.chars().count().max(1) as u32, ..start };
    Problem {
        range: Range { start, end },
        severity,
        message: message.to_owned(),
        source: Some(SOURCE.to_owned()),
        code: None,
        code_url: None,
        related: Vec::new(),
        unnecessary: false,
        raw: serde_json::Value::Null,
    }
}

/// The place that a complaint about a text names, `line 3, column 5`.
fn mark_in(message: &str) -> Option<Position> {
    let (_, place) = message.rsplit_once("line ")?;
    let (line, column) = place.split_once(", column ")?;
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()?.checked_sub(1)
    };
    Some(Position { line: number(line)?, character: number(column)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Resources:\n  Table:\n    Type: AWS::DynamoDB::Table\n    Properties: {Naem: x}\n";

    fn path(name: &str) -> WorkspacePath {
        WorkspacePath::parse(name).unwrap()
    }

    fn check(place: &str, severity: &str, message: &str, expected: (u32, u32, u32, Severity, &str)) {
        let template = Template::of(&path("template.yaml"), Document::parse(TEXT).unwrap());
        let check =
            Check { severity: severity.to_owned(), place: place.to_owned(), message: message.to_owned() };
        let Problem { range, severity, message, .. } = shown(TEXT, &template, &check);
        let seen = (range.start.line, range.start.character, range.end.character, severity, message.as_str());
        assert_eq!(seen, expected);
    }

    #[test]
    fn what_the_cloud_says_is_shown_where_it_is() {
        check("/Resources/Table/Properties/Naem", "error", "no", (3, 17, 21, Severity::Error, "no"));
        check("/Resources/Table/Properties/Gone/Inner", "hint", "no", (3, 4, 14, Severity::Hint, "no"));
        check("/Resources/Table/Type", "error", "no", (2, 4, 8, Severity::Error, "no"));
        let failed = "It failed. (/Resources/Table, line 1, column 9)";
        check("", "error", failed, (1, 2, 7, Severity::Error, "It failed."));
    }

    #[test]
    fn the_place_of_a_complaint_is_read() {
        let place = |message: &str| mark_in(message).map(|place| (place.line, place.character));
        assert_eq!(place("YAML not well-formed. (line 3, column 5)"), Some((2, 4)));
        assert_eq!(place("unsupported structure."), None);
        assert_eq!(place("line x, column y"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_text_is_asked_about_once_nobody_types() {
        let mut open = Open::default();
        let document = |name: &str, text: &str| DocumentSnapshot {
            path: path(name),
            language: "yaml".into(),
            version: 1,
            text: text.into(),
        };
        let before = Instant::now();
        open.show(document("template.yaml", "A: 1"));
        tokio::time::advance(SETTLE / 2).await;
        open.show(document("template.yaml", "A: 2"));
        open.show(document("notes.yaml", "A: 2"));
        let (asked, text) = open.settled().await;
        assert_eq!((asked, text.as_deref()), (path("template.yaml"), Some("A: 2")));
        assert_eq!(before.elapsed(), SETTLE + SETTLE / 2);
        open.show(document("template.yaml", "A: 2"));
        assert!(open.waiting.is_empty(), "it is known");
        open.put_off(path("template.yaml"));
        let before = Instant::now();
        assert_eq!(open.settled().await.1.as_deref(), Some("A: 2"), "it was not answered");
        assert_eq!(before.elapsed(), PAUSE);
        open.leave(path("template.yaml"));
        assert_eq!(open.settled().await, (path("template.yaml"), None));
        open.leave(path("template.yaml"));
        assert!(open.waiting.is_empty());
    }
}
