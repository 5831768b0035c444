//! What is said of an invocation and its result.

use protocol::function::{Invocation, Phase, Ran, Report};
use widgets::decimal;

use crate::{messages::say, state::functions::Outcome, text::milliseconds};

/// How an invocation ended, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It answered.
    Succeeded,
    /// The function failed.
    Failed,
    /// The build failed.
    NotBuilt,
    /// It could not be asked to run.
    NotRun,
}

impl Verdict {
    /// Of an outcome.
    pub fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Answered(Invocation::Ran(Ran { function_error: None, .. })) => Self::Succeeded,
            Outcome::Answered(Invocation::Ran(_)) => Self::Failed,
            Outcome::Answered(Invocation::BuildFailed { .. }) => Self::NotBuilt,
            Outcome::Failed(_) => Self::NotRun,
        }
    }

    /// The words, class and icon for it.
    pub fn look(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Succeeded => (say!("function.succeeded"), "good", "circle-check"),
            Self::Failed => (say!("function.failed"), "error", "circle-x"),
            Self::NotBuilt => (say!("function.not-built"), "error", "hammer"),
            Self::NotRun => (say!("function.not-run"), "error", "circle-x"),
        }
    }
}

/// What a running invocation does.
pub fn phase_words(phase: Phase) -> &'static str {
    match phase {
        Phase::Building => say!("function.building"),
        Phase::Uploading => say!("function.uploading"),
        Phase::Running => say!("function.running"),
    }
}

/// The REPORT line as a table.
pub fn report_rows(report: &Report) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        (say!("function.duration"), milliseconds(report.duration_ms)),
        (say!("function.billed"), format!("{} ms", report.billed_duration_ms)),
        (say!("function.memory-size"), format!("{} MB", report.memory_size_mb)),
        (say!("function.memory-used"), format!("{} MB", report.max_memory_used_mb)),
    ];
    if let Some(init) = report.init_duration_ms {
        rows.push((say!("function.init"), milliseconds(init)));
    }
    rows.push((say!("function.on-aws"), price(report)));
    rows.push((say!("function.request"), report.request_id.clone()));
    rows
}

// AWS: Lambda on x86 in us-east-1 costs $0.0000166667 for a GB-second and $0.20 for a million requests.
const DOLLARS_PER_GB_SECOND: f64 = 0.000_016_666_7;
const DOLLARS_PER_REQUEST: f64 = 0.000_000_2;

/// What the invocation would cost on AWS beyond the free tier.
fn price(report: &Report) -> String {
    let gb_seconds = report.memory_size_mb as f64 / 1024.0 * report.billed_duration_ms as f64 / 1000.0;
    let dollars = gb_seconds * DOLLARS_PER_GB_SECOND + DOLLARS_PER_REQUEST;
    say!("function.price", dollars = decimal(dollars * 1_000_000.0, 2)).to_string()
}

/// Whether a name may be a saved event's.
pub fn is_event_name(name: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
    (1..=100).contains(&name.trim().chars().count()) && name.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report {
            request_id: "r".into(),
            duration_ms: 1.234,
            billed_duration_ms: 1000,
            memory_size_mb: 1024,
            max_memory_used_mb: 9,
            init_duration_ms: None,
        }
    }

    fn ran(function_error: Option<&str>) -> Outcome {
        Outcome::Answered(Invocation::Ran(Ran {
            payload: "{}".into(),
            function_error: function_error.map(str::to_owned),
            log_tail: String::new(),
            report: Some(report()),
            engine: "wasm".into(),
            function_name: "f".into(),
            log_group: "/aws/lambda/f".into(),
        }))
    }

    #[test]
    fn verdicts_say_who_failed() {
        let broken = Outcome::Answered(Invocation::BuildFailed { output: "error".into() });
        assert_eq!(Verdict::of(&ran(None)), Verdict::Succeeded);
        assert_eq!(Verdict::of(&ran(Some("Unhandled"))), Verdict::Failed);
        assert_eq!(Verdict::of(&broken), Verdict::NotBuilt);
        assert_eq!(Verdict::of(&Outcome::Failed("no".into())), Verdict::NotRun);
    }

    #[test]
    fn the_report_is_a_table_with_the_price() {
        let rows = report_rows(&report());
        assert_eq!(rows[0], ("Duration", "1.23 ms".to_owned()));
        assert!(rows.contains(&("On AWS", "$16.87 per million".to_owned())));
        assert!(rows.iter().all(|(name, _)| *name != "Init duration"));
    }

    #[test]
    fn event_names_become_file_names() {
        assert!(is_event_name("get user 1"));
        for name in ["", "  ", "a/b", "..\\x", &"x".repeat(101)] {
            assert!(!is_event_name(name), "{name:?}");
        }
    }
}
