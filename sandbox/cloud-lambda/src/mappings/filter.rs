//! Which records of a source a function gets: patterns of a mapping's `FilterCriteria` over records as the function's event has
//! them, what was sent in them read as JSON.

use cloud_core::{AwsError, Reader, Record};
use event_pattern::{Event, Pattern};
use serde_json::Value;

use super::event;
use super::kind::{Kind, invalid};
use crate::shapes::FilterCriteria;

/// Patterns, one of which a record is to match.
#[derive(Debug, Clone)]
pub(crate) struct Filters {
    kind: Kind,
    patterns: Vec<Pattern>,
}

impl Filters {
    /// What a mapping's criteria say; nothing where there are none.
    pub(crate) fn read(kind: Kind, criteria: Option<&FilterCriteria>) -> Result<Option<Self>, AwsError> {
        let filters = criteria.and_then(|criteria| criteria.filters.as_deref()).unwrap_or_default();
        let wrong = || invalid("Invalid filter pattern definition.");
        let pattern = |text: Option<&String>| {
            let text = text.ok_or_else(wrong)?;
            let pattern = Pattern::read(text).map_err(|error| wrong().because(error))?;
            // AWS: "The filter pattern for data properties must be in a valid JSON format", for streams.
            if kind.is_stream() && pattern.asks(kind.data()).plain { Err(wrong()) } else { Ok(pattern) }
        };
        let patterns: Vec<Pattern> =
            filters.iter().map(|filter| pattern(filter.pattern.as_ref())).collect::<Result<_, _>>()?;
        Ok((!patterns.is_empty()).then_some(Self { kind, patterns }))
    }

    /// Whether a record is one of those.
    pub(crate) fn want(&self, reader: &Reader, record: &Record) -> bool {
        let (event, is_json) = self.event(reader, record);
        self.patterns.iter().any(|pattern| {
            let asked = pattern.asks(self.kind.data());
            // AWS: "If there is a mismatch, Lambda drops the message." Without a pattern for it, the check is skipped.
            let fits = if is_json { asked.within || !asked.plain } else { !asked.within };
            fits && pattern.matches(&event)
        })
    }

    /// A record as patterns see it, and whether what was sent is JSON.
    // LIMIT: AWS does not say whether a text that is a number or a quoted string is "valid JSON"; here it is a plain string.
    fn event(&self, reader: &Reader, record: &Record) -> (Event, bool) {
        let told = event::record(self.kind, reader, record, None);
        if self.kind == Kind::Table {
            // It is JSON as a whole.
            return (Event::from(&told), told.get("dynamodb").is_some_and(Value::is_object));
        }
        // AWS: patterns for Kinesis name the members of what lies in `kinesis`.
        let members = if self.kind == Kind::Kinesis { told.get("kinesis") } else { Some(&told) };
        let mut whole = members.map_or_else(|| Event::object::<String>([]), Event::from);
        let text = std::str::from_utf8(&record.payload);
        let sent = text.ok().and_then(|text| Event::read(text).ok()).filter(Event::is_object_or_array);
        let is_json = sent.is_some();
        if let Some(sent) = sent {
            whole.set(self.kind.data(), sent);
        }
        (whole, is_json)
    }
}

#[cfg(test)]
mod tests {
    use super::event::tests::{reader, record};
    use super::*;
    use crate::shapes::Filter;

    fn criteria(patterns: &[&str]) -> FilterCriteria {
        let filter = |pattern: &&str| Filter { pattern: Some((*pattern).to_owned()) };
        FilterCriteria { filters: Some(patterns.iter().map(filter).collect()) }
    }

    #[track_caller]
    fn check(kind: Kind, patterns: &[&str], payload: &str, expected: bool) {
        let filters = Filters::read(kind, Some(&criteria(patterns))).unwrap().unwrap();
        assert_eq!(filters.want(&reader(kind), &record(payload)), expected, "{patterns:?} {payload}");
    }

    /// AWS: its table of what comes of which body and which pattern.
    #[test]
    fn a_body_and_its_pattern_are_of_one_form_or_the_message_goes() {
        let (plain, json, none) =
            (r#"{"body":["x"]}"#, r#"{"body":{"a":["x"]}}"#, r#"{"eventSource":["aws:sqs"]}"#);
        for (pattern, body, expected) in [
            (plain, "x", true),
            (plain, "y", false),
            (none, "x", true),
            (json, "x", false),
            (plain, r#"["x"]"#, false),
            (none, r#"{"a":"x"}"#, true),
            (json, r#"{"a":"x"}"#, true),
            (json, r#"{"a":"y"}"#, false),
            // What is absent is, and of another form all the same.
            (r#"{"body":{"b":[{"exists":false}]}}"#, "x", false),
            (r#"{"body":{"b":[{"exists":false}]}}"#, r#"{"a":1}"#, true),
            (r#"{"body":[{"exists":false}]}"#, r#"{"a":1}"#, false),
            (r#"{"body":[{"prefix":"Result: "}]}"#, "Result: 5", true),
            (r#"{"body":{"n":[{"numeric":[">",9999]}]}}"#, r#"{"n":10000}"#, true),
            (r#"{"body":{"n":[300]}}"#, r#"{"n":300.0}"#, false),
            (r#"{"messageId":["id"],"body":["x"]}"#, "x", true),
        ] {
            check(Kind::Queue, &[pattern], body, expected);
        }
        check(Kind::Queue, &[plain, json], "x", true);
        check(Kind::Queue, &[plain, json], r#"{"a":"x"}"#, true);
    }

    #[test]
    fn records_of_streams_are_looked_into() {
        let city = r#"{"partitionKey":["key"],"data":{"city":["Seoul"]}}"#;
        for (payload, expected) in
            [(r#"{"city":"Seoul"}"#, true), (r#"{"city":"Busan"}"#, false), ("Seoul", false)]
        {
            check(Kind::Kinesis, &[city], payload, expected);
        }
        check(Kind::Kinesis, &[r#"{"partitionKey":["key"]}"#], "Seoul", true);
        let insert = r#"{"eventName":["INSERT"],"dynamodb":{"Keys":{"id":{"S":["1"]}}}}"#;
        let change = |name: &str, id: &str| {
            format!(r#"{{"eventName":"{name}","dynamodb":{{"Keys":{{"id":{{"S":"{id}"}}}}}}}}"#)
        };
        for (name, id, expected) in [("INSERT", "1", true), ("INSERT", "2", false), ("REMOVE", "1", false)] {
            check(Kind::Table, &[insert], &change(name, id), expected);
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        let refused = |kind, pattern: &str| {
            Filters::read(kind, Some(&criteria(&[pattern]))).err().map(|error| error.message().to_owned())
        };
        let wrong = Some("Invalid filter pattern definition.".to_owned());
        for pattern in
            ["null", "simple string", r#"{"eventSource":"aws:sqs"}"#, r#"{"eventSource":[]}"#, "{}"]
        {
            assert_eq!(refused(Kind::Queue, pattern), wrong, "{pattern}");
        }
        assert_eq!(refused(Kind::Queue, r#"{"data":["x"]}"#), None);
        assert_eq!(refused(Kind::Kinesis, r#"{"data":["x"]}"#), wrong);
        assert!(Filters::read(Kind::Queue, None).unwrap().is_none());
    }
}
