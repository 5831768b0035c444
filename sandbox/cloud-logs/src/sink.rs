//! The port by which functions write their logs.

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::{AwsError, LogLine, LogSink};
use cloud_store::{StreamId, Transaction};

use crate::migration::check_moved;
use crate::open::Logs;
use crate::ops::put_log_events::announce;
use crate::quotas::EVENT_OVERHEAD;
use crate::record::{Group, Stream};

/// The largest message that is kept; the rest of it is cut off and that is said.
const MAX_MESSAGE: usize = 256 * 1024;
const CUT: &str = " [truncated]";
/// Bytes of lines that are appended at once, as AWS counts them.
const MAX_APPEND: usize = 1 << 20;

#[async_trait]
impl LogSink for Logs {
    async fn ensure_group(&self, group: &str) -> Result<(), AwsError> {
        if self.groups.get(&group.to_owned()).await.map_err(AwsError::internal)?.is_some() {
            return Ok(());
        }
        let (name, now) = (group.to_owned(), self.context.clock().now_ms());
        let records = self.records();
        self.transact(move |transaction| records.group(transaction, &name, now).map(drop)).await
    }

    async fn put(&self, group: &str, stream: &str, lines: Vec<LogLine>) -> Result<(), AwsError> {
        if lines.is_empty() {
            return Ok(());
        }
        let (now, count) = (self.context.clock().now_ms(), lines.len());
        let to = self.place(group, stream, now).await?;
        let mut events = Vec::new();
        let (mut bytes, mut all) = (0, 0);
        for line in lines {
            let message = cut(line.message);
            let size = message.len() + EVENT_OVERHEAD;
            if bytes + size > MAX_APPEND && !events.is_empty() {
                let full = std::mem::take(&mut events);
                self.write((group, stream), to, now, full).await?;
                bytes = 0;
            }
            bytes += size;
            all += size as u64;
            events.push((line.timestamp_ms, message));
        }
        self.write((group, stream), to, now, events).await?;
        self.keep_to_limit(group, to, all).await?;
        announce(self, group.to_owned(), stream.to_owned(), count);
        Ok(())
    }
}

impl Logs {
    /// A function's stream, which is made with its group if it is missing.
    async fn place(&self, group: &str, stream: &str, now: i64) -> Result<StreamId, AwsError> {
        if let Some(found) = self.groups.get(&group.to_owned()).await.map_err(AwsError::internal)? {
            let key = (found.id, stream.to_owned());
            if let Some(stream) = self.streams.get(&key).await.map_err(AwsError::internal)? {
                return Ok(stream.of(&found));
            }
        }
        let (group, stream, records) = (group.to_owned(), stream.to_owned(), self.records());
        self.transact(move |transaction| {
            let group = records.group(transaction, &group, now)?;
            let key = (group.id, stream.clone());
            let present = records.streams.within(transaction).get(&key).map_err(AwsError::internal)?;
            let stream = match present {
                Some(present) => present,
                None => records.begin_stream(transaction, &group, stream, now)?,
            };
            Ok(stream.of(&group))
        })
        .await
    }
}

impl crate::open::Records {
    /// The group of that name, which is made if it is missing.
    fn group(&self, transaction: &mut Transaction<'_>, name: &str, now: i64) -> Result<Group, AwsError> {
        let name = name.to_owned();
        if let Some(group) = self.groups.within(transaction).get(&name).map_err(AwsError::internal)? {
            return Ok(group);
        }
        self.begin_group(transaction, Group { name, created_ms: now, ..Group::default() })
    }

    /// Makes a group that is not there.
    pub(crate) fn begin_group(
        &self,
        transaction: &mut Transaction<'_>,
        group: Group,
    ) -> Result<Group, AwsError> {
        let id = self.log.begin_group(transaction).map_err(AwsError::internal)?;
        let group = Group { id, ..group };
        let put = self.groups.within(transaction).put(group.name.clone(), group.clone());
        put.map_err(AwsError::internal)?;
        Ok(group)
    }

    /// Makes a stream that is not there.
    pub(crate) fn begin_stream(
        &self,
        transaction: &mut Transaction<'_>,
        group: &Group,
        name: String,
        created_ms: i64,
    ) -> Result<Stream, AwsError> {
        check_moved(group)?;
        let id = self.log.begin_stream(transaction, group.id).map_err(AwsError::internal)?.stream;
        let stream = Stream { name: name.clone(), created_ms, id };
        let put = self.streams.within(transaction).put((group.id, name), stream.clone());
        put.map_err(AwsError::internal)?;
        Ok(stream)
    }
}

/// A line as it is kept. What is no text is made one.
fn cut(message: Bytes) -> Bytes {
    let text = match str::from_utf8(&message) {
        Ok(_) if message.len() <= MAX_MESSAGE => return message,
        Ok(text) => text.into(),
        Err(_) => String::from_utf8_lossy(&message),
    };
    let mut text = text.into_owned();
    if text.len() > MAX_MESSAGE {
        text.truncate(text.floor_char_boundary(MAX_MESSAGE - CUT.len()));
        text.push_str(CUT);
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &[u8], expected: &str) {
        assert_eq!(cut(Bytes::copy_from_slice(message)), expected);
    }

    #[test]
    fn lines_are_texts_of_a_length() {
        check(b"hello", "hello");
        check("h\u{e4}".as_bytes(), "h\u{e4}");
        check(b"h\xe4", "h\u{fffd}");
        let long = "\u{e4}".repeat(MAX_MESSAGE);
        let kept = format!("{}{CUT}", "\u{e4}".repeat((MAX_MESSAGE - CUT.len()) / 2));
        check(long.as_bytes(), &kept);
        check(&vec![b'x'; MAX_MESSAGE], &"x".repeat(MAX_MESSAGE));
    }
}
