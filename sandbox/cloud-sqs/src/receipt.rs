//! Receipt handles: which message of which queue, as which of its receives. They grant nothing, so they have no key; what is
//! none of them is told by a checksum.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_core::AwsError;

use crate::shapes::Code;

const VERSION: u8 = 1;
const BYTES: usize = 1 + 8 + 8 + 8 + 4 + 4;

/// What a handle says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handle {
    /// The queue's number.
    pub queue: u64,
    /// Where its messages lay then.
    pub backlog: u64,
    /// The message's number there.
    pub sequence: u64,
    /// How often it had been received.
    pub received: u32,
}

impl Handle {
    pub(crate) fn print(self) -> String {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.push(VERSION);
        for number in [self.queue, self.backlog, self.sequence] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(self.received.to_be_bytes());
        bytes.extend(crc32fast::hash(&bytes).to_be_bytes());
        STANDARD.encode(bytes)
    }

    /// Reads a handle of that queue.
    pub(crate) fn parse(text: &str, queue: u64) -> Result<Self, AwsError> {
        Self::read(text).filter(|handle| handle.queue == queue).ok_or_else(|| {
            let text: String = text.chars().take(1024).collect();
            Code::ReceiptHandleIsInvalid
                .error(format!("The input receipt handle \"{text}\" is not a valid receipt handle."))
        })
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = if text.len() > 2 * BYTES { return None } else { STANDARD.decode(text).ok()? };
        let (said, sum) = bytes.split_last_chunk::<4>()?;
        let (version, mut rest) = said.split_first()?;
        let is_one =
            bytes.len() == BYTES && *version == VERSION && crc32fast::hash(said).to_be_bytes() == *sum;
        let mut number = || {
            let (number, after) = rest.split_first_chunk::<8>()?;
            rest = after;
            Some(u64::from_be_bytes(*number))
        };
        let (queue, backlog, sequence) = (number()?, number()?, number()?);
        let received = u32::from_be_bytes(*rest.first_chunk::<4>()?);
        is_one.then_some(Self { queue, backlog, sequence, received })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_read_by_its_queue_alone() {
        let handle = Handle { queue: 7, backlog: 9, sequence: u64::MAX, received: 3 };
        let text = handle.print();
        assert_eq!(Handle::parse(&text, 7).unwrap(), handle);
        for (text, queue) in
            [(text.as_str(), 8), ("garbage", 7), ("", 7), (&text[4..], 7), (&"A".repeat(44), 7)]
        {
            let error = Handle::parse(text, queue).unwrap_err();
            assert_eq!((error.code(), error.http_status()), ("ReceiptHandleIsInvalid", 404), "{text}");
        }
        for place in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[place] = if other[place] == b'A' { b'B' } else { b'A' };
            assert!(Handle::parse(std::str::from_utf8(&other).unwrap(), 7).is_err(), "{place}");
        }
    }
}
