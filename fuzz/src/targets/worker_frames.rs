//! What a worker writes: frames are read alike whole and in pieces, waiting or not, and heads of answers come back as they
//! were.

use std::fmt::Debug;
use std::io::{self, Read};

use engine_wasm::frames::{Done, Frame, Reply, Request, read, read_blocking};
use futures_util::FutureExt;

use crate::draw::Draw;

/// Parts of an answer that are longer are not written out here.
const PARTS: usize = 64 * 1024;

/// An even byte and a stream of frames, or an odd one and the words of heads.
pub(crate) fn run(data: &[u8]) -> bool {
    match data.split_first() {
        Some((kind, rest)) if kind % 2 == 1 => heads(&mut Draw(rest)),
        Some((size, stream)) => frames(stream, usize::from(size / 2) + 1),
        None => false,
    }
}

fn frames(stream: &[u8], size: usize) -> bool {
    let whole = blocking(&mut &*stream);
    assert_eq!(whole, blocking(&mut Pieces { stream, size }), "in pieces of {size}");
    let mut rest = stream;
    let reply = read::<Reply>(&mut rest).now_or_never().expect("bytes that are there are not waited for");
    let blocking = read_blocking::<Reply>(&mut &*stream);
    match (&reply, blocking) {
        (Ok(reply), Ok(both)) => {
            assert_eq!(
                shown(reply),
                shown(&both.map(|(reply, body)| {
                    assert!(body.is_empty(), "a body that nobody expects");
                    reply
                }))
            );
        }
        // Whoever does not expect a body refuses it.
        (Err(_), Ok(both)) => assert!(both.is_some_and(|(_, body)| !body.is_empty())),
        (Ok(reply), Err(error)) => assert!(reply.is_none(), "{error}"),
        (Err(_), Err(_)) => {}
    }
    if let Ok(Some(reply)) = reply {
        let frame = Frame::new(&reply, &[]).expect("what was read may be written");
        let again = read::<Reply>(&mut frame.bytes()).now_or_never().expect("it is there");
        assert_eq!(shown(&again.expect("what was written is read")), shown(&Some(reply)));
        return true;
    }
    !whole.starts_with("[]")
}

/// All frames of the other direction, or those before an error.
fn blocking(from: &mut impl Read) -> String {
    let mut frames = Vec::new();
    loop {
        match read_blocking::<Request>(from) {
            Ok(None) => return format!("{frames:?}"),
            Ok(Some(frame)) => frames.push(format!("{frame:?}")),
            Err(error) => return format!("{frames:?}, then {:?}", error.kind()),
        }
    }
}

fn shown(value: &impl Debug) -> String {
    format!("{value:?}")
}

struct Pieces<'a> {
    stream: &'a [u8],
    size: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(to.len());
        self.stream.read(&mut to[..size])
    }
}

fn heads(from: &mut Draw<'_>) -> bool {
    let words = std::array::from_fn(|_| from.number());
    let (id, lengths) = Done::lengths(&words);
    let Some(done) = Done::of(&words, from.0) else { return false };
    assert_eq!([done.stdout_len, done.stderr_len], [lengths[0], lengths[1]]);
    let [signal, message] = done.texts();
    assert!(signal.len() + message.len() <= 3 * from.0.len(), "more text than there was");
    if done.stdout_len + done.stderr_len <= PARTS {
        let mut parts = vec![0; done.stdout_len + done.stderr_len];
        parts.extend([signal, message].concat().into_bytes());
        let words = done.words(id);
        assert_eq!(Done::lengths(&words).0, id);
        assert_eq!(Done::of(&words, &parts), Some(done), "{words:?}");
    }
    true
}
