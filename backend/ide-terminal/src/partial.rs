//! The bytes of an escape sequence or character that has not ended yet.
//!
//! A screen can be drawn anew only between sequences; what has begun is repeated behind the drawing. A sequence that never
//! ends must not grow for ever, neither here nor in whoever follows it: what is too long is left out.

use std::borrow::Cow;

/// Longest unfinished sequence kept.
const MAX_PARTIAL: usize = 8 * 1024;

/// Follows a stream of terminal output.
#[derive(Debug, Default)]
pub(crate) struct Partial {
    state: State,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    #[default]
    Ground,
    Escape,
    Control,
    /// An OSC, DCS, APC, PM or SOS string.
    Text,
    TextEscape,
    /// Continuation bytes that are due.
    Utf8(u8),
}

impl Partial {
    /// Follows more output; gives it back without what makes a sequence too long.
    pub(crate) fn advance<'o>(&mut self, output: &'o [u8]) -> Cow<'o, [u8]> {
        // Where the first byte was left out, and what is kept from there on.
        let mut kept: Option<Vec<u8>> = None;
        for (place, &byte) in output.iter().enumerate() {
            if !self.takes(byte) {
                kept.get_or_insert_with(|| output.get(..place).unwrap_or_default().to_vec());
            } else if let Some(kept) = &mut kept {
                kept.push(byte);
            }
        }
        kept.map_or(Cow::Borrowed(output), Cow::Owned)
    }

    /// Follows a byte; whether it belongs to what is followed.
    fn takes(&mut self, byte: u8) -> bool {
        let before = self.state;
        self.state = next(before, byte);
        if self.state == State::Ground {
            self.bytes.clear();
            return true;
        }
        let goes_on = before == self.state || (before, self.state) == (State::TextEscape, State::Text);
        if goes_on && self.bytes.len() >= MAX_PARTIAL {
            return false;
        }
        self.bytes.push(byte);
        true
    }

    /// What has begun and not ended.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn next(state: State, byte: u8) -> State {
    match (state, byte) {
        (State::Text, 0x1b) => State::TextEscape,
        (_, 0x1b) => State::Escape,
        // CAN and SUB end any sequence; BEL ends a string; `ESC \` does too, as any short escape.
        (_, 0x18 | 0x1a) | (State::Text, 0x07) => State::Ground,
        (State::Text, _) => State::Text,
        (State::Escape | State::TextEscape, b'[') => State::Control,
        (State::Escape | State::TextEscape, b']' | b'P' | b'X' | b'^' | b'_') => State::Text,
        (State::Escape, 0x20..=0x2f) => State::Escape,
        (State::Control, 0x20..=0x3f) => State::Control,
        (State::Utf8(due), 0x80..=0xbf) if due > 1 => State::Utf8(due - 1),
        (State::Ground | State::Utf8(_), 0xc2..=0xdf) => State::Utf8(1),
        (State::Ground | State::Utf8(_), 0xe0..=0xef) => State::Utf8(2),
        (State::Ground | State::Utf8(_), 0xf0..=0xf4) => State::Utf8(3),
        _ => State::Ground,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &[u8], partial: &[u8]) {
        let mut stream = Partial::default();
        stream.advance(output);
        assert_eq!(stream.bytes(), partial, "after {:?}", String::from_utf8_lossy(output));
    }

    #[test]
    fn knows_what_has_not_ended() {
        check(b"plain", b"");
        check(b"a\x1b", b"\x1b");
        check(b"a\x1b[1;3", b"\x1b[1;3");
        check(b"a\x1b[1;31mb", b"");
        check(b"\x1b]0;title", b"\x1b]0;title");
        check(b"\x1b]0;title\x07", b"");
        check(b"\x1b]0;title\x1b\\x", b"");
        check(b"\x1bP1$r\x1b[", b"\x1bP1$r\x1b[");
        check(b"\x1b(", b"\x1b(");
        check(b"\x1b(B", b"");
        check("é".as_bytes(), b"");
        check(&"😀".as_bytes()[..3], &"😀".as_bytes()[..3]);
        check(b"\x1b[12\x18", b"");
    }

    #[test]
    fn what_never_ends_does_not_grow() {
        for start in [&b"\x1b]0;"[..], b"\x1bP", b"\x1b["] {
            let (mut stream, mut passed) = (Partial::default(), 0);
            passed += stream.advance(start).len();
            for _ in 0..100 {
                passed += stream.advance(&[b'1'; 9000]).len();
            }
            assert_eq!((stream.bytes().len(), passed), (MAX_PARTIAL, MAX_PARTIAL));
            assert_eq!(&*stream.advance(b"\x07m\x18next"), b"\x07m\x18next", "its end and what follows pass");
            assert_eq!(stream.bytes(), b"");
        }
    }
}
