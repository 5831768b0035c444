//! Watches the bytes of a chunked body go by, for where it ends. It decodes nothing: hyper does.

use crate::head::HeadWatch;

/// A place in a chunked body (RFC 9112, 7.1).
///
/// Whatever hyper takes ends here where it ends there. What is read here as it is not written there, hyper refuses.
#[derive(Debug)]
pub(crate) enum ChunkWatch {
    /// In a chunk's size, of which this is known.
    Size(Option<u64>),
    /// Behind the size, in blanks or extensions.
    Extension(u64),
    /// Behind the CR after a chunk's size.
    SizeReturn(u64),
    /// Before so many bytes of data.
    Data(u64),
    /// Behind data.
    DataEnd,
    /// Behind the CR after data.
    DataReturn,
    /// Behind the last chunk.
    Trailers(HeadWatch),
}

/// How far a body goes in the bytes that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Beyond them.
    Beyond,
    /// Its last byte is the one before this index.
    Ends(usize),
    /// The byte before this index can be none of a chunked body.
    Malformed(usize),
}

impl Default for ChunkWatch {
    fn default() -> Self {
        Self::Size(None)
    }
}

impl ChunkWatch {
    /// Looks through the next bytes.
    pub(crate) fn pass(&mut self, bytes: &mut [u8]) -> Reach {
        let mut at = 0;
        while at < bytes.len() {
            if let Self::Trailers(trailers) = self {
                return trailers.pass(&mut bytes[at..]).map_or(Reach::Beyond, |end| Reach::Ends(at + end));
            }
            if let Self::Data(left) = self {
                let here = (bytes.len() - at).min(usize::try_from(*left).unwrap_or(usize::MAX));
                at += here;
                *left -= here as u64;
                if *left == 0 {
                    *self = Self::DataEnd;
                }
                continue;
            }
            let Some(next) = self.after(bytes[at]) else { return Reach::Malformed(at + 1) };
            *self = next;
            at += 1;
        }
        Reach::Beyond
    }

    /// The place behind a byte that is neither of data nor of trailers.
    fn after(&self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Size(Some(size)) | Self::Extension(size), b'\r') => Self::SizeReturn(*size),
            (Self::Size(Some(size)), b' ' | b'\t' | b';') => Self::Extension(*size),
            (Self::Size(size), digit) => {
                let digit = char::from(digit).to_digit(16)?;
                Self::Size(Some(size.unwrap_or(0).checked_mul(16)?.checked_add(u64::from(digit))?))
            }
            (Self::Extension(_), b'\n') => return None,
            (Self::Extension(size), _) => Self::Extension(*size),
            (Self::SizeReturn(0), b'\n') => Self::Trailers(HeadWatch::of_trailers()),
            (Self::SizeReturn(size), b'\n') => Self::Data(*size),
            (Self::DataEnd, b'\r') => Self::DataReturn,
            (Self::DataReturn, b'\n') => Self::default(),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is behind the body wherever it is cut, or why nothing is.
    fn check(input: &str, expected: Result<&str, Reach>) {
        for split in 0..=input.len() {
            let mut bytes = input.as_bytes().to_vec();
            let mut watch = ChunkWatch::default();
            let (first, second) = bytes.split_at_mut(split);
            let reach = match watch.pass(first) {
                Reach::Beyond => match watch.pass(second) {
                    Reach::Beyond => Reach::Beyond,
                    Reach::Ends(end) => Reach::Ends(split + end),
                    Reach::Malformed(end) => Reach::Malformed(split + end),
                },
                reach => reach,
            };
            let behind = if let Reach::Ends(end) = reach { Ok(&input[end..]) } else { Err(reach) };
            assert_eq!(behind, expected, "{input:?} split at {split}");
        }
    }

    #[test]
    fn a_body_ends_behind_its_trailers() {
        check("0\r\n\r\nGET", Ok("GET"));
        check("3\r\n\n\r\n\r\n0\r\n\r\n", Ok(""));
        check("aB ;x=\"y\"\r\n0\r\n\r\n01234566789abcde", Err(Reach::Beyond));
        check("A\r\n0123456789\r\n00\t;e\r\nX: y\r\nZ: 0\r\n\r\n0\r\n\r\n", Ok("0\r\n\r\n"));
    }

    #[test]
    fn what_is_no_chunk_is_told() {
        check("\r\n", Err(Reach::Malformed(1)));
        check("3\nabc", Err(Reach::Malformed(2)));
        check("3;e\nabc", Err(Reach::Malformed(4)));
        check("3\rabc", Err(Reach::Malformed(3)));
        check("-3\r\n", Err(Reach::Malformed(1)));
        check("3\r\nabcd\r\n", Err(Reach::Malformed(7)));
        check("3\r\nabc\n0", Err(Reach::Malformed(7)));
        check("3\r\nabc\r0", Err(Reach::Malformed(8)));
        check("FFFFFFFFFFFFFFFF0\r\n", Err(Reach::Malformed(17)));
        check("FFFFFFFFFFFFFFFF\r\nabc", Err(Reach::Beyond));
        check("0\r\nX: y\n\r\nGET", Err(Reach::Beyond));
    }
}
