//! What one invocation writes into its log group: as text, or as JSON filtered by level.

use engine::{FunctionSpec, Outcome};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::shapes::{ApplicationLogLevel, LogFormat, LoggingConfig, SystemLogLevel};

/// From the most detailed on.
const LEVELS: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/// What tells a function's own logger that JSON is wanted, and from which level on.
// AWS: "Using Lambda environment variables": AWS_LAMBDA_LOG_FORMAT and AWS_LAMBDA_LOG_LEVEL.
pub(crate) fn environment(logging: Option<&LoggingConfig>) -> Vec<(String, String)> {
    let Some(logging) = logging.filter(|logging| logging.log_format == Some(LogFormat::Json)) else {
        return Vec::new();
    };
    let level = logging.application_log_level.as_ref().map_or("INFO", ApplicationLogLevel::as_str);
    [("AWS_LAMBDA_LOG_FORMAT", "JSON"), ("AWS_LAMBDA_LOG_LEVEL", level)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// One invocation, as its log tells it.
pub(crate) struct Told<'a> {
    pub(crate) spec: &'a FunctionSpec,
    pub(crate) outcome: &'a Outcome,
    pub(crate) request_id: &'a str,
    pub(crate) started: Timestamp,
    pub(crate) ended: Timestamp,
}

impl Told<'_> {
    /// The log in the format that a function asks for.
    pub(crate) fn log(&self, logging: Option<&LoggingConfig>) -> Vec<u8> {
        match logging {
            Some(logging) if logging.log_format == Some(LogFormat::Json) => self.json(logging),
            _ => self.outcome.full_log(self.spec, self.request_id),
        }
    }

    // LIMIT: lines that are no JSON stay as they are; on AWS the managed runtimes wrap them.
    fn json(&self, logging: &LoggingConfig) -> Vec<u8> {
        let system = rank(logging.system_log_level.as_ref().map(SystemLogLevel::as_str));
        let application = rank(logging.application_log_level.as_ref().map(ApplicationLogLevel::as_str));
        let lines = self.outcome.log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let own = lines.filter(|line| rank_of_line(line) >= application).map(<[u8]>::to_vec);
        let before = [self.start()].into_iter();
        let after = [self.done(), self.report()].into_iter();
        let told = |(level, line): (&str, Value)| {
            (rank(Some(level)) >= system).then(|| line.to_string().into_bytes())
        };
        let all = before.filter_map(told).chain(own).chain(after.filter_map(told));
        all.flat_map(|mut line| {
            line.push(b'\n');
            line
        })
        .collect()
    }

    // AWS: "System log level event mapping": start and report are INFO, the runtime's end is DEBUG; what says that
    // something went wrong is WARN.
    fn start(&self) -> (&'static str, Value) {
        let record = json!({ "requestId": self.request_id, "version": self.spec.key.version });
        ("INFO", event(self.started, "platform.start", &record))
    }

    fn done(&self) -> (&'static str, Value) {
        let record = self.with_error(json!({ "requestId": self.request_id, "status": self.status() }));
        (self.level("DEBUG"), event(self.ended, "platform.runtimeDone", &record))
    }

    fn report(&self) -> (&'static str, Value) {
        let outcome = self.outcome;
        let milliseconds = |duration: std::time::Duration| (duration.as_secs_f64() * 1e6).round() / 1e3;
        let mut metrics = json!({
            "durationMs": milliseconds(outcome.duration),
            "billedDurationMs": outcome.billed.as_millis() as u64,
            "memorySizeMB": self.spec.memory_mb,
            "maxMemoryUsedMB": outcome.max_memory_used_mb,
        });
        if let Some(init) = outcome.init_duration {
            metrics["initDurationMs"] = milliseconds(init).into();
        }
        let record = json!({ "requestId": self.request_id, "metrics": metrics, "status": self.status() });
        (self.level("INFO"), event(self.ended, "platform.report", &self.with_error(record)))
    }

    fn level(&self, usual: &'static str) -> &'static str {
        if self.outcome.error.is_some() { "WARN" } else { usual }
    }

    fn status(&self) -> &'static str {
        match &self.outcome.error {
            None => "success",
            Some(error) if error.error_type == "Sandbox.Timedout" => "timeout",
            Some(_) => "error",
        }
    }

    fn with_error(&self, mut record: Value) -> Value {
        if let Some(error) = &self.outcome.error {
            record["errorType"] = error.error_type.as_str().into();
        }
        record
    }
}

fn event(at: Timestamp, kind: &str, record: &Value) -> Value {
    let time = at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    json!({ "time": time, "type": kind, "record": record })
}

/// Where a level stands; one that is not known, or not said, is INFO.
fn rank(level: Option<&str>) -> usize {
    let place = |wanted: &str| LEVELS.iter().position(|level| level.eq_ignore_ascii_case(wanted));
    level.and_then(place).or_else(|| place("INFO")).unwrap_or_default()
}

// AWS: a line that is no JSON object, or has no valid "level", counts as INFO.
fn rank_of_line(line: &[u8]) -> usize {
    let object = serde_json::from_slice::<Value>(line).ok();
    rank(object.as_ref().and_then(|object| object.get("level")?.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_a_level_are_info() {
        for (line, level) in [
            (&br#"{"level":"debug","msg":"x"}"#[..], "DEBUG"),
            (br#"{"level":"Error"}"#, "ERROR"),
            (br#"{"level":"loud"}"#, "INFO"),
            (br#"{"msg":"x"}"#, "INFO"),
            (b"plain", "INFO"),
            (b"\xff", "INFO"),
        ] {
            assert_eq!(rank_of_line(line), rank(Some(level)), "{level}");
        }
        assert!(rank(Some("TRACE")) < rank(None) && rank(None) < rank(Some("FATAL")));
    }
}
