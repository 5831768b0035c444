//! Watches the bytes of a head go by: for where it ends, for line ends that are not CR LF, and for how header names are
//! spelled. It parses nothing: hyper does.

use crate::spelling::{Names, Spelling};

/// What hyper would take for a line end though a proxy before us might not: a lone LF.
///
/// A request must never mean two things to two readers. The lone LF is handed on as NUL, which no HTTP parser
/// accepts, so the client gets the ordinary 400 and the connection is closed. Such a head has no end here.
#[derive(Debug, Default)]
pub(crate) struct HeadWatch {
    state: State,
    names: Names,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nothing has passed.
    #[default]
    Start,
    /// After a blank line before the request line; those are allowed and skipped.
    Blank,
    /// After the CR of a blank line before the request line.
    StartReturn,
    /// In a line.
    Line,
    /// After a CR in a line.
    LineReturn,
    /// At the start of a line after the first one.
    NextLine,
    /// After the CR of the blank line that ends the head.
    EndReturn,
    /// The blank line has passed.
    Done,
    /// A lone LF has passed.
    Spoiled,
}

impl HeadWatch {
    /// That of trailers, which are a head without its first line.
    pub(crate) fn of_trailers() -> Self {
        Self { state: State::NextLine, names: Names::default() }
    }

    /// Whether nothing of it has passed.
    pub(crate) fn is_before(&self) -> bool {
        self.state == State::Start
    }

    /// Looks through the next bytes and spoils lone line feeds; how many of them are the head's, if it ends in them.
    pub(crate) fn pass(&mut self, bytes: &mut [u8]) -> Option<usize> {
        if self.state == State::Spoiled {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            if self.state == State::NextLine {
                self.names.begin_line();
            }
            self.names.pass(*byte);
            self.state = self.after(*byte);
            match self.state {
                State::Done => return Some(index + 1),
                State::Spoiled => {
                    *byte = 0;
                    return None;
                }
                _ => {}
            }
        }
        None
    }

    /// How the head's names were spelled.
    pub(crate) fn spelling(&mut self) -> Spelling {
        self.names.take()
    }

    fn after(&self, byte: u8) -> State {
        match (self.state, byte) {
            (State::StartReturn, b'\n') => State::Blank,
            (State::LineReturn, b'\n') => State::NextLine,
            (State::EndReturn, b'\n') => State::Done,
            (_, b'\n') => State::Spoiled,
            (State::Start | State::Blank, b'\r') => State::StartReturn,
            (State::Line, b'\r') => State::LineReturn,
            (State::NextLine, b'\r') => State::EndReturn,
            _ => State::Line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of the bytes, and what is behind the head if it ends, wherever they are cut.
    fn check(input: &str, expected: &str, behind: Option<&str>) {
        for split in 0..input.len() {
            let mut bytes = input.as_bytes().to_vec();
            let mut watch = HeadWatch::default();
            let (first, second) = bytes.split_at_mut(split);
            let end = watch.pass(first).or_else(|| Some(split + watch.pass(second)?));
            assert_eq!(end.map(|end| &input[end..]), behind, "{input:?} split at {split}");
            assert_eq!(String::from_utf8(bytes).unwrap(), expected, "split at {split}");
        }
    }

    #[test]
    fn tells_how_names_were_spelled() {
        let mut watch = HeadWatch::default();
        assert_eq!(watch.pass(&mut b"\r\nGET /A:B HTTP/1.1\r\nX-One: 1\r\nho".to_vec()), None);
        assert_eq!(watch.pass(&mut b"st: a\r\n\r\nBody-Of: x".to_vec()), Some(9));
        let spelling = watch.spelling();
        assert_eq!(
            ["get /a", "x-one", "host", "body-of"].map(|name| spelling.of(name).to_owned()),
            ["get /a", "X-One", "host", "body-of"]
        );
    }

    #[test]
    fn spoils_a_lone_line_feed_in_the_head_only() {
        let good = "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody\nbody";
        check(good, good, Some("body\nbody"));
        check("GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\0Host: a\n\n", None);
        check("GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\0\r\n", None);
        check("\r\nGET / HTTP/1.1\r\n\n", "\r\nGET / HTTP/1.1\r\n\0", None);
        check("\nGET /", "\0GET /", None);
        check("GET / HTTP/1.1\r\nA: b\r\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\r\0\r\n", None);
    }

    #[test]
    fn blank_lines_before_a_head_are_not_its_end() {
        let good = "\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\nX";
        check(good, good, Some("X"));
        check("\r\n\r\nGET / HTTP/1.1\nHost: a\n\n", "\r\n\r\nGET / HTTP/1.1\0Host: a\n\n", None);
        check("\r\n\r\n\nGET /", "\r\n\r\n\0GET /", None);
    }

    #[test]
    fn trailers_end_as_heads_do() {
        let mut trailers = HeadWatch::of_trailers();
        assert_eq!(trailers.pass(&mut b"A: b\r\n\r\nGET".to_vec()), Some(8));
        assert_eq!(HeadWatch::of_trailers().pass(&mut b"\r\nGET".to_vec()), Some(2));
        let mut lone = b"A: b\n\r\n".to_vec();
        assert_eq!((HeadWatch::of_trailers().pass(&mut lone), lone), (None, b"A: b\0\r\n".to_vec()));
    }
}
