//! From how a worker's invocation ended to how its sandbox tells it.

use std::time::Duration;

use bytes::Bytes;
use engine::{Ended, FunctionError, FunctionSpec, Invocation};
use serde::de::IgnoredAny;

use crate::HANDLER_ERROR;
use crate::frames::{Done, End};

/// How it ended, and the answer where there is one.
pub(crate) fn verdict(
    function: &FunctionSpec,
    invocation: &Invocation,
    done: Done,
    mut output: Bytes,
) -> (Ended, Bytes) {
    let mut log = output.split_off(done.stdout_len.min(output.len()));
    log.truncate(done.stderr_len);
    let (answer, error) = match judge(function, invocation, &done, &output) {
        Ok(answer) => (answer, None),
        Err(error) => (Bytes::new(), Some(error)),
    };
    let (duration, cause) = match done.end {
        End::Timeout => (function.timeout, None),
        End::Trap { message, .. } => (Duration::from_nanos(done.nanos), Some(message)),
        End::Exit(_) | End::OutOfMemory => (Duration::from_nanos(done.nanos), None),
    };
    (Ended { error, cause, log, duration, peak_bytes: done.peak_bytes }, answer)
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
