//! One call of a function: what goes in, and what comes out. A failing function is an [`Outcome`] too.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::{FunctionError, FunctionSpec, Report, end_line, start_line};

/// What the lines that Lambda adds take, mostly.
const OWN_LINES: usize = 384;

/// One event on its way to a function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The id in logs and answers; the same again when an asynchronous event is retried.
    pub request_id: String,
    /// The event, JSON.
    pub payload: Bytes,
    /// When the function will be stopped, by the wall clock, for the function's own information: engines measure
    /// `FunctionSpec::timeout` by a monotonic clock.
    pub deadline: jiff::Timestamp,
    /// `_X_AMZN_TRACE_ID`.
    pub trace_id: String,
    /// The ARN as it was called, with its qualifier.
    pub invoked_arn: String,
    /// The mobile SDKs' client context, JSON.
    pub client_context: Option<String>,
}

/// What came of an invocation.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The response, or the error object when `error` is set.
    pub payload: Bytes,
    /// Set when the function failed, in whatever way.
    pub error: Option<FunctionError>,
    /// What the function wrote, without the lines Lambda adds: see [`Outcome::full_log`].
    pub log: Bytes,
    /// How long the handler ran.
    pub duration: Duration,
    /// What AWS would bill.
    pub billed: Duration,
    /// How long the start of a new sandbox took; `None` in a warm one.
    pub init_duration: Option<Duration>,
    /// The most memory this invocation held, in MB, rounded up.
    pub max_memory_used_mb: u32,
    /// Which engine ran it.
    pub engine: &'static str,
    /// On what exactly, where the engine has that to say.
    pub runtime: Option<Arc<str>>,
}

impl Outcome {
    /// The log as CloudWatch Logs gets it: START, the function's own lines, END and REPORT.
    pub fn full_log(&self, function: &FunctionSpec, request_id: &str) -> Vec<u8> {
        let mut log = Vec::with_capacity(self.log.len() + OWN_LINES);
        log.extend_from_slice(start_line(request_id, &function.key.version).as_bytes());
        log.extend_from_slice(&self.log);
        if !self.log.is_empty() && !self.log.ends_with(b"\n") {
            log.push(b'\n');
        }
        log.extend_from_slice(end_line(request_id).as_bytes());
        // Memory takes all that is written to it.
        let _ = write!(log, "{}", self.report(function, request_id));
        log
    }

    /// The numbers of the REPORT line.
    pub fn report<'a>(&'a self, function: &FunctionSpec, request_id: &'a str) -> Report<'a> {
        Report {
            request_id,
            duration: self.duration,
            billed: self.billed,
            memory_mb: function.memory_mb,
            max_memory_used_mb: self.max_memory_used_mb,
            init_duration: self.init_duration,
            error: self.error.as_ref(),
        }
    }
}
