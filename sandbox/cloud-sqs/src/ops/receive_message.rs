//! ReceiveMessage, also for those who poll a queue by its ARN.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use cloud_core::budget::Source as Holder;
use cloud_core::{Attribute, AttributeValue, AwsError, Caller};
use serde::{Deserialize, Serialize};

use crate::attributes::{LARGEST, LONGEST_VISIBILITY, LONGEST_WAIT};
use crate::error::{invalid, no_attribute, no_queue};
use crate::message::{Attributes, TRACE, check_id, md5_of, md5_of_attributes};
use crate::moved::bury;
use crate::names;
use crate::open::{Desk, Records, Sqs};
use crate::ops::attributes::dead_letters;
use crate::ops::send_message::print_sequence;
use crate::parcel::{Header, Parcel};
use crate::receipt::Handle;
use crate::record::Queue;
use crate::shapes::{
    Message, MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName, ReceiveMessageRequest,
    ReceiveMessageResult,
};
use crate::state::memory::{Name, recall, remember};
use crate::state::{Held, Kind, MOST_RECEIVED, Received, State, Taken, Taking};

/// AWS: messages in flight of a queue, since November 2024 of either type.
const MOST_IN_FLIGHT: u64 = 120_000;
/// Bytes of the messages of one receive; a first message that is larger comes alone.
// LIMIT: AWS states none.
const MOST_BYTES: usize = 1 << 20;

/// What is told of a message besides its attributes.
const SYSTEM: [&str; 10] = [
    "All",
    "ApproximateFirstReceiveTimestamp",
    "ApproximateReceiveCount",
    TRACE,
    "DeadLetterQueueSourceArn",
    "MessageDeduplicationId",
    "MessageGroupId",
    "SenderId",
    "SentTimestamp",
    "SequenceNumber",
];

/// How somebody receives.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub most: usize,
    pub bytes: usize,
    /// For how long, in milliseconds; as the queue is set where there is none.
    pub visibility: Option<u64>,
    pub wait: Duration,
    /// The attempt, which may be repeated.
    pub attempt: Option<String>,
    /// Who holds what is read.
    pub holder: Option<Holder>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            most: 1,
            bytes: MOST_BYTES,
            visibility: None,
            wait: Duration::ZERO,
            attempt: None,
            holder: None,
        }
    }
}

/// A message that was given.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub receipt: String,
    pub sequence: u64,
    pub parcel: Parcel,
    pub state: State,
}

/// What one look at a queue came to.
struct Look {
    given: Vec<Given>,
    /// Whether it is to be looked again at once.
    again: bool,
    over_limit: bool,
    /// When the next becomes ready by itself.
    next_due: Option<u64>,
}

/// Which attributes are shown.
struct Shown {
    system: Vec<String>,
    message: Vec<String>,
}

pub(crate) async fn receive_message(
    sqs: &Sqs,
    caller: &Caller,
    input: ReceiveMessageRequest,
) -> Result<ReceiveMessageResult, AwsError> {
    let queue = sqs.queue(&input.queue_url)?;
    let shown = shown(&input)?;
    let asked =
        Asked { holder: Some(Holder::named("key", caller.access_key_id.as_str())), ..asked(&queue, &input)? };
    let given = receive(sqs, &queue.name, asked).await?;
    let is_fifo = queue.settings.is_fifo;
    let messages: Vec<_> = given.into_iter().map(|given| shown.message(given, is_fifo)).collect();
    // AWS: of no messages there is no such member.
    Ok(ReceiveMessageResult { messages: Some(messages).filter(|messages| !messages.is_empty()) })
}

fn asked(queue: &Queue, input: &ReceiveMessageRequest) -> Result<Asked, AwsError> {
    let bounded = |parameter: &str, value: Option<i32>, least: i32, most: i32, reason: &str| match value {
        Some(value) if !(least..=most).contains(&value) => Err(invalid(parameter, value, reason)),
        value => Ok(value.and_then(|value| u32::try_from(value).ok())),
    };
    let most = "Must be between 1 and 10, if provided.";
    let most = bounded("MaxNumberOfMessages", input.max_number_of_messages, 1, 10, most)?;
    let wait = "Must be >= 0 and <= 20, if provided.";
    let wait = bounded("WaitTimeSeconds", input.wait_time_seconds, 0, LONGEST_WAIT as i32, wait)?;
    let time = "Must be >= 0 and <= 43200, if provided.";
    let time = bounded("VisibilityTimeout", input.visibility_timeout, 0, LONGEST_VISIBILITY as i32, time)?;
    if let Some(attempt) = &input.receive_request_attempt_id {
        if !queue.settings.is_fifo {
            let reason = "The request include parameter that is not valid for this queue type.";
            return Err(invalid("ReceiveRequestAttemptId", attempt, reason));
        }
        check_id("ReceiveRequestAttemptId", attempt)?;
    }
    Ok(Asked {
        most: most.map_or(1, |most| most as usize),
        visibility: time.map(|time| u64::from(time) * 1000),
        wait: Duration::from_secs(wait.unwrap_or(queue.settings.wait).into()),
        attempt: input.receive_request_attempt_id.clone(),
        ..Asked::default()
    })
}

