//! What batches have alike: how many entries, with which ids.

use std::collections::BTreeSet;

use cloud_core::AwsError;

use crate::shapes::Code;

/// AWS: entries of one batch.
const MOST: usize = 10;
/// AWS: the longest id of an entry.
const LONGEST: usize = 80;

/// The error of a batch without entries.
pub(crate) fn empty(operation: &str) -> AwsError {
    Code::EmptyBatchRequest
        .error(format!("There should be at least one {operation}RequestEntry in the request."))
}

/// Looks at the ids of a batch's entries.
// AWS: it counts first, then looks at each id, then whether one is there twice.
pub(crate) fn check<'a>(
    operation: &str,
    ids: impl ExactSizeIterator<Item = &'a str> + Clone,
) -> Result<(), AwsError> {
    let count = ids.len();
    if count == 0 {
        return Err(empty(operation));
    }
    if count > MOST {
        let message = format!("Maximum number of entries per request are {MOST}. You have sent {count}.");
        return Err(Code::TooManyEntriesInBatchRequest.error(message));
    }
    if !ids.clone().all(is_id) {
        return Err(Code::InvalidBatchEntryId.error(
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
        ));
    }
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(Code::BatchEntryIdsNotDistinct.error(format!("Id {id} repeated.")));
        }
    }
    Ok(())
}

fn is_id(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_few_well_formed_and_distinct() {
        let long = "x".repeat(81);
        let many: Vec<String> = (0..11).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (ids, code) in [
            (&["a", "b-_9"][..], None),
            (&[], Some("EmptyBatchRequest")),
            (&many[..10], None),
            (&many, Some("TooManyEntriesInBatchRequest")),
            (&[""], Some("InvalidBatchEntryId")),
            (&["a:b"], Some("InvalidBatchEntryId")),
            (&[&long], Some("InvalidBatchEntryId")),
            (&["a", "a"], Some("BatchEntryIdsNotDistinct")),
        ] {
            let checked = check("SendMessageBatch", ids.iter().copied());
            assert_eq!(checked.err().map(|error| error.code().to_owned()).as_deref(), code, "{ids:?}");
        }
    }
}
