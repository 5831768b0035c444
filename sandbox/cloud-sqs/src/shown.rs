//! A queue's oldest messages, looked at without receiving them: AWS has no operation that changes nothing.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use cloud_core::ports::inspection::{fitting, parameter};
use cloud_core::{AwsError, Inspection};
use serde_json::{Value, json};

use crate::error::wrong;
use crate::open::{Desk, Sqs};
use crate::parcel::Parcel;
use crate::record::Queue;
use crate::state::{Kind, Taken};

/// Messages that are shown at once.
const MOST: usize = 100;
/// Characters that are shown of one message's text.
const MOST_TEXT: usize = 4 * 1024;
/// Bytes of bodies that are read at most, and one message.
const MOST_READ: usize = 4 << 20;

/// Makes it known to the cloud.
pub(crate) fn register(sqs: &Arc<Sqs>) {
    sqs.context.peers().add_inspection("sqs", Arc::new(Shown(Arc::downgrade(sqs))));
}

struct Shown(Weak<Sqs>);

#[async_trait]
impl Inspection for Shown {
    async fn show(&self, what: &str, parameters: &[(String, String)]) -> Result<Option<Value>, AwsError> {
        let Some(sqs) = self.0.upgrade().filter(|_| what == "messages") else { return Ok(None) };
        let name = parameter(parameters, "queue")
            .ok_or_else(|| wrong("Name the queue whose messages are to be shown: ?queue=NAME."))?;
        let messages = sqs.records.at(name.to_owned(), false, messages).await?;
        Ok(Some(json!({ "messages": messages })))
    }
}

/// The oldest ones, as many as fit.
fn messages(desk: &mut Desk<'_, '_>) -> Result<Vec<Value>, AwsError> {
    let oldest = desk.backlog.oldest(desk.transaction, MOST, MOST_READ)?;
    let shown = oldest.into_iter().filter_map(|message| message_of(&desk.queue, desk.now.time, message));
    Ok(fitting(shown))
}

fn message_of(queue: &Queue, now: u64, message: Taken) -> Option<Value> {
    let Taken { sequence, state, body } = message;
    let Parcel { header, text } = Parcel::decode(&body)?;
    let shown: String = text.chars().take(MOST_TEXT).collect();
    let waits_for = match state.kind {
        Kind::InFlight if state.due > now => "in-flight",
        Kind::Delayed if state.due > now => "delayed",
        // What is past its time is ready, though nobody has looked since.
        _ => "ready",
    };
    Some(json!({
        "id": header.id,
        "sequence": queue.settings.is_fifo.then_some(sequence),
        "state": waits_for,
        "dueInMs": state.due.saturating_sub(now),
        "sentMs": state.sent_ms,
        "received": state.received,
        "group": header.group,
        "deduplication": header.duplicate,
        "source": header.source,
        "attributes": header.attributes.keys().collect::<Vec<_>>(),
        "bytes": text.len(),
        "isWhole": shown.len() == text.len(),
        "text": shown,
    }))
}
