//! Messages of language servers: in pieces as whole, as a reader of lines finds them, and written as they are read.

use bytes::BytesMut;
use ide_language::LspCodec;
use protocol::language::MAX_MESSAGE;
use tokio_util::codec::Encoder;

use crate::pieces;

/// As long as headers may be.
const HEADERS: usize = 8 * 1024;

/// The size of the pieces, then the stream.
pub(crate) fn run(data: &[u8]) -> bool {
    let Some((&size, stream)) = data.split_first() else { return false };
    let whole = pieces::decode(LspCodec::default(), stream, stream.len());
    let cut = pieces::decode(LspCodec::default(), stream, size.into());
    assert_eq!((&whole.items, &whole.error), (&cut.items, &cut.error), "in pieces of {size}");
    assert!(whole.room.max(cut.room) <= 2 * stream.len() + 256 * 1024, "an announcement alone took room");
    let (bodies, is_refused) = model(stream);
    assert_eq!(
        (&bodies, is_refused),
        (&whole.items.iter().map(|body| body.to_vec()).collect(), whole.error.is_some())
    );
    let mut again = BytesMut::new();
    for body in &whole.items {
        LspCodec::default().encode(body.clone(), &mut again).expect("what was read may be written");
    }
    let reread = pieces::decode(LspCodec::default(), &again, size.into());
    assert_eq!((reread.items, reread.error), (whole.items, None));
    !bodies.is_empty()
}

/// The bodies of a stream, and whether it is refused behind them.
fn model(mut stream: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let mut bodies = Vec::new();
    loop {
        let Some(end) =
            stream.windows(4).position(|four| four == b"\r\n\r\n").filter(|end| end + 4 <= HEADERS)
        else {
            return (bodies, stream.len() >= HEADERS);
        };
        let Some(length) = std::str::from_utf8(&stream[..end]).ok().and_then(length) else {
            return (bodies, true);
        };
        stream = &stream[end + 4..];
        let Some((body, rest)) = stream.split_at_checked(length) else { return (bodies, false) };
        bodies.push(body.to_vec());
        stream = rest;
    }
}

fn length(headers: &str) -> Option<usize> {
    let fields: Vec<(&str, &str)> =
        headers.split('\n').map(|line| line.split_once(':')).collect::<Option<_>>()?;
    let mut lengths = fields.iter().filter(|(name, _)| name.trim().eq_ignore_ascii_case("content-length"));
    let (_, value) = lengths.next()?;
    let digits = value.trim();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let length = digits.parse().ok().filter(|length| is_number && *length <= MAX_MESSAGE);
    lengths.next().is_none().then_some(length)?
}
