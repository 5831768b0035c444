//! What a topic's page says in words, and what its form publishes.

use protocol::topic::{LetterKind, MAX_TEXT, Publish, Topic};

use crate::messages::say;

/// What is written in the form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The message.
    pub text: String,
    /// Its subject.
    pub subject: String,
    /// Its attributes, `name=value` a line.
    pub attributes: String,
    /// Its group.
    pub group: String,
    /// Its deduplication id.
    pub deduplication: String,
}

impl Draft {
    /// The message to a topic, or what is wrong with it.
    pub fn to_publish(&self, arn: &str, topic: &Topic) -> Result<Publish, &'static str> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        if self.text.is_empty() {
            return Err(say!("queue.no-text"));
        }
        if self.text.len() > MAX_TEXT {
            return Err(say!("topic.too-long"));
        }
        let (group, deduplication) = (given(&self.group), given(&self.deduplication));
        if topic.is_fifo && group.is_none() {
            return Err(say!("queue.no-group"));
        }
        if topic.is_fifo && deduplication.is_none() && !topic.by_content {
            return Err(say!("queue.no-deduplication"));
        }
        let lines = self.attributes.lines().filter(|line| !line.trim().is_empty());
        let pair = |line: &str| {
            let (name, value) = line.split_once('=')?;
            Some((given(name)?, value.trim().to_owned()))
        };
        let attributes: Option<Vec<_>> = lines.map(pair).collect();
        Ok(Publish {
            arn: arn.to_owned(),
            text: self.text.clone(),
            subject: given(&self.subject),
            group,
            deduplication: deduplication.filter(|_| topic.is_fifo),
            attributes: attributes.ok_or(say!("topic.wrong-attributes"))?,
        })
    }
}

/// The name at the end of an ARN.
pub fn name_of(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

/// What a letter is.
pub fn kind_words(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Mail => say!("topic.mail"),
        LetterKind::Confirmation => say!("topic.confirmation"),
        LetterKind::Sms => say!("topic.sms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_lines() {
        let check = |attributes: &str, expected: Result<&[(&str, &str)], &str>| {
            let draft = Draft { text: "t".into(), attributes: attributes.into(), ..Draft::default() };
            let sent = draft.to_publish("a", &Topic::default()).map(|call| call.attributes);
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            assert_eq!(sent, expected.map(|all| all.iter().map(owned).collect()));
        };
        check("", Ok(&[]));
        check("kind = order\n\nsize=1=2\n", Ok(&[("kind", "order"), ("size", "1=2")]));
        check("kind", Err(say!("topic.wrong-attributes")));
        check("=x", Err(say!("topic.wrong-attributes")));
    }

    #[test]
    fn what_a_fifo_topic_needs_is_said() {
        let check = |draft: Draft, topic: &Topic, expected: Result<(), &str>| {
            assert_eq!(draft.to_publish("a", topic).map(drop), expected, "{draft:?}");
        };
        let fifo = Topic { is_fifo: true, ..Topic::default() };
        let text = || Draft { text: "t".into(), ..Draft::default() };
        check(Draft::default(), &fifo, Err(say!("queue.no-text")));
        check(text(), &fifo, Err(say!("queue.no-group")));
        let grouped = || Draft { group: "g".into(), ..text() };
        check(grouped(), &fifo, Err(say!("queue.no-deduplication")));
        check(grouped(), &Topic { by_content: true, ..fifo.clone() }, Ok(()));
        check(Draft { deduplication: "d".into(), ..grouped() }, &fifo, Ok(()));
        let long = Draft { text: "x".repeat(MAX_TEXT + 1), ..Draft::default() };
        check(long, &Topic::default(), Err(say!("topic.too-long")));
    }

    #[test]
    fn a_topic_is_named_by_the_end_of_its_arn() {
        assert_eq!(name_of("arn:aws:sns:us-east-1:000000000000:orders.fifo"), "orders.fifo");
    }
}
