//! Frames between server and agent: the two ends' own readers agree, however the stream is cut, and write what they read.

use bytes::BytesMut;
use ide_core::relay::{RelayCodec, RelayFrame};
use protocol::relay::MAX_RELAY_FRAME;
use server::{Frame, FrameCodec};
use tokio_util::codec::Encoder;

use crate::pieces;

/// The size of the pieces, then the stream.
pub(crate) fn run(data: &[u8]) -> bool {
    let Some((&size, stream)) = data.split_first() else { return false };
    let whole = pieces::decode(FrameCodec, stream, stream.len());
    let cut = pieces::decode(FrameCodec, stream, size.into());
    let agent = pieces::decode(RelayCodec, stream, stream.len());
    let agent_cut = pieces::decode(RelayCodec, stream, size.into());
    assert_eq!((&whole.items, &whole.error), (&cut.items, &cut.error), "the server's, in pieces of {size}");
    assert_eq!(
        (&agent.items, &agent.error),
        (&agent_cut.items, &agent_cut.error),
        "the agent's, in pieces of {size}"
    );
    // The server refuses an unknown kind before the frame is whole; otherwise both refuse the same.
    assert!(agent.error.is_none() || whole.error.is_some(), "{:?} is taken by the server", agent.error);
    let theirs = |frame: &RelayFrame| Frame { kind: frame.kind, payload: frame.payload.clone() };
    assert_eq!(whole.items, agent.items.iter().map(theirs).collect::<Vec<_>>());
    for room in [whole.room, cut.room, agent.room, agent_cut.room] {
        assert!(room <= 2 * MAX_RELAY_FRAME + stream.len(), "room for {room} bytes");
    }
    written(&whole.items, stream, |frame, to| FrameCodec.encode(frame, to).is_ok());
    let frame = |frame: Frame, to: &mut BytesMut| {
        RelayCodec.encode(RelayFrame { kind: frame.kind, payload: frame.payload }, to).is_ok()
    };
    written(&whole.items, stream, frame);
    !whole.items.is_empty()
}

fn written(frames: &[Frame], stream: &[u8], encode: impl Fn(Frame, &mut BytesMut) -> bool) {
    let mut again = BytesMut::new();
    assert!(frames.iter().all(|frame| encode(frame.clone(), &mut again)));
    assert!(stream.starts_with(&again), "{frames:?} is written otherwise");
}