/// Receives messages, for a while if there are none.
pub(crate) async fn receive(sqs: &Sqs, name: &str, asked: Asked) -> Result<Vec<Given>, AwsError> {
    let clock = sqs.context.clock();
    let deadline = clock.monotonic().saturating_add(asked.wait);
    loop {
        let queue = sqs.records.queues.get(&name.to_owned()).ok_or_else(no_queue)?;
        let waiter = (!asked.wait.is_zero()).then(|| sqs.records.waiting.wait(queue.backlog));
        let is_this = |queue: &Queue| waiter.as_ref().is_none_or(|waiter| waiter.backlog() == queue.backlog);
        while sqs.records.queues.get(&queue.name).is_some_and(|queue| is_this(&queue)) {
            // Listens before it looks, so that a message in between is not missed.
            let mut told = waiter.as_ref().map(|waiter| Box::pin(waiter.told()));
            if let Some(told) = &mut told {
                told.as_mut().enable();
            }
            // The last look is at the deadline or later, however long one takes.
            let began = clock.monotonic();
            let look = look(sqs, name, &asked).await?;
            if !look.given.is_empty() {
                return Ok(look.given);
            }
            if look.again {
                continue;
            }
            if look.over_limit && asked.wait.is_zero() {
                return Err(Sqs::over_limit(
                    "The maximum number of in flight messages is reached: delete messages after they are processed.",
                ));
            }
            let waits = waiter.as_ref().zip(told).filter(|_| began < deadline);
            let Some((waiter, told)) = waits else { return Ok(Vec::new()) };
            waiter.tell_at(look.next_due);
            tokio::select! {
                () = told => {}
                () = clock.wait_until(deadline) => {}
            }
        }
    }
}

/// Waits until there may be messages, or for so long.
pub(crate) async fn ready(sqs: &Sqs, name: &str, wait: Duration) -> Result<(), AwsError> {
    let clock = sqs.context.clock();
    let deadline = clock.monotonic().saturating_add(wait);
    let backlog = sqs.records.queues.get(&name.to_owned()).ok_or_else(no_queue)?.backlog;
    let waiter = sqs.records.waiting.wait(backlog);
    let mut told = pin!(waiter.told());
    told.as_mut().enable();
    let look = |desk: &mut Desk<'_, '_>| {
        desk.backlog.settle(desk.transaction)?;
        Ok((desk.backlog.first_ready(desk.transaction)?.is_some(), desk.backlog.next_due(desk.transaction)?))
    };
    let (is_ready, next_due) = sqs.records.at(name.to_owned(), true, look).await?;
    if is_ready || clock.monotonic() >= deadline {
        return Ok(());
    }
    waiter.tell_at(next_due);
    tokio::select! {
        () = told => {}
        () = clock.wait_until(deadline) => {}
    }
    Ok(())
}

