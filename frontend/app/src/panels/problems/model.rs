//! The rows of the Problems panel.

use std::rc::Rc;

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

/// The rows, by file, the worst and first problems first. Their words are made when they are drawn.
#[derive(Default)]
pub struct Rows {
    files: Vec<File>,
    /// How many there are.
    pub count: usize,
}

/// The rows of a file.
struct File {
    path: WorkspacePath,
    found: Rc<Vec<Problem>>,
    /// The places of its problems, as they are shown.
    order: Rc<Vec<usize>>,
    /// How many rows come before it.
    before: usize,
}

impl Rows {
    /// The rows now; what has stayed since these were made is not put in order again.
    #[must_use]
    pub fn now(&self, problems: &Problems) -> Self {
        let mut rows = Self::default();
        for (path, found) in problems.files() {
            let known = self.files.binary_search_by(|file| file.path.cmp(path)).ok();
            let known = known.and_then(|at| self.files.get(at)).filter(|file| Rc::ptr_eq(&file.found, found));
            let order = known.map_or_else(|| Rc::new(order(found)), |file| Rc::clone(&file.order));
            rows.files.push(File { path: path.clone(), found: Rc::clone(found), order, before: rows.count });
            rows.count += 1 + found.len();
        }
        rows
    }

    /// One of them.
    pub fn get(&self, index: usize) -> Option<Row> {
        let file = self.files.partition_point(|file| file.before <= index).checked_sub(1)?;
        let File { path, found, order, before } = self.files.get(file)?;
        Some(match (index - before).checked_sub(1) {
            None => Row::File { path: path.clone(), count: found.len() },
            Some(place) => row_of(path, found.get(*order.get(place)?)?),
        })
    }
}

fn order(found: &[Problem]) -> Vec<usize> {
    let mut order: Vec<_> = (0..found.len()).collect();
    order.sort_by_key(|place| found.get(*place).map(|problem| (problem.severity, problem.range.start)));
    order
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
        let rows = Rows::default().now(&problems);
        let expected = [
            "a.rs 1",
            "x@0 rustc E0308",
            "src/main.rs 2",
            "mismatched types@9 rustc E0308",
            "unused@1 rustc E0308",
        ];
        check(&rows, &expected);
        // A file's change costs that file.
        problems.update(Message::Changed(file("a.rs", vec![problem(3, Severity::Hint, "y")])));
        let now = rows.now(&problems);
        check(&now, &[&["a.rs 1", "y@3 rustc E0308"], &expected[2..]].concat());
        let same: Vec<_> =
            rows.files.iter().zip(&now.files).map(|(was, is)| Rc::ptr_eq(&was.order, &is.order)).collect();
        assert_eq!(same, [false, true]);
        problems.update(Message::Changed(file("a.rs", Vec::new())));
        check(&now.now(&problems), &expected[2..]);
    }

    fn check(rows: &Rows, expected: &[&str]) {
        let said = |row: Row| match row {
            Row::File { path, count } => format!("{path} {count}"),
            Row::Problem { message, position, source, .. } => {
                format!("{message}@{} {source}", position.line)
            }
        };
        let shown: Vec<_> = (0..rows.count).filter_map(|index| rows.get(index)).map(said).collect();
        assert_eq!(shown, expected);
        assert_eq!(rows.get(rows.count), None);
    }

    #[test]
    fn huge_messages_are_cut() {
        let mut problems = Problems::default();
        let huge = problem(0, Severity::Error, &"x".repeat(1_000_000));
        problems.update(Message::Changed(file("a", vec![huge])));
        let row = Rows::default().now(&problems).get(1);
        let Some(Row::Problem { message, whole, .. }) = row else { panic!("a problem") };
        assert!(message.len() < 400 && whole.len() < 1300);
    }
}
