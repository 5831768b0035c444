//! Where a function's answer goes while it is made: kept for who waits for all of it, or handed on piece by piece.

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;

use crate::MAX_PAYLOAD;

// AWS: "Streamed responses … 200 MB" since July 2025.
const MAX_STREAM: usize = 200 << 20;

/// What is handed on of an answer while it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Its media type. It comes first, and not at all from a sandbox whose answers are JSON.
    Type(String),
    /// More of it.
    Data(Bytes),
}

/// The answer of one invocation.
#[derive(Debug)]
pub struct Response {
    to: To,
    left: usize,
}

#[derive(Debug)]
enum To {
    /// The first piece as it came: most answers are one.
    Kept(Bytes),
    Grown(BytesMut),
    Stream(mpsc::Sender<Piece>),
}

/// The answer is longer than any may be. What came before is kept.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLarge;

impl Response {
    /// An answer that is wanted whole.
    pub fn whole() -> Self {
        Self { to: To::Kept(Bytes::new()), left: MAX_PAYLOAD }
    }

    /// An answer whose pieces are wanted as they come. Whoever does not take them holds up the function, and whoever goes
    /// away does not.
    pub fn streamed(to: mpsc::Sender<Piece>) -> Self {
        Self { to: To::Stream(to), left: MAX_STREAM }
    }

    /// Takes the media type, before anything else. Who waits for all of it is not told.
    pub async fn begin(&mut self, media_type: String) {
        if let To::Stream(to) = &self.to {
            drop(to.send(Piece::Type(media_type)).await);
        }
    }

    /// Takes the next piece.
    pub async fn send(&mut self, piece: Bytes) -> Result<(), TooLarge> {
        self.left = self.left.checked_sub(piece.len()).ok_or(TooLarge)?;
        match &mut self.to {
            To::Kept(kept) if kept.is_empty() => *kept = piece,
            To::Kept(kept) => {
                let mut grown = BytesMut::from(kept.as_ref());
                grown.extend_from_slice(&piece);
                self.to = To::Grown(grown);
            }
            To::Grown(grown) => grown.extend_from_slice(&piece),
            // AWS: a client that hangs up does not stop the function.
            To::Stream(to) => drop(to.send(Piece::Data(piece)).await),
        }
        Ok(())
    }

    /// What was kept; nothing of an answer that was handed on.
    pub(crate) fn into_kept(self) -> Bytes {
        match self.to {
            To::Kept(kept) => kept,
            To::Grown(grown) => grown.freeze(),
            To::Stream(_) => Bytes::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pieces_are_kept_together_or_handed_on() {
        let mut whole = Response::whole();
        let (sender, mut pieces) = mpsc::channel(4);
        let mut streamed = Response::streamed(sender);
        whole.begin("text/plain".into()).await;
        streamed.begin("text/plain".into()).await;
        for piece in ["a", "bc", "d"] {
            whole.send(piece.into()).await.expect("room");
            streamed.send(piece.into()).await.expect("room");
        }
        assert_eq!(whole.into_kept(), "abcd");
        assert_eq!(streamed.into_kept(), "");
        let mut seen = Vec::new();
        while let Some(piece) = pieces.recv().await {
            seen.push(piece);
        }
        let data = ["a", "bc", "d"].map(|piece| Piece::Data(piece.into()));
        assert_eq!((&seen[0], &seen[1..]), (&Piece::Type("text/plain".into()), &data[..]));
    }

    #[tokio::test]
    async fn an_answer_has_an_end_and_who_goes_away_stops_none() {
        let mut whole = Response::whole();
        whole.send(vec![0; MAX_PAYLOAD].into()).await.expect("room");
        assert_eq!(whole.send("x".into()).await, Err(TooLarge));
        let (sender, gone) = mpsc::channel(1);
        drop(gone);
        let mut streamed = Response::streamed(sender);
        let piece = Bytes::from(vec![0; 1 << 20]);
        for _ in 0..200 {
            streamed.send(piece.clone()).await.expect("room");
        }
        assert_eq!(streamed.send("x".into()).await, Err(TooLarge));
    }
}