/// Looks at a queue once.
async fn look(sqs: &Sqs, name: &str, asked: &Asked) -> Result<Look, AwsError> {
    // What is read is bounded by this, whatever lies there.
    let holder = asked.holder.clone().unwrap_or_else(|| Holder::named("queue", name));
    let bytes = (asked.bytes.min(MOST_BYTES) + 2 * LARGEST as usize) as u64;
    let _room = sqs.context.memory().reserve_when_free(&holder, bytes).await?;
    let (asked, arn) = (asked.clone(), names::arn(&sqs.context, name));
    let work = move |desk: &mut Desk<'_, '_>| {
        let visibility = asked.visibility.unwrap_or(u64::from(desk.queue.settings.visibility) * 1000);
        let attempt = asked.attempt.as_deref().map(Name::attempt);
        if let Some(attempt) = &attempt {
            let given = repeat(desk, attempt, visibility)?;
            if !given.is_empty() {
                return Ok(Look { given, again: false, over_limit: false, next_due: None });
            }
        }
        let taking = Taking {
            most: asked.most.clamp(1, MOST_RECEIVED),
            bytes: asked.bytes.min(MOST_BYTES),
            visibility,
            most_received: None,
            most_in_flight: MOST_IN_FLIGHT,
        };
        let received = take(desk, taking, &arn)?;
        after(desk, &received);
        let next_due = desk.backlog.next_due(desk.transaction)?;
        if let Some(due) = next_due.filter(|_| !received.taken.is_empty()) {
            desk.tell_at(due);
        }
        let (is_empty, again) = (received.taken.is_empty(), received.aside > 0 || received.more);
        let over_limit = received.over_limit;
        let given = give(&desk.queue, received.taken)?;
        if let Some(attempt) = attempt.filter(|_| !is_empty) {
            let seen: Vec<Attempted> =
                given.iter().map(|given| (given.sequence, given.state.received)).collect();
            let seen =
                serde_json::to_vec(&Remembered(desk.queue.backlog, seen)).map_err(AwsError::internal)?;
            remember(desk.transaction, desk.queue.id, &attempt, &seen, desk.now.time)?;
        }
        Ok(Look { given, again: is_empty && again && !over_limit, over_limit, next_due })
    };
    sqs.records.at(name.to_owned(), true, work).await
}

/// Takes messages from a queue, its dead letters to the queue for those.
fn take(desk: &mut Desk<'_, '_>, mut taking: Taking, arn: &str) -> Result<Received, AwsError> {
    let redrive = desk.queue.settings.redrive.clone();
    let mut grave = None;
    if let Some(redrive) = redrive {
        let to = dead_letters(desk.records, desk.transaction, &redrive.to, arn)?;
        // Where there is no such queue any more, its messages go on to be received.
        let fits = |to: &Queue| to.id != desk.queue.id && to.settings.is_fifo == desk.queue.settings.is_fifo;
        if let Some(to) = to.filter(fits) {
            taking.most_received = Some(redrive.after);
            let backlog = Records::backlog(desk.transaction, &to, desk.now)?;
            grave = Some((backlog, false));
        }
    }
    let now = desk.now;
    let mut to_grave = |rows: &mut cloud_store::Transaction<'_>, dead: Taken| match &mut grave {
        Some((backlog, is_used)) => {
            *is_used = true;
            bury(backlog, rows, dead, arn, now.wall_ms)
        }
        None => Ok(()),
    };
    let received = desk.backlog.receive(desk.transaction, taking, &mut to_grave)?;
    if let Some((backlog, true)) = grave {
        backlog.keep(desk.transaction)?;
        let waiting = std::sync::Arc::clone(&desk.records.waiting);
        desk.transaction.then(move || waiting.tell(backlog.id));
    }
    Ok(received)
}

/// Tells another who waits that there is more.
fn after(desk: &mut Desk<'_, '_>, received: &Received) {
    if received.more && !received.taken.is_empty() {
        desk.tell();
    }
}

/// A message's number, and how often it had been received.
type Attempted = (u64, u32);

/// What an attempt was given, and from which backlog.
#[derive(Serialize, Deserialize)]
struct Remembered(u64, Vec<Attempted>);

/// What an attempt was given before, as far as nobody has done anything with it since.
// AWS: "the same messages and receipt handles", hidden anew.
fn repeat(desk: &mut Desk<'_, '_>, attempt: &Name, visibility: u64) -> Result<Vec<Given>, AwsError> {
    desk.backlog.settle(desk.transaction)?;
    let known = recall(desk.transaction, desk.queue.id, attempt, desk.now.time)?;
    let known = known.and_then(|known| serde_json::from_slice::<Remembered>(&known).ok());
    let Some(Remembered(_, seen)) = known.filter(|known| known.0 == desk.queue.backlog) else {
        return Ok(Vec::new());
    };
    let mut taken = Vec::new();
    for (sequence, received) in seen {
        let Held::This(state) = desk.backlog.held(desk.transaction, sequence, received)? else { continue };
        if state.kind != Kind::InFlight {
            continue;
        }
        desk.backlog.hide(desk.transaction, sequence, state, visibility)?;
        taken.extend(desk.backlog.read(desk.transaction, sequence)?);
    }
    give(&desk.queue, taken)
}

fn give(queue: &Queue, taken: Vec<Taken>) -> Result<Vec<Given>, AwsError> {
    let given = taken.into_iter().map(|Taken { sequence, state, body }| {
        let parcel = Parcel::decode(&body).ok_or_else(|| {
            AwsError::internal(format!("message {sequence} of {} cannot be read", queue.name))
        })?;
        let handle = Handle { queue: queue.id, backlog: queue.backlog, sequence, received: state.received };
        Ok(Given { receipt: handle.print(), sequence, parcel, state })
    });
    given.collect()
}

