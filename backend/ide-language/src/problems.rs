//! What servers found wrong, by file: asked for (pulled) and told (pushed), merged into one list. Pure.

use std::{
    collections::{BTreeSet, HashMap},
    mem,
};

use protocol::{
    WorkspacePath,
    language::{FileProblems, MAX_PROBLEMS, Problem, Range, Related, Severity},
};
use serde::Deserialize;
use serde_json::Value;

use crate::uri::Root;

/// Characters of a message that are kept: what people read.
const MAX_TEXT: usize = 8 * 1024;
/// Bytes of a server's own form of a problem that are kept for code actions.
const MAX_RAW: usize = 64 * 1024;
/// Related places kept per problem.
const MAX_RELATED: usize = 20;

#[derive(Debug, Default)]
struct Sides {
    pulled: Vec<Problem>,
    pushed: Vec<Problem>,
    shown: Vec<Problem>,
}

impl Sides {
    /// Both sides as one, by position. Where the compiler and the server's own analysis say the same, the compiler's words
    /// stay.
    fn merge(&self) -> Vec<Problem> {
        let same = |a: &Problem, b: &Problem| {
            a.range.start.line == b.range.start.line && a.code.is_some() && a.code == b.code
                || a.range == b.range && a.message == b.message
        };
        let only_pulled =
            self.pulled.iter().filter(|pulled| !self.pushed.iter().any(|pushed| same(pulled, pushed)));
        let mut all: Vec<Problem> = self.pushed.iter().chain(only_pulled).cloned().collect();
        all.sort_by_key(|problem| (problem.range.start, problem.severity));
        all.truncate(MAX_PROBLEMS);
        all
    }
}

/// The problems of all files.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    files: HashMap<WorkspacePath, Sides>,
}

impl Problems {
    /// What an answer said of a file; the file's list where it changed by it.
    pub(crate) fn pulled(&mut self, path: &WorkspacePath, found: Vec<Problem>) -> Option<FileProblems> {
        self.files.entry(path.clone()).or_default().pulled = found;
        self.settle(path)
    }

    /// What a server told of a file by itself.
    pub(crate) fn pushed(&mut self, path: &WorkspacePath, found: Vec<Problem>) -> Option<FileProblems> {
        self.files.entry(path.clone()).or_default().pushed = found;
        self.settle(path)
    }

    /// Forgets everything; the files whose lists are now empty.
    pub(crate) fn clear(&mut self) -> Vec<FileProblems> {
        let emptied = mem::take(&mut self.files).into_iter().filter(|(_, sides)| !sides.shown.is_empty());
        emptied.map(|(path, _)| FileProblems { path, problems: Vec::new() }).collect()
    }

