//! The memory that a type's provider takes for the properties that it is told: each `{}` of a template may become an
//! operation's widest structure, and many resources are made at once.

use std::time::Duration;

use cloud_core::budget::{Reservation, Source};
use cloud_core::ports::ResourceRequest;
use cloud_core::{AwsError, Context};
use serde_json::Value;

/// How long a resource waits for room.
const WAIT: Duration = Duration::from_mins(1);
/// What a map becomes at most: the widest structure that an operation reads, untyped and typed, while both grow.
const STRUCTURE: u64 = 4096;
/// What any other value becomes beside its text.
const VALUE: u64 = 256;
/// How often a text is copied: for the operation, and as what is kept.
const COPIES: u64 = 4;

/// Asks for what a provider makes of a request, to be held until it has answered.
pub(super) async fn ask(context: &Context, request: &ResourceRequest) -> Result<Reservation, AwsError> {
    let (source, bytes) = (Source::named("stack", request.stack_id.as_str()), cost(&request.properties));
    let free = context.memory().reserve_when_free(&source, bytes);
    match tokio::time::timeout(WAIT, free).await {
        Ok(room) => Ok(room?),
        Err(_) => Ok(context.memory().reserve(&source, bytes)?),
    }
}

/// Estimated from above.
fn cost(properties: &Value) -> u64 {
    let mut left = vec![properties];
    let mut cost: u64 = 0;
    while let Some(value) = left.pop() {
        cost += match value {
            Value::String(text) => VALUE + COPIES * text.len() as u64,
            Value::Array(items) => {
                left.extend(items);
                VALUE
            }
            Value::Object(members) => {
                left.extend(members.values());
                STRUCTURE + members.keys().map(|name| VALUE + COPIES * name.len() as u64).sum::<u64>()
            }
            _ => VALUE,
        };
    }
    cost
}
