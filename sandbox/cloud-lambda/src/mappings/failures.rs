//! Which records a function's answer calls failed.
// AWS: "Implementing partial batch responses".

use std::collections::BTreeSet;

use cloud_core::{Delivered, Record};
use cloud_delivery::Failed;
use serde_json::Value;

/// What of a batch failed, where the function may say so of some (`ReportBatchItemFailures`) or not.
// AWS: "If your function throws an exception, the entire batch is considered a complete failure." Of a FIFO queue "your
// function should stop processing messages after the first failure and return all failed and unprocessed messages": what it
// does not return is deleted there, too.
pub(crate) fn of(reports: bool, records: &[Record], answer: &Delivered) -> Failed {
    if answer.function_error.is_some() {
        return Failed::All;
    }
    if !reports {
        return Failed::None;
    }
    match named(&answer.payload) {
        Some(ids) if ids.is_empty() => Failed::None,
        // AWS: one that is not of the batch makes all of it fail.
        Some(ids) => {
            let batch: BTreeSet<&str> = records.iter().map(|record| record.id.as_str()).collect();
            if ids.iter().all(|id| batch.contains(id.as_str())) { Failed::Some(ids) } else { Failed::All }
        }
        None => Failed::All,
    }
}

/// The ids that an answer names; nothing where it is none that may be.
// AWS: success is "an empty batchItemFailure list, a null batchItemFailure list, an empty EventResponse, a null EventResponse",
// and failure "an invalid JSON response, an empty string itemIdentifier, a null itemIdentifier, an itemIdentifier with a bad
// key name". An empty string and an empty list are taken for empty responses.
fn named(payload: &[u8]) -> Option<Vec<String>> {
    if payload.is_empty() {
        return Some(Vec::new());
    }
    let answer: Value = serde_json::from_slice(payload).ok()?;
    let failures = match answer {
        Value::Null => return Some(Vec::new()),
        Value::String(text) => return text.is_empty().then(Vec::new),
        Value::Array(elements) => return elements.is_empty().then(Vec::new),
        Value::Object(mut members) => members.remove("batchItemFailures").unwrap_or_default(),
        Value::Bool(_) | Value::Number(_) => return None,
    };
    match failures {
        Value::Null => Some(Vec::new()),
        Value::Array(failures) => failures
            .into_iter()
            .map(|failure| {
                let id = failure.get("itemIdentifier")?.as_str()?;
                Some(id.to_owned()).filter(|id| !id.is_empty())
            })
            .collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::tests::record;
    use super::*;

    #[track_caller]
    fn check(payload: &str, expected: &Failed) {
        let batch: Vec<Record> = ["1", "2"].map(|id| Record { id: id.into(), ..record("x") }).into();
        let answer = Delivered { payload: payload.to_owned().into(), ..Delivered::default() };
        assert_eq!(of(true, &batch, &answer), *expected, "{payload}");
        assert_eq!(of(false, &batch, &answer), Failed::None, "{payload}");
        let failed = Delivered { function_error: Some("Unhandled".into()), ..answer };
        assert_eq!((of(true, &batch, &failed), of(false, &batch, &failed)), (Failed::All, Failed::All));
    }

    #[test]
    fn an_answer_names_what_failed() {
        for success in [
            "",
            "null",
            "{}",
            "[]",
            r#""""#,
            r#"{"batchItemFailures":[]}"#,
            r#"{"batchItemFailures":null}"#,
            r#"{"statusCode":200}"#,
        ] {
            check(success, &Failed::None);
        }
        check(r#"{"batchItemFailures":[{"itemIdentifier":"2"}]}"#, &Failed::Some(vec!["2".into()]));
        for failure in [
            "{",
            "5",
            r#""text""#,
            r#"{"batchItemFailures":{}}"#,
            r#"{"batchItemFailures":["2"]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
            r#"{"batchItemFailures":[{"foo":"2"}]}"#,
            r#"{"batchItemFailures":[{"foo":null}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":"2"},{"itemIdentifier":"3"}]}"#,
        ] {
            check(failure, &Failed::All);
        }
    }
}
