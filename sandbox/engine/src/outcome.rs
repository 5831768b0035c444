//! From how a sandbox ended to what a caller of Lambda sees, and what stands in the log of it.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};

use crate::{Ended, FunctionError, FunctionSpec, Invocation, MAX_LOG_EVENT, Outcome, Response, billed};

/// What a line beyond CloudWatch's limit ends with.
const TRUNCATED: &[u8] = b"[truncated]";

/// The outcome of an invocation that ran.
pub(crate) fn of_ended(
    function: &FunctionSpec,
    invocation: &Invocation,
    init: Option<Duration>,
    ended: Ended,
    response: Response,
) -> Outcome {
    let Ended { error, cause, log, duration, peak_bytes } = ended;
    let log = add_cause(bound_lines(log), invocation, cause.as_deref(), error.as_ref());
    let result = error.map_or_else(|| Ok(response.into_kept()), Err);
    let peak = (peak_bytes.div_ceil(1 << 20) as u32).clamp(1, function.memory_mb.max(1));
    outcome(result, log, duration, init, peak)
}

/// The outcome of an invocation that could not begin: the package is at fault.
pub(crate) fn of_bad_package(invocation: &Invocation, reason: &str) -> Outcome {
    let error = FunctionError::invalid_entrypoint(&invocation.request_id, reason);
    of_failed_init(invocation, error, Bytes::new(), Duration::ZERO)
}

/// The outcome of an invocation whose sandbox did not come up by the function's own fault.
pub(crate) fn of_failed_init(
    invocation: &Invocation,
    error: FunctionError,
    log: Bytes,
    took: Duration,
) -> Outcome {
    let log = add_cause(bound_lines(log), invocation, None, Some(&error));
    outcome(Err(error), log, took, None, 1)
}

/// The outcome of an invocation whose sandbox did not tell its end in time.
pub(crate) fn of_timeout(function: &FunctionSpec, invocation: &Invocation) -> Outcome {
    let error = FunctionError::timed_out(&invocation.request_id, function.timeout);
    of_failed_init(invocation, error, Bytes::new(), function.timeout)
}

/// The outcome of an invocation whose sandbox died under it.
pub(crate) fn of_lost_sandbox(invocation: &Invocation, elapsed: Duration) -> Outcome {
    let error = FunctionError::signalled(&invocation.request_id, "killed");
    of_failed_init(invocation, error, Bytes::new(), elapsed)
}

fn outcome(
    result: Result<Bytes, FunctionError>,
    log: Bytes,
    duration: Duration,
    init_duration: Option<Duration>,
    max_memory_used_mb: u32,
) -> Outcome {
    let (payload, error) = match result {
        Ok(payload) => (payload, None),
        Err(error) => (error.to_payload(), Some(error)),
    };
    Outcome {
        payload,
        error,
        log,
        duration,
        billed: billed(duration, init_duration),
        init_duration,
        max_memory_used_mb,
        engine: "",
        runtime: None,
    }
}

/// Lambda says in the log why a sandbox ended.
fn add_cause(
    log: Bytes,
    invocation: &Invocation,
    cause: Option<&str>,
    error: Option<&FunctionError>,
) -> Bytes {
    let Some(error) = error.filter(|error| error.ended_sandbox()) else { return log };
    let mut log = BytesMut::from(log);
    if !log.is_empty() && !log.ends_with(b"\n") {
        log.put_u8(b'\n');
    }
    if let Some(cause) = cause {
        log.put_slice(format!("{cause}\n").as_bytes());
    }
    let told = if error.is_timeout() {
        let text = error.error_message.split_once("Error: ").map_or("", |(_, text)| text);
        // AWS: stamped with the time of the stop, followed by an empty line.
        format!("{:.3} {} {text}\n\n", invocation.deadline, invocation.request_id)
    } else {
        format!("{}\n{}\n", error.error_message, error.error_type)
    };
    log.put_slice(told.as_bytes());
    log.freeze()
}

/// Cuts every line to what CloudWatch Logs takes as one event.
fn bound_lines(log: Bytes) -> Bytes {
    if log.len() <= MAX_LOG_EVENT {
        return log;
    }
    let mut bounded = BytesMut::with_capacity(log.len());
    for line in log.split_inclusive(|byte| *byte == b'\n') {
        if line.len() <= MAX_LOG_EVENT {
            bounded.put_slice(line);
        } else {
            bounded.put_slice(line.get(..MAX_LOG_EVENT - TRUNCATED.len() - 1).unwrap_or(line));
            bounded.put_slice(TRUNCATED);
            bounded.put_u8(b'\n');
        }
    }
    bounded.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_and_say_so() {
        let log = [vec![b'a'; MAX_LOG_EVENT + 5], b"\nshort\n".to_vec()].concat();
        let bounded = bound_lines(log.into());
        let lines: Vec<_> = bounded.split(|byte| *byte == b'\n').collect();
        assert_eq!(lines[0].len(), MAX_LOG_EVENT - 1);
        assert!(lines[0].ends_with(TRUNCATED));
        assert_eq!(lines[1], b"short");
    }
}
