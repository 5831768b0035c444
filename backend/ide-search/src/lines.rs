//! The lines of a text in which something was found, with those around them, as a page shows them: by line and UTF-16 code
//! units, and cut where they are long.

use std::ops::Range;

use protocol::{
    language::{self, Position},
    search::{FoundLine, FoundMatch, MAX_SHOWN},
};

/// Bytes of a long line that are shown before its first match.
const BEFORE: usize = 64;

/// A match in a text by its bytes, and what would come in its place.
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    pub(crate) with: Option<String>,
}

/// The lines of matches that come in their order, and `context` lines around each.
pub(crate) fn lines(text: &str, found: Vec<Found>, context: u32) -> Vec<FoundLine> {
    let mut places = Places::new(text);
    let mut lines: Vec<FoundLine> = Vec::new();
    let mut previous: Option<Line> = None;
    for Found { range, with } in found {
        let start = places.pass(range.start);
        let own = Line { number: start.line, start: places.start };
        let end = places.clone().pass(range.end);
        let with = with.map(|with| shown(&with).to_owned());
        let found = FoundMatch { range: language::Range { start, end }, with };
        if let Some(last) = lines.last_mut().filter(|last| last.line == own.number) {
            last.matches.push(found);
            continue;
        }
        around(text, previous, Some(own), context, &mut lines);
        let matches = vec![found];
        lines.push(FoundLine { matches, ..cut(text, own, range.start) });
        previous = Some(own);
    }
    around(text, previous, None, context, &mut lines);
    lines
}

/// A line by its number and where it begins.
#[derive(Clone, Copy, Debug)]
struct Line {
    number: u32,
    start: usize,
}

/// Adds the lines after one and before another, so many at most of each.
fn around(text: &str, after: Option<Line>, before: Option<Line>, context: u32, lines: &mut Vec<FoundLine>) {
    let mut last = after.map(|line| line.number);
    for line in after.into_iter().flat_map(|line| following(text, line)).take(context as usize) {
        if before.is_some_and(|before| line.number >= before.number) {
            break;
        }
        lines.push(cut(text, line, line.start));
        last = Some(line.number);
    }
    let free = |line: &Line| last.is_none_or(|last| line.number > last);
    let before = before.into_iter().flat_map(|line| preceding(text, line));
    let mut before: Vec<_> = before.take(context as usize).take_while(free).collect();
    before.reverse();
    lines.extend(before.into_iter().map(|line| cut(text, line, line.start)));
}

/// The lines after a line. What follows the last new line is none.
fn following(text: &str, line: Line) -> impl Iterator<Item = Line> {
    let next = |line: &Line| {
        let start = line.start + text.get(line.start..)?.find('\n')? + 1;
        (start < text.len()).then_some(Line { number: line.number + 1, start })
    };
    std::iter::successors(next(&line), move |line| next(line))
}

/// The lines before a line, the nearest first.
fn preceding(text: &str, line: Line) -> impl Iterator<Item = Line> {
    let previous = |line: &Line| {
        let end = line.start.checked_sub(1)?;
        let start = text.get(..end)?.rfind('\n').map_or(0, |at| at + 1);
        Some(Line { number: line.number.checked_sub(1)?, start })
    };
    std::iter::successors(previous(&line), move |line| previous(line))
}

/// A line as it is shown: from a little before a byte of it, where it is long.
fn cut(text: &str, line: Line, at: usize) -> FoundLine {
    let rest = text.get(line.start..).unwrap_or_default();
    let whole = rest.find('\n').and_then(|end| rest.get(..end)).unwrap_or(rest);
    let from = if whole.len() > MAX_SHOWN {
        whole.floor_char_boundary((at - line.start).saturating_sub(BEFORE))
    } else {
        0
    };
    let (before, seen) = whole.split_at(from);
    FoundLine { line: line.number, text: shown(seen).to_owned(), cut: units(before), matches: Vec::new() }
}

fn shown(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_SHOWN)).unwrap_or(text)
}

fn units(text: &str) -> u32 {
    text.chars().map(|character| character.len_utf16() as u32).sum()
}

/// Goes through a text once and tells where bytes are: they are asked for in their order.
#[derive(Clone)]
pub(crate) struct Places<'t> {
    text: &'t str,
    at: usize,
    here: Position,
    /// Where the line begins.
    start: usize,
}

impl<'t> Places<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0, here: Position { line: 0, character: 0 }, start: 0 }
    }

    /// Where a byte is.
    pub(crate) fn pass(&mut self, to: usize) -> Position {
        let passed = self.text.get(self.at..to).unwrap_or_default();
        let in_line = match passed.rfind('\n') {
            Some(last) => {
                self.here.line += passed.bytes().filter(|byte| *byte == b'\n').count() as u32;
                self.here.character = 0;
                self.start = self.at + last + 1;
                passed.get(last + 1..).unwrap_or_default()
            }
            None => passed,
        };
        self.here.character += units(in_line);
        self.at = to;
        self.here
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line as `number:text`, with `>` before those that have matches and these by their columns.
    fn check(text: &str, needle: &str, context: u32, expected: &[&str]) {
        let found =
            text.match_indices(needle).map(|(at, _)| Found { range: at..at + needle.len(), with: None });
        let lines = lines(text, found.collect(), context);
        let shown = lines.iter().map(|line| {
            let matches = line.matches.iter().map(|found| {
                let (start, end) = (found.range.start, found.range.end);
                assert_eq!(start.line, line.line);
                let lines =
                    if end.line > start.line { format!("+{}", end.line - start.line) } else { String::new() };
                format!(" {}-{}{lines}", start.character, end.character)
            });
            let mark = if line.matches.is_empty() { " " } else { ">" };
            format!("{mark}{}:{}{}", line.line, line.text, matches.collect::<String>())
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn lines_are_told_with_those_around_them_once() {
        check("", "x", 0, &[]);
        check("ax\nb\nxcx\n", "x", 0, &[">0:ax 1-2", ">2:xcx 0-1 2-3"]);
        check(
            "0\n1\n2x\n3\n4\n5\n6x\n7\n8",
            "x",
            1,
            &[" 1:1", ">2:2x 1-2", " 3:3", " 5:5", ">6:6x 1-2", " 7:7"],
        );
        check("0\n1x\n2\n3x\n", "x", 9, &[" 0:0", ">1:1x 1-2", " 2:2", ">3:3x 1-2"]);
        check("x\nx", "x", 2, &[">0:x 0-1", ">1:x 0-1"]);
        check("é😀x", "x", 0, &[">0:é😀x 3-4"]);
        check("a\nb\nc", "a\nb", 0, &[">0:a 0-1+1"]);
        check("a\nb\na\nb", "\n", 0, &[">0:a 1-0+1", ">1:b 1-0+1", ">2:a 1-0+1"]);
    }

    #[test]
    fn long_lines_are_cut_where_the_first_match_is() {
        let text = format!("{}x{}x", "é".repeat(1000), "b".repeat(2000));
        let found = [2000..2001, 4001..4002].map(|range| Found { range, with: Some("w".repeat(600)) });
        let lines = lines(&text, found.into(), 0);
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!((line.cut, line.text.len()), (968, MAX_SHOWN));
        assert!(line.text.starts_with("éé") && line.text.contains("éxb"));
        assert_eq!(line.matches[1].range.start.character, 3001);
        assert_eq!(line.matches[0].with.as_ref().unwrap().len(), MAX_SHOWN);
    }
}
