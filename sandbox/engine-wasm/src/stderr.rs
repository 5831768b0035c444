//! What a worker writes to its standard error: heard by the engine and not written to the agent's log by the worker
//! itself, which could fill that, or empty it.

use std::io::{self, PipeReader};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::unix::pipe::Receiver;
use tokio::task::JoinHandle;

/// What is heard of one worker in its life, in bytes. After that its words go nowhere.
const HEARD: u64 = 8 << 10;

/// A pipe that is not listened to yet.
pub(crate) struct Stderr(Receiver);

impl Stderr {
    /// With the end for the worker.
    pub(crate) fn new() -> io::Result<(Self, io::PipeWriter)> {
        let (ours, theirs) = io::pipe()?;
        Ok((Self(nonblocking(ours)?), theirs))
    }

    /// Writes what comes to the log, line by line. Ends with the worker, and then says what it heard.
    pub(crate) fn listen(self, worker: u32) -> JoinHandle<String> {
        tokio::spawn(async move {
            let said = hear(self.0).await;
            for line in said.lines() {
                tracing::warn!(worker, line, "a worker complains");
            }
            said
        })
    }
}

fn nonblocking(pipe: PipeReader) -> io::Result<Receiver> {
    Receiver::from_owned_fd(pipe.into())
}

/// The first words, as text without control characters. Errors are the end of it.
async fn hear(from: impl AsyncRead + Unpin) -> String {
    let mut said = Vec::new();
    let _ = from.take(HEARD).read_to_end(&mut said).await;
    let text = String::from_utf8_lossy(&said);
    text.chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_first_words_are_heard_and_they_are_text() {
        assert_eq!(hear("no walls\x1b[2J\nhere\n".as_bytes()).await, "no walls [2J\nhere");
        assert_eq!(hear(vec![b'x'; 1 << 20].as_slice()).await.len() as u64, HEARD);
    }
}
