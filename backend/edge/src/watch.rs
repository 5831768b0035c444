//! Watches all that a connection brings, so that every head is known for one and nothing else is taken for one. How a
//! body is framed hyper says, once it has read its head; it is given nothing that lies behind what it has said.

use http_body::Body;

use crate::chunks::{ChunkWatch, Reach};
use crate::head::HeadWatch;
use crate::spelling::Spelling;

/// How it is known where a request's body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// It has so many bytes.
    Length(u64),
    /// It comes in chunks.
    Chunked,
}

impl Framing {
    /// That of a body as hyper reads it.
    pub(crate) fn of(body: &impl Body) -> Self {
        body.size_hint().exact().map_or(Self::Chunked, Self::Length)
    }
}

/// Where in the conversation the next byte stands.
#[derive(Debug)]
pub(crate) enum Watch {
    /// In a head, or before one.
    Head(HeadWatch),
    /// Behind a head that hyper has not read yet.
    Unread,
    /// Before so many bytes of a body.
    Length(u64),
    /// In a body of chunks.
    Chunked(ChunkWatch),
    /// Behind a request that is not answered yet: what comes is a head, or no HTTP any more.
    Unanswered,
    /// In another protocol.
    Upgraded,
    /// Behind something that can be told no place.
    Lost,
}

impl Default for Watch {
    fn default() -> Self {
        Self::Head(HeadWatch::default())
    }
}

impl Watch {
    /// Hyper has read the head that passed.
    pub(crate) fn head_read(&mut self, framing: Framing) {
        *self = match (&self, framing) {
            (Self::Unread, Framing::Length(0)) => Self::Unanswered,
            (Self::Unread, Framing::Length(length)) => Self::Length(length),
            (Self::Unread, Framing::Chunked) => Self::Chunked(ChunkWatch::default()),
            _ => Self::Lost,
        };
    }

    /// The last request is answered.
    pub(crate) fn answered(&mut self) {
        if matches!(self, Self::Unanswered) {
            *self = Self::default();
        }
    }

    /// The connection was handed over.
    pub(crate) fn upgraded(&mut self) {
        *self = Self::Upgraded;
    }

    /// Whether nothing of the next request has passed.
    pub(crate) fn is_before_a_head(&self) -> bool {
        matches!(self, Self::Head(head) if head.is_before())
    }

    /// Whether a part of a body has passed and its end has not.
    pub(crate) fn is_in_a_body(&self) -> bool {
        matches!(self, Self::Length(_) | Self::Chunked(_))
    }

    /// Whether there is no place for what comes.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self, Self::Lost)
    }

    /// Looks through the next bytes: how many of them may be handed on now, and if a head ends with them, how its names
    /// were spelled.
    pub(crate) fn pass(&mut self, bytes: &mut [u8]) -> (usize, Option<Spelling>) {
        let all = bytes.len();
        match self {
            Self::Head(head) => {
                if let Some(end) = head.pass(bytes) {
                    let spelling = head.spelling();
                    *self = Self::Unread;
                    return (end, Some(spelling));
                }
                (all, None)
            }
            Self::Length(left) => {
                let here = all.min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= here as u64;
                if *left == 0 {
                    *self = Self::Unanswered;
                }
                (here, None)
            }
            Self::Chunked(chunks) => {
                let (end, next) = match chunks.pass(bytes) {
                    Reach::Beyond => return (all, None),
                    Reach::Ends(end) => (end, Self::Unanswered),
                    // Hyper is shown what is wrong, so that it refuses the body, and nothing behind that.
                    Reach::Malformed(end) => (end, Self::Lost),
                };
                *self = next;
                (end, None)
            }
            Self::Upgraded => (all, None),
            Self::Unread | Self::Unanswered | Self::Lost => (0, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "POST / HTTP/1.1\r\nX-A: b\r\n\r\n";

    /// What is handed on of `sent` behind a head whose body is framed so; all there is of it, piece after piece.
    fn check(framing: Framing, sent: &str, expected: &str) -> Watch {
        let mut watch = Watch::default();
        let (given, spelling) = watch.pass(&mut format!("{HEAD}{sent}").into_bytes());
        assert_eq!(given, HEAD.len());
        assert_eq!(spelling.unwrap().of("x-a"), "X-A");
        assert_eq!(watch.pass(&mut b"X".to_vec()).0, 0, "hyper has not read the head");
        watch.head_read(framing);
        let mut rest = sent.as_bytes().to_vec();
        let (given, _) = watch.pass(&mut rest);
        assert_eq!(String::from_utf8_lossy(&rest[..given]), expected, "{framing:?} {sent:?}");
        watch
    }

    #[test]
    fn nothing_behind_a_body_is_handed_on_before_its_answer() {
        for (framing, body) in [
            (Framing::Length(0), ""),
            (Framing::Length(3), "\n\nc"),
            (Framing::Chunked, "1\r\n\n\r\n0\r\n\r\n"),
        ] {
            let mut watch = check(framing, &format!("{body}GET / HTTP/1.1\n"), body);
            assert_eq!(watch.pass(&mut b"G".to_vec()).0, 0, "{body:?}");
            watch.answered();
            assert!(watch.is_before_a_head());
            let mut head = b"GET / HTTP/1.1\n".to_vec();
            assert_eq!((watch.pass(&mut head), head), ((15, None), b"GET / HTTP/1.1\0".to_vec()));
        }
    }

    #[test]
    fn an_answer_before_a_bodys_end_does_not_end_the_body() {
        let mut watch = check(Framing::Length(4), "ab", "ab");
        watch.answered();
        assert!(watch.is_in_a_body());
        assert_eq!(watch.pass(&mut b"\n\nGET".to_vec()).0, 2);
    }

    #[test]
    fn another_protocol_is_not_looked_at() {
        let mut watch = check(Framing::Length(0), "\n", "");
        watch.upgraded();
        let mut frame = b"\n\n".to_vec();
        assert_eq!((watch.pass(&mut frame).0, frame), (2, b"\n\n".to_vec()));
    }

    #[test]
    fn behind_what_has_no_place_nothing_is_handed_on() {
        let mut watch = check(Framing::Chunked, "3\nabcGET", "3\n");
        assert!(watch.is_lost());
        assert_eq!(watch.pass(&mut b"GET".to_vec()).0, 0);
        // A head that hyper has read and that has not passed.
        let mut watch = Watch::default();
        watch.pass(&mut b"GET".to_vec());
        watch.head_read(Framing::Length(0));
        assert!(watch.is_lost());
    }
}
