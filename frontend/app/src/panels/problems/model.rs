//! The rows of the Problems panel.

use protocol::{
    WorkspacePath,
    language::{Position, Problem, Severity},
};

use crate::{
    messages::say,
    state::problems::Problems,
    text::{shortened, shown_name, shown_output},
};

/// Longest message in a row, in characters.
const MAX_MESSAGE: usize = 300;

/// A row: a file, or one of its problems.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// A file.
    File {
        /// Which.
        path: WorkspacePath,
        /// How many problems it has.
        count: usize,
    },
    /// A problem of the file above.
    Problem {
        /// The file.
        path: WorkspacePath,
        /// Where.
        position: Position,
        /// How bad.
        severity: Severity,
        /// What is wrong, in one line.
        message: String,
        /// All of it.
        whole: String,
        /// Who says so, and its code.
        source: String,
    },
}

impl Row {
    /// What tells it from all others, whatever comes before it: the row with the focus stays that row.
    pub fn key(&self) -> String {
        match self {
            Self::File { path, .. } => path.to_string(),
            Self::Problem { path, position, message, source, .. } => {
                format!("{path}:{}:{} {source} {message}", position.line, position.character)
            }
        }
    }
}

/// The rows, by file, the worst and first problems first.
pub fn rows(problems: &Problems) -> Vec<Row> {
    let mut rows = Vec::new();
    for (path, found) in problems.files() {
        rows.push(Row::File { path: path.clone(), count: found.len() });
        let mut sorted: Vec<_> = found.iter().collect();
        sorted.sort_by_key(|problem| (problem.severity, problem.range.start));
        rows.extend(sorted.into_iter().map(|problem| row_of(path, problem)));
    }
    rows
}

fn row_of(path: &WorkspacePath, problem: &Problem) -> Row {
    let said = shown_output(&problem.message);
    let first_line = said.lines().next().unwrap_or_default();
    let source = [problem.source.as_deref(), problem.code.as_deref()];
    Row::Problem {
        path: path.clone(),
        position: problem.range.start,
        severity: problem.severity,
        message: shortened(first_line, MAX_MESSAGE),
        whole: shortened(&said, 4 * MAX_MESSAGE),
        source: source.into_iter().flatten().collect::<Vec<_>>().join(" "),
    }
}

/// A file's name and the folder it is in.
pub fn place(path: &WorkspacePath) -> (String, String) {
    let folder = path.parent().map(|folder| shown_name(folder.as_str())).unwrap_or_default();
    (shown_name(path.name()), folder)
}

/// The icon, class and word of a severity.
pub fn look(severity: Severity) -> (&'static str, &'static str, &'static str) {
    match severity {
        Severity::Error => ("circle-x", "is-error", say!("problems.error")),
        Severity::Warning => ("triangle-alert", "is-warning", say!("problems.warning")),
        Severity::Information => ("info", "is-info", say!("problems.information")),
        Severity::Hint => ("lightbulb", "is-info", say!("problems.hint")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{
        Model,
        problems::{
            Message,
            tests::{file, problem},
        },
    };

    #[test]
    fn the_worst_comes_first_in_its_file() {
        let mut problems = Problems::default();
        let found = vec![
            problem(1, Severity::Warning, "unused"),
            problem(9, Severity::Error, "mismatched types\nexpected i32"),
        ];
        problems.update(Message::Changed(file("src/main.rs", found)));
        problems.update(Message::Changed(file("a.rs", vec![problem(0, Severity::Hint, "x")])));
        let shown: Vec<_> = rows(&problems)
            .into_iter()
            .map(|row| match row {
                Row::File { path, count } => format!("{path} {count}"),
                Row::Problem { message, position, source, .. } => {
                    format!("{message}@{} {source}", position.line)
                }
            })
            .collect();
        let expected = [
            "a.rs 1",
            "x@0 rustc E0308",
            "src/main.rs 2",
            "mismatched types@9 rustc E0308",
            "unused@1 rustc E0308",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn huge_messages_are_cut() {
        let mut problems = Problems::default();
        let huge = problem(0, Severity::Error, &"x".repeat(1_000_000));
        problems.update(Message::Changed(file("a", vec![huge])));
        let Row::Problem { message, whole, .. } = &rows(&problems)[1] else { panic!("a problem") };
        assert!(message.len() < 400 && whole.len() < 1300);
    }
}
