//! What a queue's page says in words, and what its form sends.

use protocol::queue::{MAX_TEXT, Message, MessageState, Queue, SendMessage};

use crate::messages::say;

/// What is written in the form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The message.
    pub text: String,
    /// Its delay in seconds.
    pub delay: String,
    /// Its group.
    pub group: String,
    /// Its deduplication id.
    pub deduplication: String,
}

impl Draft {
    /// The message to a queue, or what is wrong with it.
    pub fn to_send(&self, name: &str, queue: &Queue) -> Result<SendMessage, &'static str> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        if self.text.is_empty() {
            return Err(say!("queue.no-text"));
        }
        if self.text.len() > MAX_TEXT {
            return Err(say!("queue.too-long"));
        }
        let (group, deduplication) = (given(&self.group), given(&self.deduplication));
        if queue.is_fifo && group.is_none() {
            return Err(say!("queue.no-group"));
        }
        if queue.is_fifo && deduplication.is_none() && !queue.by_content {
            return Err(say!("queue.no-deduplication"));
        }
        let delay_seconds = match given(&self.delay) {
            // AWS: the delay of one message, of a FIFO queue the queue's alone.
            Some(delay) if !queue.is_fifo => {
                let seconds = delay.parse().ok().filter(|seconds| *seconds <= 900);
                Some(seconds.ok_or(say!("queue.wrong-delay"))?)
            }
            _ => None,
        };
        let deduplication = deduplication.filter(|_| queue.is_fifo);
        Ok(SendMessage {
            name: name.to_owned(),
            text: self.text.clone(),
            delay_seconds,
            group,
            deduplication,
        })
    }
}

/// How long something takes or is ago, in the largest unit that fits.
pub fn span(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1000;
    match seconds {
        0..60 => say!("time.seconds", count = seconds),
        60..3600 => say!("time.minutes", count = seconds / 60),
        3600..172_800 => say!("time.hours", count = seconds / 3600),
        _ => say!("time.days", count = seconds / 86_400),
    }
    .to_string()
}

/// What a message waits for.
pub fn state(message: &Message) -> String {
    let due = span(message.due_in_ms as i64);
    match message.state {
        MessageState::Ready => say!("queue.ready").to_owned(),
        MessageState::Delayed => say!("queue.delayed-for", time = due).to_string(),
        MessageState::InFlight => say!("queue.in-flight-for", time = due).to_string(),
    }
}

/// What there is to know of a queue.
pub fn facts(queue: &Queue) -> Vec<(&'static str, String)> {
    let kind = match (queue.is_fifo, queue.by_content) {
        (false, _) => say!("queue.standard"),
        (true, false) => say!("queue.fifo"),
        (true, true) => say!("queue.fifo-by-content"),
    };
    let seconds = |seconds: u32| span(i64::from(seconds) * 1000);
    vec![
        (say!("queue.kind"), kind.to_owned()),
        (say!("queue.visibility"), seconds(queue.visibility_seconds)),
        (say!("queue.retention"), seconds(queue.retention_seconds)),
        (say!("queue.url"), queue.url.clone()),
        (say!("function.arn"), queue.arn.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str, delay: &str, group: &str, deduplication: &str) -> Draft {
        let [text, delay, group, deduplication] = [text, delay, group, deduplication].map(str::to_owned);
        Draft { text, delay, group, deduplication }
    }

    #[test]
    fn what_is_wrong_is_said_before_it_is_sent() {
        let standard = Queue::default();
        let fifo = Queue { is_fifo: true, ..Queue::default() };
        let by_content = Queue { by_content: true, ..fifo.clone() };
        let check = |draft: &Draft, queue: &Queue, expected: Result<(Option<u32>, bool, bool), &str>| {
            let sent = draft.to_send("q", queue);
            let sent =
                sent.map(|call| (call.delay_seconds, call.group.is_some(), call.deduplication.is_some()));
            assert_eq!(sent, expected, "{draft:?}");
        };
        check(&draft("hi", "", "", ""), &standard, Ok((None, false, false)));
        check(&draft("hi", " 5 ", "g", "d"), &standard, Ok((Some(5), true, false)));
        check(&draft("", "", "", ""), &standard, Err(say!("queue.no-text")));
        check(&draft(&"x".repeat(MAX_TEXT + 1), "", "", ""), &standard, Err(say!("queue.too-long")));
        for delay in ["901", "-1", "soon"] {
            check(&draft("hi", delay, "", ""), &standard, Err(say!("queue.wrong-delay")));
        }
        check(&draft("hi", "", " ", "d"), &fifo, Err(say!("queue.no-group")));
        check(&draft("hi", "", "g", ""), &fifo, Err(say!("queue.no-deduplication")));
        check(&draft("hi", "5", "g", "d"), &fifo, Ok((None, true, true)));
        check(&draft("hi", "", "g", ""), &by_content, Ok((None, true, false)));
    }

    #[test]
    fn times_are_said_in_the_unit_that_fits() {
        for (milliseconds, said) in [
            (-5, "0 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (3_600_000, "1 h"),
            (172_800_000, "2 d"),
            (345_600_000, "4 d"),
        ] {
            assert_eq!(span(milliseconds), said);
        }
    }
}
