//! The port by which functions write their logs.

use async_trait::async_trait;
use cloud_core::{AwsError, LogLine, LogSink};
use cloud_store::Transaction;

use crate::open::Logs;
use crate::ops::oldest::keep_to_limit;
use crate::ops::put_log_events::{announce, append};
use crate::record::{GROUPS, Group, STREAMS, Stream, stream_key};

/// The largest message that is kept; the rest of it is cut off and that is said.
const MAX_MESSAGE: usize = 256 * 1024;
const CUT: &str = " [truncated]";

#[async_trait]
impl LogSink for Logs {
    async fn ensure_group(&self, group: &str) -> Result<(), AwsError> {
        let (name, now) = (group.to_owned(), self.context.clock().now_ms());
        self.transact(move |transaction| find_or_make_group(transaction, &name, now).map(drop)).await
    }

    async fn put(&self, group: &str, stream: &str, lines: Vec<LogLine>) -> Result<(), AwsError> {
        if lines.is_empty() {
            return Ok(());
        }
        let now = self.context.clock().now_ms();
        let (group_name, stream_name, count) = (group.to_owned(), stream.to_owned(), lines.len());
        self.transact(move |transaction| {
            let mut group = find_or_make_group(transaction, &group_name, now)?;
            let found = transaction
                .get_json(STREAMS, stream_key(&group_name, &stream_name))
                .map_err(AwsError::internal)?;
            let fresh = || Stream { name: stream_name.clone(), created_ms: now, ..Stream::default() };
            let mut stream = found.unwrap_or_else(fresh);
            let events = lines.into_iter().map(|line| (line.timestamp_ms, cut(line.message))).collect();
            append(transaction, &mut group, &mut stream, events, now)?;
            keep_to_limit(transaction, &mut group, &mut stream, count, now)
        })
        .await?;
        announce(self, group.to_owned(), stream.to_owned(), count);
        Ok(())
    }
}

fn find_or_make_group(transaction: &mut Transaction<'_>, name: &str, now: i64) -> Result<Group, AwsError> {
    if let Some(group) = transaction.get_json(GROUPS, name).map_err(AwsError::internal)? {
        return Ok(group);
    }
    let group = Group { name: name.to_owned(), created_ms: now, ..Group::default() };
    transaction.put_json(GROUPS, name, &group).map_err(AwsError::internal)?;
    Ok(group)
}

fn cut(mut message: String) -> String {
    if message.len() > MAX_MESSAGE {
        message.truncate(message.floor_char_boundary(MAX_MESSAGE - CUT.len()));
        message.push_str(CUT);
    }
    message
}
