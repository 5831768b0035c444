//! What fits into one frame to a browser. Frames are JSON, in which a text takes more than its bytes.

use protocol::{Reason, link::MAX_FRAME};

/// Bytes for what an answer is about; the rest of a frame is for what stands around that.
pub(crate) const ROOM: usize = MAX_FRAME - 64 * 1024;

/// Bytes that a text takes in a frame.
pub(crate) fn weight(text: &str) -> usize {
    text.bytes().map(escaped).sum()
}

fn escaped(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..b' ' => 6,
        _ => 1,
    }
}

/// A text that takes no more than that; of a longer one the beginning, and a line that says so.
pub(crate) fn shown(mut text: String, room: usize) -> String {
    let mut left = room;
    let fits = |byte| {
        left = left.checked_sub(escaped(byte))?;
        Some(())
    };
    let mut end = text.bytes().map_while(fits).count();
    if end == text.len() {
        return text;
    }
    let all = text.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text + &format!("\n… the first {end} of {all} bytes")
}

/// How much a reason's arguments may weigh together.
const REASON: usize = 16 * 1024;

/// A reason that fits beside its text; none for a longer one, whose text is shown in English.
pub(crate) fn fitting(reason: Option<Reason>) -> Option<Reason> {
    let weighs = |reason: &Reason| reason.arguments.iter().map(|(_, value)| weight(value)).sum::<usize>();
    reason.filter(|reason| weighs(reason) <= REASON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_weighs_no_less_than_its_json() {
        for text in ["", "plain", "\"\\\n\r\t\u{8}\u{1b}[0m", "ü€😀\u{7f}\u{2028}"] {
            assert!(weight(text) + 2 >= serde_json::to_string(text).unwrap().len(), "{text:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_between_characters_and_says_so() {
        let check = |text: &str, room: usize, expected: &str| {
            assert_eq!(shown(text.to_owned(), room), expected);
        };
        let reason = |length: usize| Some(Reason::new("r", &[("a", &"x".repeat(length))]));
        assert_eq!(fitting(reason(REASON)), reason(REASON));
        assert_eq!(fitting(reason(REASON + 1)), None);
        check("", 0, "");
        check("abc", 3, "abc");
        check("abc", 2, "ab\n… the first 2 of 3 bytes");
        check("a\u{1b}b", 6, "a\n… the first 1 of 3 bytes");
        check("a\u{1b}b", 8, "a\u{1b}b");
        check("üü", 3, "ü\n… the first 2 of 4 bytes");
    }
}
