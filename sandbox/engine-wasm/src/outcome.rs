//! From how a worker's invocation ended to what a caller of Lambda sees.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use engine::{FunctionError, FunctionSpec, Invocation, MAX_LOG_EVENT, Outcome, billed};
use serde::de::IgnoredAny;

use crate::frames::{Done, End};
use crate::{ENGINE, HANDLER_ERROR};

/// What a line beyond CloudWatch's limit ends with.
const TRUNCATED: &[u8] = b"[truncated]";

/// The outcome of an invocation that ran.
pub(crate) fn of_done(
    function: &FunctionSpec,
    invocation: &Invocation,
    init: Option<Duration>,
    done: &Done,
    mut output: Bytes,
) -> Outcome {
    let log = output.split_off(done.stdout_len.min(output.len()));
    let result = judge(function, invocation, done, &output);
    let duration = match done.end {
        End::Timeout => function.timeout,
        _ => Duration::from_nanos(done.nanos),
    };
    let log = add_cause(bound_lines(log), invocation, &done.end, result.as_ref().err());
    let peak = (done.peak_bytes.div_ceil(1 << 20) as u32).clamp(1, function.memory_mb.max(1));
    outcome(result, log, duration, init, peak)
}

/// The outcome of an invocation that could not begin: the package is at fault.
pub(crate) fn of_bad_package(invocation: &Invocation, reason: &str) -> Outcome {
    let error = FunctionError::invalid_entrypoint(&invocation.request_id, reason);
    let log = Bytes::from(format!("{}\n{}\n", error.error_message, error.error_type));
    outcome(Err(error), log, Duration::ZERO, None, 1)
}

/// The outcome of an invocation whose worker did not tell its end in time.
pub(crate) fn of_timeout(function: &FunctionSpec, invocation: &Invocation) -> Outcome {
    let error = FunctionError::timed_out(&invocation.request_id, function.timeout);
    let log = add_cause(Bytes::new(), invocation, &End::Timeout, Some(&error));
    outcome(Err(error), log, function.timeout, None, 1)
}

/// The outcome of an invocation whose worker died under it.
pub(crate) fn of_lost_worker(invocation: &Invocation, elapsed: Duration) -> Outcome {
    let error = FunctionError::signalled(&invocation.request_id, "killed");
    let log = Bytes::from(format!("{}\n{}\n", error.error_message, error.error_type));
    outcome(Err(error), log, elapsed, None, 1)
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
        engine: ENGINE,
    }
}

fn judge(
    function: &FunctionSpec,
    invocation: &Invocation,
    done: &Done,
    stdout: &Bytes,
) -> Result<Bytes, FunctionError> {
    let id = &invocation.request_id;
    match &done.end {
        End::Timeout => Err(FunctionError::timed_out(id, function.timeout)),
        End::OutOfMemory => Err(FunctionError::out_of_memory(id)),
        End::Trap { signal, .. } => Err(FunctionError::signalled(id, signal)),
        End::Exit(_) if done.stdout_overflowed => Err(FunctionError::response_too_large()),
        End::Exit(0) => response(id, stdout),
        End::Exit(HANDLER_ERROR) => {
            Err(FunctionError::parse(stdout).unwrap_or_else(|| FunctionError::exited(id, HANDLER_ERROR)))
        }
        End::Exit(status) => Err(FunctionError::exited(id, *status)),
    }
}

fn response(request_id: &str, stdout: &Bytes) -> Result<Bytes, FunctionError> {
    let trimmed = stdout.trim_ascii();
    if trimmed.is_empty() {
        return Err(FunctionError::exited(request_id, 0));
    }
    // LIMIT: AWS passes a custom runtime's answer on unread; here it must be JSON, as from every managed runtime.
    serde_json::from_slice::<IgnoredAny>(trimmed)
        .map_err(|error| FunctionError::invalid_response(request_id, &error.to_string()))?;
    Ok(stdout.slice_ref(trimmed))
}

/// Lambda says in the log why a sandbox ended.
fn add_cause(log: Bytes, invocation: &Invocation, end: &End, error: Option<&FunctionError>) -> Bytes {
    let Some(error) = error.filter(|error| error.ended_sandbox()) else { return log };
    let mut log = BytesMut::from(log);
    if !log.is_empty() && !log.ends_with(b"\n") {
        log.put_u8(b'\n');
    }
    if let End::Trap { message, .. } = end {
        log.put_slice(format!("{message}\n").as_bytes());
    }
    let cause = if error.is_timeout() {
        let text = error.error_message.split_once("Error: ").map_or("", |(_, text)| text);
        // AWS: stamped with the time of the stop, followed by an empty line.
        format!("{:.3} {} {text}\n\n", invocation.deadline, invocation.request_id)
    } else {
        format!("{}\n{}\n", error.error_message, error.error_type)
    };
    log.put_slice(cause.as_bytes());
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
