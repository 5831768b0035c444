//! Watches the bytes of a head go by: for line ends that are not CR LF, and for how header names are spelled. It parses
//! nothing: hyper does.

use crate::spelling::{Names, Spelling};

/// What hyper would take for a line end though a proxy before us might not: a lone LF.
///
/// A request must never mean two things to two readers. The lone LF is handed on as NUL, which no HTTP parser
/// accepts, so the client gets the ordinary 400 and the connection is closed.
#[derive(Debug, Default)]
pub(crate) struct HeadWatch {
    state: State,
    names: Names,
    told: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Before the request line.
    #[default]
    Start,
    /// In a line.
    Line,
    /// After a CR; the flag says whether its line was a blank one after the first, which ends the head.
    Return { empty: bool },
    /// At the start of a line after the first one.
    NextLine,
    /// The blank line has passed: what follows is body.
    Done,
}

impl HeadWatch {
    /// Looks through the next bytes of the head and spoils lone line feeds.
    pub(crate) fn pass(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.state == State::Done {
                return;
            }
            if *byte == b'\n' && !matches!(self.state, State::Return { .. }) {
                *byte = 0;
                self.state = State::Done;
                return;
            }
            if self.state == State::NextLine {
                self.names.begin_line();
            }
            self.names.pass(*byte);
            self.state = self.after(*byte);
        }
    }

    /// How the head's names were spelled: told once, when it has passed whole.
    pub(crate) fn spelling(&mut self) -> Option<Spelling> {
        if self.state != State::Done || std::mem::replace(&mut self.told, true) {
            return None;
        }
        Some(self.names.take())
    }

    fn after(&self, byte: u8) -> State {
        match (self.state, byte) {
            (State::Return { empty: true }, b'\n') => State::Done,
            (State::Return { empty: false }, b'\n') => State::NextLine,
            // Blank lines before a request line are allowed and skipped.
            (State::Start | State::Line, b'\r') => State::Return { empty: false },
            (State::NextLine, b'\r') => State::Return { empty: true },
            _ => State::Line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        for split in 0..input.len() {
            let mut bytes = input.as_bytes().to_vec();
            let mut watch = HeadWatch::default();
            let (first, second) = bytes.split_at_mut(split);
            watch.pass(first);
            watch.pass(second);
            assert_eq!(String::from_utf8(bytes).unwrap(), expected, "split at {split}");
        }
    }

    #[test]
    fn tells_how_names_were_spelled_once_the_head_is_over() {
        let mut watch = HeadWatch::default();
        watch.pass(&mut b"GET /A:B HTTP/1.1\r\nX-One: 1\r\nho".to_vec());
        assert_eq!(watch.spelling(), None);
        watch.pass(&mut b"st: a\r\n\r\nBody-Of: x".to_vec());
        let spelling = watch.spelling().unwrap();
        assert_eq!(
            ["x-one", "host", "body-of"].map(|name| spelling.of(name).to_owned()),
            ["X-One", "host", "body-of"]
        );
        assert_eq!(watch.spelling(), None, "what follows is body");
    }

    #[test]
    fn spoils_a_lone_line_feed_in_the_head_only() {
        check("GET / HTTP/1.1\r\nHost: a\r\n\r\nbody\nbody", "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody\nbody");
        check("GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\0Host: a\n\n");
        check("GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\0\r\n");
        check("\r\nGET / HTTP/1.1\r\n\n", "\r\nGET / HTTP/1.1\r\n\0");
        check("\nGET /", "\0GET /");
    }
}
