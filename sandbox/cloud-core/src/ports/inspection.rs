//! Looking into a service without changing anything, where AWS has no operation for that.

use async_trait::async_trait;
use serde_json::Value;

use crate::error::AwsError;

/// What a service shows of itself to the account's root, beyond AWS's operations (`GET /_cumulo/SERVICE/WHAT`).
#[async_trait]
pub trait Inspection: Send + Sync {
    /// What is asked for, as a document of [`MOST_SHOWN`] bytes at most; none where the service has nothing of that name.
    async fn show(&self, what: &str, parameters: &[(String, String)]) -> Result<Option<Value>, AwsError>;
}

/// Bytes of what is shown at once.
pub const MOST_SHOWN: usize = 512 * 1024;

/// The value of a parameter.
pub fn parameter<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The first of these, as many as are shown at once.
pub fn fitting(items: impl Iterator<Item = Value>) -> Vec<Value> {
    // What stands around them is small.
    let mut left = MOST_SHOWN - 1024;
    let fits = |item: &Value| {
        let rest = left.checked_sub(item.to_string().len() + 1);
        left = rest.unwrap_or(0);
        rest.is_some()
    };
    items.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_at_once_has_an_end() {
        let check = |bytes: usize, count: usize, expected: usize| {
            let items = std::iter::repeat_n(Value::from("x".repeat(bytes)), count);
            let shown = fitting(items);
            assert_eq!(shown.len(), expected, "{count} of {bytes} bytes");
            assert!(Value::from(shown).to_string().len() <= MOST_SHOWN);
        };
        check(10, 100, 100);
        check(100 * 1024, 100, 5);
        check(MOST_SHOWN, 1, 0);
        check(1, 0, 0);
    }
}
