//! From positions as language servers count them (lines, UTF-16 units) to bytes of a text. Pure.

use ide_core::TextEdit;
use protocol::language::Position;

use crate::merge::Edit;

/// The edits by bytes, in order; none where they overlap or lie outside.
pub(crate) fn edits(text: &str, edits: Vec<TextEdit>) -> Option<Vec<Edit>> {
    let starts = line_starts(text);
    let mut located = edits
        .into_iter()
        .map(|edit| {
            let start = offset(text, &starts, edit.range.start)?;
            let end = offset(text, &starts, edit.range.end)?;
            (start <= end).then_some(Edit { range: start..end, text: edit.text.replace("\r\n", "\n") })
        })
        .collect::<Option<Vec<_>>>()?;
    // Insertions at one place keep their order.
    located.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let apart =
        located.windows(2).all(|pair| matches!(pair, [one, next] if one.range.end <= next.range.start));
    apart.then_some(located)
}

/// Where lines begin; `\n`, `\r\n` and a lone `\r` end one.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = bytes
        .iter()
        .enumerate()
        .filter(|&(at, &byte)| byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
    [0].into_iter().chain(ends.map(|(at, _)| at + 1)).collect()
}

fn offset(text: &str, starts: &[usize], position: Position) -> Option<usize> {
    let line = position.line as usize;
    let Some(&start) = starts.get(line) else {
        // "Up to the line after the last" is how servers say "all of it".
        return (line == starts.len() && position.character == 0).then_some(text.len());
    };
    let end = starts.get(line + 1).copied().unwrap_or(text.len());
    let line = text.get(start..end)?.trim_end_matches(['\n', '\r']);
    let mut units = 0;
    for (at, character) in line.char_indices() {
        if units >= position.character {
            return Some(start + at);
        }
        units += character.len_utf16() as u32;
    }
    // Beyond the line's end means its end, as the protocol has it.
    Some(start + line.len())
}

#[cfg(test)]
mod tests {
    use protocol::language::Range;

    use super::*;

    fn edit(range: [u32; 4], text: &str) -> TextEdit {
        let [line, character, end_line, end_character] = range;
        let start = Position { line, character };
        TextEdit {
            range: Range { start, end: Position { line: end_line, character: end_character } },
            text: text.into(),
        }
    }

    fn check(text: &str, given: Vec<TextEdit>, want: Option<&str>) {
        let got = edits(text, given).map(|edits| {
            let mut text = text.to_owned();
            edits.iter().rev().for_each(|edit| text.replace_range(edit.range.clone(), &edit.text));
            text
        });
        assert_eq!(got.as_deref(), want);
    }

    #[test]
    fn finds_bytes_of_positions() {
        check("a😀b\nc", vec![edit([0, 3, 0, 4], "B"), edit([1, 0, 1, 0], "- ")], Some("a😀B\n- c"));
        check("a\rb\r\nc\n", vec![edit([2, 0, 2, 1], "C"), edit([1, 0, 1, 9], "B")], Some("a\rB\r\nC\n"));
        check("a\nb", vec![edit([0, 0, 2, 0], "all\r\n")], Some("all\n"));
        check("a", vec![edit([0, 0, 0, 0], "1"), edit([0, 0, 0, 0], "2")], Some("12a"));
        check("ab", vec![edit([0, 0, 0, 2], ""), edit([0, 1, 0, 2], "")], None);
        check("a", vec![edit([5, 0, 5, 1], "")], None);
    }
}
