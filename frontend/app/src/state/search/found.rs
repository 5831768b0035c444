//! What a search finds, as it comes over a channel and as it is shown: pure.

use protocol::search::{FoundFile, FoundLine, FoundMatch};

use crate::{
    json::{self, Unreadable},
    text::shown_name,
};

/// Characters before a match that are shown.
const BEFORE: usize = 40;

/// Reads files from bytes that are cut anywhere, in a line and in a character too.
#[derive(Default)]
pub struct Reader {
    /// The beginning of a line.
    begun: Vec<u8>,
}

impl Reader {
    /// The files whose lines these bytes end.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Result<FoundFile, Unreadable>> {
        let mut read = Vec::new();
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.begun.extend_from_slice(&rest[..end]);
            read.extend(self.end());
            rest = &rest[end + 1..];
        }
        self.begun.extend_from_slice(rest);
        read
    }

    /// The file of a last line that nothing ends.
    pub fn end(&mut self) -> Option<Result<FoundFile, Unreadable>> {
        let line = std::mem::take(&mut self.begun);
        let text = String::from_utf8_lossy(&line);
        (!text.trim().is_empty()).then(|| json::read(&text))
    }
}

/// A match in its line, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// What stands before it.
    pub before: String,
    /// It.
    pub met: String,
    /// What follows it.
    pub after: String,
}

/// A match in its line: without what the line begins with, and with little before it, so that it is seen.
pub fn shown(line: &FoundLine, found: &FoundMatch) -> Shown {
    let (text, range) = (line.text.as_str(), found.range);
    let from = byte_at(text, range.start.character.saturating_sub(line.cut));
    let to = if range.end.line > line.line {
        text.len()
    } else {
        byte_at(text, range.end.character.saturating_sub(line.cut)).max(from)
    };
    let before = text[..from].trim_start();
    let surplus = before.chars().count().saturating_sub(BEFORE);
    let near: String = before.chars().skip(surplus).collect();
    let is_cut = surplus > 0 || line.cut > 0;
    Shown {
        before: if is_cut { format!("…{}", visible(&near)) } else { visible(&near) },
        met: visible(&text[from..to]),
        after: visible(text[to..].trim_end()),
    }
}

/// A text in one line whose characters are all seen.
pub fn visible(text: &str) -> String {
    shown_name(&text.replace('\t', " ").replace("\r\n", "⏎").replace('\n', "⏎"))
}

/// Where in a text as many UTF-16 code units have passed; its end, where it has fewer.
fn byte_at(text: &str, units: u32) -> usize {
    let mut passed = 0;
    for (at, letter) in text.char_indices() {
        if passed >= units {
            return at;
        }
        passed += letter.len_utf16() as u32;
    }
    text.len()
}

#[cfg(test)]
pub(crate) mod tests {
    use protocol::{
        WorkspacePath,
        language::{Position, Range},
    };

    use super::*;

    /// A file with matches of three characters at these places: a line, and where in it.
    pub(crate) fn file(path: &str, places: &[(u32, u32)]) -> FoundFile {
        let mut lines: Vec<FoundLine> = Vec::new();
        for (line, character) in places {
            let found = at(*line, *character, 3, None);
            if let Some(last) = lines.last_mut().filter(|last| last.line == *line) {
                last.matches.push(found);
            } else {
                let text = "abc ".repeat(20);
                lines.push(FoundLine { line: *line, text, cut: 0, matches: vec![found] });
            }
        }
        FoundFile { path: WorkspacePath::parse(path).unwrap(), lines }
    }

    fn at(line: u32, character: u32, length: u32, with: Option<&str>) -> FoundMatch {
        let start = Position { line, character };
        let end = Position { line, character: character + length };
        FoundMatch { range: Range { start, end }, with: with.map(ToOwned::to_owned) }
    }

    #[test]
    fn lines_are_read_wherever_the_bytes_are_cut() {
        let mut one = file("src/ä 🎉.rs", &[(3, 4), (7, 0)]);
        one.lines[0].text = "  größer 🎉 \"\\n".into();
        let two = file("b", &[(0, 0)]);
        let text = [&one, &two].map(|file| json::text(&json::tree(file)) + "\n").concat();
        let bytes = text.as_bytes();
        for first in 0..=bytes.len() {
            for second in
                [first, (first + 1).min(bytes.len()), usize::midpoint(first, bytes.len()), bytes.len()]
            {
                let mut reader = Reader::default();
                let pieces = [&bytes[..first], &bytes[first..second], &bytes[second..]];
                let read: Vec<_> = pieces.iter().flat_map(|piece| reader.push(piece)).collect();
                assert_eq!(read, [Ok(one.clone()), Ok(two.clone())], "cut at {first} and {second}");
                assert_eq!(reader.end(), None);
            }
        }
    }

    #[test]
    fn a_last_line_needs_no_end_and_an_empty_one_is_none() {
        let (file, mut reader) = (file("a", &[(0, 0)]), Reader::default());
        let text = json::text(&json::tree(&file));
        assert_eq!(reader.push(format!("\n\r\n{text}").as_bytes()), []);
        assert_eq!(reader.end(), Some(Ok(file)));
        assert!(
            reader.push(b"{\"path\":\n").first().is_some_and(Result::is_err),
            "the next line is read all the same"
        );
    }

    fn check(text: &str, cut: u32, found: (u32, u32), expected: [&str; 3]) {
        let line = FoundLine { line: 1, text: text.into(), cut, matches: Vec::new() };
        let Shown { before, met, after } = shown(&line, &at(1, found.0, found.1, None));
        assert_eq!([before.as_str(), &met, &after], expected, "{text}");
    }

    #[test]
    fn a_match_is_shown_in_its_line() {
        check("    let x = 1;  ", 0, (8, 1), ["let ", "x", " = 1;"]);
        check("x", 0, (0, 1), ["", "x", ""]);
        // Counted as UTF-16: a picture is two, an umlaut one.
        check("ä🎉x", 0, (3, 1), ["ä🎉", "x", ""]);
        check("🎉", 0, (0, 2), ["", "🎉", ""]);
        check("x = 1", 100, (100, 1), ["…", "x", " = 1"]);
        check("  x", 0, (0, 3), ["", "  x", ""]);
        let far = format!("{}x", "a".repeat(100));
        check(&far, 0, (100, 1), [&format!("…{}", "a".repeat(40)), "x", ""]);
        check("a\tb\u{202e}c", 0, (2, 1), ["a ", "b", "\\u{202e}c"]);
    }

    #[test]
    fn what_lies_beyond_the_text_that_came_is_not_marked() {
        check("abc", 0, (600, 3), ["abc", "", ""]);
        check("abc", 0, (2, 9), ["ab", "c", ""]);
        let over = FoundMatch {
            range: Range {
                start: Position { line: 1, character: 1 },
                end: Position { line: 3, character: 0 },
            },
            with: None,
        };
        let line = FoundLine { line: 1, text: "abc".into(), ..FoundLine::default() };
        assert_eq!(shown(&line, &over).met, "bc");
    }
}