    fn settle(&mut self, path: &WorkspacePath) -> Option<FileProblems> {
        let sides = self.files.get_mut(path)?;
        let merged = sides.merge();
        let changed = merged != sides.shown;
        sides.shown.clone_from(&merged);
        if sides.pulled.is_empty() && sides.pushed.is_empty() {
            self.files.remove(path);
        }
        changed.then(|| FileProblems { path: path.clone(), problems: merged })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Diagnostic {
    range: Range,
    severity: Option<u8>,
    code: Option<Value>,
    code_description: Option<CodeDescription>,
    source: Option<String>,
    message: Value,
    #[serde(default)]
    tags: Vec<u8>,
    #[serde(default)]
    related_information: Vec<RelatedInformation>,
}

#[derive(Deserialize)]
struct CodeDescription {
    href: String,
}

#[derive(Deserialize)]
struct RelatedInformation {
    location: Location,
    message: String,
}

#[derive(Deserialize)]
struct Location {
    uri: String,
    range: Range,
}

/// A server's diagnostics as problems; what is malformed is left out, doubles are one.
pub(crate) fn read(root: &Root, diagnostics: &[Value]) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    diagnostics
        .iter()
        .take(MAX_PROBLEMS)
        .filter_map(|diagnostic| problem(root, diagnostic))
        .filter(|problem| seen.insert((problem.range.start, problem.range.end, problem.message.clone())))
        .collect()
}

fn problem(root: &Root, diagnostic: &Value) -> Option<Problem> {
    let read = Diagnostic::deserialize(diagnostic).ok()?;
    let message = read.message.as_str().or_else(|| read.message["value"].as_str())?;
    let raw = if diagnostic.to_string().len() <= MAX_RAW { diagnostic.clone() } else { Value::Null };
    let related = read.related_information.into_iter().take(MAX_RELATED).map(|related| Related {
        path: root.to_path(&related.location.uri),
        range: related.location.range,
        message: shorten(&related.message),
    });
    Some(Problem {
        range: read.range,
        severity: match read.severity {
            Some(2) => Severity::Warning,
            Some(3) => Severity::Information,
            Some(4) => Severity::Hint,
            _ => Severity::Error,
        },
        message: shorten(message),
        source: read.source.as_deref().map(shorten),
        code: read.code.as_ref().and_then(code),
        code_url: read.code_description.map(|description| description.href),
        related: related.collect(),
        unnecessary: read.tags.contains(&1),
        raw,
    })
}

fn code(code: &Value) -> Option<String> {
    code.as_str().map(shorten).or_else(|| code.as_i64().map(|number| number.to_string()))
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn root() -> Root {
        Root::new("/w".into())
    }

    fn path() -> WorkspacePath {
        WorkspacePath::parse("a.rs").unwrap()
    }

    fn found(diagnostics: &[(u32, &str, &str)]) -> Vec<Problem> {
        let values: Vec<Value> = diagnostics
            .iter()
            .map(|(line, code, message)| {
                let place = json!({ "line": line, "character": 0 });
                json!({ "range": { "start": place, "end": place }, "code": code, "message": message })
            })
            .collect();
        read(&root(), &values)
    }

    fn shown(change: Option<FileProblems>) -> Option<Vec<String>> {
        change.map(|file| file.problems.into_iter().map(|problem| problem.message).collect())
    }

    #[test]
    fn both_sides_become_one_list() {
        let mut problems = Problems::default();
        assert_eq!(shown(problems.pulled(&path(), found(&[(2, "E1", "own words")]))).unwrap(), ["own words"]);
        let pushed = found(&[(2, "E1", "the compiler's words"), (1, "E2", "earlier")]);
        assert_eq!(
            shown(problems.pushed(&path(), pushed.clone())).unwrap(),
            ["earlier", "the compiler's words"]
        );
        assert_eq!(shown(problems.pushed(&path(), pushed)), None, "nothing changed");
        assert_eq!(shown(problems.pulled(&path(), vec![])), None, "nothing to be seen changed");
        assert_eq!(problems.files.len(), 1);
        assert_eq!(shown(problems.pushed(&path(), vec![])).unwrap(), Vec::<String>::new());
        assert!(problems.files.is_empty() && problems.clear().is_empty());
    }

    #[test]
    fn what_a_server_writes_is_read_and_bounded() {
        let place = json!({ "start": { "line": 0, "character": 1 }, "end": { "line": 0, "character": 2 } });
        let diagnostics = [
            json!({
                "range": place, "severity": 2, "code": 7, "source": "lint", "message": { "kind": "markdown", "value": "m" },
                "codeDescription": { "href": "https://x/7" }, "tags": [1],
                "relatedInformation": [
                    { "location": { "uri": "file:///w/b.rs", "range": place }, "message": "here" },
                    { "location": { "uri": "file:///etc/x", "range": place }, "message": "there" },
                ],
            }),
            json!({ "range": place, "message": "x".repeat(1_000_000) }),
            json!({ "range": { "start": { "line": -1, "character": 0 } }, "message": "malformed" }),
            json!("nonsense"),
        ];
        let read = read(&root(), &diagnostics);
        assert_eq!(read.len(), 2);
        let first = &read[0];
        assert_eq!(
            (first.severity, first.code.as_deref(), first.unnecessary),
            (Severity::Warning, Some("7"), true)
        );
        let places: Vec<_> =
            first.related.iter().map(|related| related.path.as_ref().map(ToString::to_string)).collect();
        assert_eq!(places, [Some("b.rs".to_owned()), None]);
        assert!(read[1].message.len() < 10_000 && read[1].raw.is_null());
    }

    #[test]
    fn a_million_diagnostics_are_a_thousand() {
        let one = found(&[(0, "", "x")])[0].raw.clone();
        let many: Vec<Value> = (0..5000)
            .map(|line| {
                let mut many = one.clone();
                many["range"]["start"]["line"] = json!(line);
                many
            })
            .collect();
        assert_eq!(read(&root(), &many).len(), MAX_PROBLEMS);
    }
}
