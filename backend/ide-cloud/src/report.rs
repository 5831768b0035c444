//! The REPORT line of an invocation's log, taken apart.

use protocol::function::Report;

/// The report in a log, if there is one.
pub(crate) fn parse(log: &str) -> Option<Report> {
    let line = log.lines().rev().find(|line| line.starts_with("REPORT RequestId: "))?;
    let mut fields = line.split('\t').map(str::trim);
    let request_id = fields.next()?.strip_prefix("REPORT RequestId: ")?.to_owned();
    let fields: Vec<&str> = fields.collect();
    let number = |name: &str| -> Option<f64> {
        let value = fields.iter().find_map(|field| field.strip_prefix(name)?.strip_prefix(": "))?;
        value.split(' ').next()?.parse().ok()
    };
    Some(Report {
        request_id,
        duration_ms: number("Duration")?,
        billed_duration_ms: number("Billed Duration")? as u64,
        memory_size_mb: number("Memory Size")? as u64,
        max_memory_used_mb: number("Max Memory Used")? as u64,
        init_duration_ms: number("Init Duration"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_line_as_lambda_writes_it() {
        let log = "START RequestId: a Version: $LATEST\nhello\nEND RequestId: a\nREPORT RequestId: a\tDuration: 1.25 ms\t\
                   Billed Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 3 MB\tInit Duration: 0.40 ms\t\n";
        let report = parse(log).unwrap();
        assert_eq!(report.request_id, "a");
        assert!((report.duration_ms - 1.25).abs() < 1e-9);
        assert_eq!(
            (report.billed_duration_ms, report.memory_size_mb, report.max_memory_used_mb),
            (2, 128, 3)
        );
        assert_eq!(report.init_duration_ms, Some(0.4));
        assert_eq!(parse("hello"), None);
        assert_eq!(parse("REPORT RequestId: a\tDuration: much"), None);
    }
}
