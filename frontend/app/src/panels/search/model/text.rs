//! What was found, as text: files by their paths, with the lines around each match.

use std::fmt::Write;

use protocol::search::{FoundFile, FoundLine, Query};
use serde_json::Value;

use crate::{
    json::{self, object},
    panels::search::model::form::Asked,
    text::shown_name,
};

/// Lines around each match.
pub const CONTEXT: u32 = 2;
/// Bytes of a text at most.
const MAX_TEXT: usize = 8 * 1024 * 1024;

/// The text of what was found, and whether all of it is in there.
pub fn text_of(files: &[FoundFile]) -> (String, bool) {
    let mut text = String::new();
    for file in files {
        if text.len() > MAX_TEXT {
            return (text, false);
        }
        if !text.is_empty() {
            text.push('\n');
        }
        write_file(&mut text, file);
    }
    (text, true)
}

fn write_file(text: &mut String, file: &FoundFile) {
    let last = file.lines.iter().map(|line| line.line + 1).max().unwrap_or_default();
    let (width, mut before) = (last.to_string().len(), None::<u32>);
    // Writing to a text does not fail.
    let _ = writeln!(text, "{}:", shown_name(file.path.as_str()));
    for FoundLine { line, text: shown, cut, matches } in &file.lines {
        if before.is_some_and(|before| before + 1 < *line) {
            text.push_str("--\n");
        }
        before = Some(*line);
        let sign = if matches.is_empty() { ' ' } else { ':' };
        let missing = if *cut > 0 { "…" } else { "" };
        let _ = writeln!(text, "  {:>width$}{sign} {missing}{shown}", line + 1);
    }
}

/// What a tab of such a text is about.
pub fn about(asked: &Asked) -> Value {
    object([("query", json::tree(&asked.query)), ("open", asked.open.into())])
}

/// What a tab is about, as it was kept.
pub fn read(about: &Value) -> Option<Asked> {
    let query: Query = json::read_tree(about.get("query")?.clone()).ok()?;
    let open = about.get("open").and_then(Value::as_bool).unwrap_or_default();
    Some(Asked { query, replacement: None, open })
}

#[cfg(test)]
mod tests {
    use protocol::{
        WorkspacePath,
        language::{Position, Range},
        search::FoundMatch,
    };

    use super::*;

    fn file(path: &str, lines: &[(u32, &str, bool)]) -> FoundFile {
        let line = |(line, text, met): &(u32, &str, bool)| {
            let at = Position { line: *line, character: 0 };
            let found = FoundMatch { range: Range { start: at, end: at }, with: None };
            let matches = if *met { vec![found] } else { Vec::new() };
            FoundLine { line: *line, text: (*text).to_owned(), cut: 0, matches }
        };
        FoundFile { path: WorkspacePath::parse(path).unwrap(), lines: lines.iter().map(line).collect() }
    }

    #[test]
    fn matches_stand_in_the_lines_around_them() {
        let one = file(
            "src/a.rs",
            &[
                (7, "fn a() {", false),
                (8, "    needle();", true),
                (9, "}", false),
                (19, "needle", true),
                (20, "needle", true),
            ],
        );
        let mut two = file("b", &[(0, "needle", true)]);
        two.lines[0].cut = 4;
        let expected = "src/a.rs:\n   8  fn a() {\n   9:     needle();\n  10  }\n--\n  20: needle\n  21: needle\n\nb:\n  1: …needle\n";
        assert_eq!(text_of(&[one, two]), (expected.to_owned(), true));
        assert_eq!(text_of(&[]), (String::new(), true));
    }

    #[test]
    fn a_text_has_an_end() {
        let long = "x".repeat(MAX_TEXT);
        let file = file("a", &[(0, &long, true)]);
        assert!(!text_of(&[file.clone(), file]).1);
    }

    #[test]
    fn what_a_tab_is_about_is_kept() {
        let query =
            Query { pattern: "x".into(), regex: true, include: vec!["*.rs".into()], ..Query::default() };
        let asked = Asked { query, replacement: None, open: true };
        assert_eq!(read(&about(&asked)), Some(asked));
        assert_eq!(read(&Value::Null), None);
    }
}
