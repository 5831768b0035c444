//! The buffer that a response is encoded into: it asks for room before it grows.

use std::io;

use cloud_core::AwsError;

use crate::room::Room;

/// The least that is asked for.
const LEAST: usize = 256;

/// A document in the making. When there is no room for it, nothing more is written and [`BoundedBuffer::finish`] says so.
#[derive(Debug)]
pub(crate) struct BoundedBuffer<'r> {
    bytes: Vec<u8>,
    room: &'r Room,
    refused: bool,
}

impl<'r> BoundedBuffer<'r> {
    /// An empty one.
    pub(crate) const fn new(room: &'r Room) -> Self {
        Self { bytes: Vec::new(), room, refused: false }
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.append(text.as_bytes());
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) {
        if self.refused {
            return;
        }
        let wanted = self.bytes.len() + bytes.len();
        if wanted > self.bytes.capacity() {
            let grown = wanted.max(2 * self.bytes.capacity()).max(LEAST);
            if self.room.take(grown).is_err() {
                (self.refused, self.bytes) = (true, Vec::new());
                return;
            }
            self.bytes.reserve_exact(grown - self.bytes.len());
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// All that was written, or that there was no room for it.
    pub(crate) fn finish(self) -> Result<Vec<u8>, AwsError> {
        match self.room.refusal() {
            Some(refused) if self.refused => Err(refused),
            _ => Ok(self.bytes),
        }
    }
}

impl io::Write for BoundedBuffer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.append(bytes);
        if self.refused { Err(io::ErrorKind::OutOfMemory.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::tests::limited;

    #[test]
    fn it_grows_while_there_is_room() {
        let room = limited(1 << 20);
        let mut buffer = BoundedBuffer::new(&room);
        for _ in 0..1000 {
            buffer.push("0123456789");
        }
        let bytes = buffer.finish().unwrap();
        assert_eq!(bytes, b"0123456789".repeat(1000));
        assert!(room.taken() >= bytes.capacity() as u64);

        let room = limited(100_000);
        let mut buffer = BoundedBuffer::new(&room);
        (0..20_000).for_each(|_| buffer.push("0123456789"));
        assert_eq!(buffer.finish().unwrap_err().http_status(), 413);
    }
}