/// The attributes that are asked for.
fn shown(input: &ReceiveMessageRequest) -> Result<Shown, AwsError> {
    let old = input.attribute_names.iter().flatten().map(QueueAttributeName::as_str);
    let new = input.message_system_attribute_names.iter().flatten().map(MessageSystemAttributeName::as_str);
    let system: Vec<String> = old.chain(new).map(str::to_owned).collect();
    if let Some(unknown) = system.iter().find(|name| !SYSTEM.contains(&name.as_str())) {
        return Err(no_attribute(unknown));
    }
    Ok(Shown { system, message: input.message_attribute_names.clone().unwrap_or_default() })
}

/// What is told of a message besides its text and its attributes.
pub(crate) fn told(header: &Header, state: &State, sequence: u64, is_fifo: bool) -> BTreeMap<String, String> {
    let all = [
        ("ApproximateFirstReceiveTimestamp", state.first_ms.map(|time| time.to_string())),
        ("ApproximateReceiveCount", Some(state.received.to_string())),
        (TRACE, header.trace.clone()),
        ("DeadLetterQueueSourceArn", header.source.clone()),
        ("MessageDeduplicationId", header.duplicate.clone()),
        ("MessageGroupId", header.group.clone()),
        ("SenderId", Some(header.sender.clone())),
        ("SentTimestamp", Some(state.sent_ms.to_string())),
        ("SequenceNumber", is_fifo.then(|| print_sequence(sequence))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

impl Shown {
    fn message(&self, given: Given, is_fifo: bool) -> Message {
        let Given { receipt, sequence, parcel, state } = given;
        let Parcel { header, text } = parcel;
        let is_wanted = |name: &str| self.system.iter().any(|wanted| wanted == "All" || wanted == name);
        let mut told = told(&header, &state, sequence, is_fifo);
        told.retain(|name, _| is_wanted(name));
        let attributes: Attributes =
            header.attributes.into_iter().filter(|(name, _)| self.shows(name)).collect();
        Message {
            message_id: Some(header.id),
            receipt_handle: Some(receipt),
            md5_of_body: Some(md5_of(&text)),
            body: Some(text),
            attributes: Some(told).filter(|told| !told.is_empty()),
            // AWS: of those that are shown.
            md5_of_message_attributes: md5_of_attributes(&attributes),
            message_attributes: (!attributes.is_empty())
                .then(|| attributes.into_iter().map(|(name, value)| (name, print(value))).collect()),
        }
    }

    // AWS: `All`, `.*`, names, and prefixes before `.*`, in which that of `Hel.*` is `Hel`.
    fn shows(&self, name: &str) -> bool {
        self.message.iter().any(|wanted| match wanted.strip_suffix('*') {
            Some("" | ".") => true,
            Some(prefix) => prefix.strip_suffix('.').is_some_and(|prefix| name.starts_with(prefix)),
            None => wanted == "All" || wanted == name,
        })
    }
}

fn print(attribute: Attribute) -> MessageAttributeValue {
    let (text, bytes) = match attribute.value {
        AttributeValue::Text(text) => (Some(text), None),
        AttributeValue::Binary(bytes) => (None, Some(bytes.into())),
    };
    MessageAttributeValue {
        data_type: attribute.data_type,
        string_value: text,
        binary_value: bytes,
        ..MessageAttributeValue::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_shown_by_name_and_prefix() {
        for (wanted, expected) in [
            (&[][..], &[][..]),
            (&["All"], &["General", "Hello", "Help.Me"]),
            (&[".*"], &["General", "Hello", "Help.Me"]),
            (&["*"], &["General", "Hello", "Help.Me"]),
            (&["Hello", "General"], &["General", "Hello"]),
            (&["Hel.*"], &["Hello", "Help.Me"]),
            (&["Help.*"], &["Help.Me"]),
            (&["Hel*"], &[]),
            (&["hello", ".Hello", "Hello."], &[]),
        ] {
            let message = wanted.iter().map(|name| (*name).to_owned()).collect();
            let shown = Shown { system: Vec::new(), message };
            let seen: Vec<_> =
                ["General", "Hello", "Help.Me"].into_iter().filter(|name| shown.shows(name)).collect();
            assert_eq!(seen, expected, "{wanted:?}");
        }
    }
}
