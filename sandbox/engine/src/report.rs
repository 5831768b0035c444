//! The lines Lambda writes around a function's own log: START, END and REPORT. Tabs and trailing newline as on AWS.

use std::fmt;
use std::time::Duration;

use crate::FunctionError;

/// `START RequestId: … Version: …`.
pub fn start_line(request_id: &str, version: &str) -> String {
    format!("START RequestId: {request_id} Version: {version}\n")
}

/// `END RequestId: …`.
pub fn end_line(request_id: &str) -> String {
    format!("END RequestId: {request_id}\n")
}

/// What AWS bills for.
// AWS: whole milliseconds, rounded up; the init phase is billed for every kind of package since August 2025.
pub fn billed(duration: Duration, init: Option<Duration>) -> Duration {
    let nanos = (duration + init.unwrap_or_default()).as_nanos();
    Duration::from_millis(nanos.div_ceil(1_000_000).max(1) as u64)
}

/// The REPORT line.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The invocation.
    pub request_id: &'a str,
    /// How long the handler ran.
    pub duration: Duration,
    /// What AWS would bill.
    pub billed: Duration,
    /// MemorySize.
    pub memory_mb: u32,
    /// The most memory held.
    pub max_memory_used_mb: u32,
    /// The start of a new sandbox.
    pub init_duration: Option<Duration>,
    /// Why it failed, if it did.
    pub error: Option<&'a FunctionError>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request_id, memory_mb, max_memory_used_mb, .. } = self;
        write!(
            f,
            "REPORT RequestId: {request_id}\tDuration: {:.2} ms\tBilled Duration: {} ms\t\
             Memory Size: {memory_mb} MB\tMax Memory Used: {max_memory_used_mb} MB\t",
            millis(self.duration),
            self.billed.as_millis(),
        )?;
        if let Some(init) = self.init_duration {
            write!(f, "Init Duration: {:.2} ms\t", millis(init))?;
        }
        match self.error {
            Some(error) if error.is_timeout() => write!(f, "Status: timeout")?,
            Some(error) if error.ended_sandbox() => {
                write!(f, "Status: error\tError Type: {}", error.error_type)?;
            }
            _ => {}
        }
        writeln!(f)
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(init: Option<u64>, error: Option<&FunctionError>, expected: &str) {
        let duration = Duration::from_micros(395_990);
        let init_duration = init.map(Duration::from_micros);
        let report = Report {
            request_id: "id",
            duration,
            billed: billed(duration, init_duration),
            memory_mb: 512,
            max_memory_used_mb: 301,
            init_duration,
            error,
        };
        assert_eq!(report.to_string(), expected);
    }

    #[test]
    fn lines_read_as_lambdas() {
        check(
            None,
            None,
            "REPORT RequestId: id\tDuration: 395.99 ms\tBilled Duration: 396 ms\tMemory Size: 512 MB\tMax Memory Used: 301 MB\t\n",
        );
        // AWS: numbers of a line observed in October 2025, when init had become part of the bill.
        check(
            Some(265_720),
            None,
            "REPORT RequestId: id\tDuration: 395.99 ms\tBilled Duration: 662 ms\tMemory Size: 512 MB\tMax Memory Used: 301 MB\tInit Duration: 265.72 ms\t\n",
        );
        check(
            None,
            Some(&FunctionError::out_of_memory("id")),
            "REPORT RequestId: id\tDuration: 395.99 ms\tBilled Duration: 396 ms\tMemory Size: 512 MB\tMax Memory Used: 301 MB\tStatus: error\tError Type: Runtime.OutOfMemory\n",
        );
        check(
            None,
            Some(&FunctionError::new("ValueError", "no")),
            "REPORT RequestId: id\tDuration: 395.99 ms\tBilled Duration: 396 ms\tMemory Size: 512 MB\tMax Memory Used: 301 MB\t\n",
        );
    }

    #[test]
    fn the_bill_is_rounded_up_once() {
        let ms = Duration::from_millis;
        assert_eq!(billed(Duration::ZERO, None), ms(1));
        assert_eq!(billed(ms(2), None), ms(2));
        assert_eq!(billed(Duration::from_nanos(2_000_001), None), ms(3));
        assert_eq!(billed(Duration::from_micros(1_400), Some(Duration::from_micros(1_400))), ms(3));
    }
}
