//! Text for people: names that may hold anything, sizes, durations, times.

use std::fmt::Write;

use widgets::decimal;

use crate::json;

/// The first character that stands for a byte of a file name that is no UTF-8 (`WorkspacePath`'s form).
const ESCAPED_BYTE: u32 = 0x0010_FF00;

/// A file name or path as it is shown: what is no character, controls nothing, or turns the writing direction
/// becomes visible.
pub fn shown_name(name: &str) -> String {
    let mut shown = String::with_capacity(name.len());
    for c in name.chars() {
        match u32::from(c) {
            code if code >= ESCAPED_BYTE => drop(write!(shown, "\\x{:02x}", code - ESCAPED_BYTE)),
            _ if c.is_control() || is_invisible(c) => shown.extend(c.escape_unicode()),
            _ => shown.push(c),
        }
    }
    shown
}

/// What a program wrote, as it is shown: a terminal's sequences (colours, links, titles) are left out, and what else
/// controls or turns becomes visible. Line ends and tabs stay.
pub fn shown_output(text: &str) -> String {
    let is_plain = |c: char| matches!(c, '\n' | '\t') || !(c.is_control() || is_invisible(c));
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\u{1b}' if !after.is_empty() => behind_sequence(after),
            '\r' if after.is_empty() || after.starts_with('\n') => after,
            _ if is_plain(c) => {
                shown.push(c);
                after
            }
            _ => {
                shown.extend(c.escape_unicode());
                after
            }
        };
    }
    shown
}

/// What follows a sequence whose escape character has been read.
fn behind_sequence(text: &str) -> &str {
    if let Some(control) = text.strip_prefix('[') {
        let last = control.find(|c: char| !matches!(c, ' '..='?'));
        let end =
            last.map_or(control.len(), |at| at + control[at..].chars().next().map_or(0, char::len_utf8));
        return &control[end..];
    }
    if text.starts_with([']', 'P', 'X', '^', '_']) {
        let end = text.find(['\u{7}', '\u{1b}', '\n']);
        let Some(end) = end else { return "" };
        let rest = &text[end..];
        return rest.strip_prefix('\u{7}').or_else(|| rest.strip_prefix("\u{1b}\\")).unwrap_or(rest);
    }
    let mut characters = text.trim_start_matches(|c: char| matches!(c, ' '..='/')).chars();
    characters.next();
    characters.as_str()
}

/// Characters that hide or turn what stands beside them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// A text cut to about `most` characters.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// A size in bytes.
pub fn bytes(size: u64) -> String {
    match size {
        0..1024 => format!("{size} B"),
        1024..1_048_576 => format!("{} KB", decimal(size as f64 / 1024.0, 1)),
        _ => format!("{} MB", decimal(size as f64 / 1_048_576.0, 1)),
    }
}

/// A duration in milliseconds.
pub fn milliseconds(duration: f64) -> String {
    if duration >= 10_000.0 {
        format!("{} s", decimal(duration / 1000.0, 1))
    } else {
        let places = if duration >= 100.0 { 0 } else { 2 };
        format!("{} ms", decimal(duration, places))
    }
}

/// The time of day in UTC of milliseconds since 1970, as `12:34:56.789`.
pub fn time_of_day(timestamp_ms: i64) -> String {
    let in_day = timestamp_ms.rem_euclid(86_400_000);
    let (seconds, ms) = (in_day / 1000, in_day % 1000);
    format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// JSON with indentation where it is JSON, else as it is.
pub fn pretty_json(text: &str) -> String {
    json::read(text).map_or_else(|_| text.to_owned(), |tree| json::pretty(&tree))
}

#[cfg(test)]
mod tests {
    use protocol::WorkspacePath;

    use super::*;

    fn check(name: &str, expected: &str) {
        assert_eq!(shown_name(name), expected);
    }

    #[test]
    fn names_show_what_they_hold() {
        check("main.rs", "main.rs");
        check("日本 ü 🎉", "日本 ü 🎉");
        check("a\nb\t\u{1b}[31m", "a\\u{a}b\\u{9}\\u{1b}[31m");
        check("txt\u{202e}exe", "txt\\u{202e}exe");
        check("zero\u{200b}width", "zero\\u{200b}width");
        check("</script><img src=x onerror=alert(1)>", "</script><img src=x onerror=alert(1)>");
        check(&WorkspacePath::name_from_bytes(b"\xff\xfe.txt"), "\\xff\\xfe.txt");
    }

    #[test]
    fn output_shows_neither_colours_nor_tricks() {
        let check = |output: &str, expected: &str| assert_eq!(shown_output(output), expected, "{output:?}");
        check("plain\tü\n", "plain\tü\n");
        check("\u{1b}[1;31merror\u{1b}[0m: no", "error: no");
        check("\u{1b}]8;;https://x.y\u{1b}\\link\u{1b}]8;;\u{7} after", "link after");
        check("\u{1b}]0;a title without end\nnext", "\nnext");
        check("\u{1b}(B\u{1b}Mone\r\ntwo\r", "one\ntwo");
        check("10%\r20%\u{8}", "10%\\u{d}20%\\u{8}");
        check("a\u{202e}b\u{0}\u{9b}31m\u{1b}", "a\\u{202e}b\\u{0}\\u{9b}31m\\u{1b}");
        check("\u{1b}[", "");
        check("\u{1b}[1é!", "!");
    }

    #[test]
    fn texts_are_cut_at_characters() {
        assert_eq!(shortened("äöü", 2), "äö…");
        assert_eq!(shortened("äöü", 3), "äöü");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            (bytes(1), bytes(2048), bytes(5_000_000)),
            ("1 B".into(), "2.0 KB".into(), "4.8 MB".into())
        );
        assert_eq!(milliseconds(1.234), "1.23 ms");
        assert_eq!(milliseconds(812.4), "812 ms");
        assert_eq!(milliseconds(12_345.0), "12.3 s");
        assert_eq!(time_of_day(86_400_000 + 3_723_004), "01:02:03.004");
        assert_eq!(time_of_day(-1), "23:59:59.999");
    }

    #[test]
    fn what_is_no_json_stays() {
        assert_eq!(pretty_json("{\"b\":1,\"a\":[]}"), "{\n  \"b\": 1,\n  \"a\": []\n}");
        assert_eq!(pretty_json("{oops"), "{oops");
    }
}
