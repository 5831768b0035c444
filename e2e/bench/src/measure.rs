//! What was measured, and how a series of times is summed up.

use std::time::Duration;

use serde::Serialize;

/// One number with its name.
#[derive(Serialize)]
struct Measure {
    name: String,
    value: f64,
    unit: &'static str,
    /// What `product` promises, in the same unit, where it promises something.
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<String>,
}

/// All of them, in the order they were taken.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Measures(Vec<Measure>);

impl Measures {
    /// Notes a number.
    pub(crate) fn note(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.push(name.into(), value, unit, None);
    }

    /// Notes a number that has a goal.
    pub(crate) fn judge(&mut self, name: impl Into<String>, value: f64, unit: &'static str, goal: &str) {
        self.push(name.into(), value, unit, Some(goal.to_owned()));
    }

    fn push(&mut self, name: String, value: f64, unit: &'static str, goal: Option<String>) {
        println!("  {name}: {value:.3} {unit}");
        self.0.push(Measure { name, value, unit, goal });
    }
}

/// Times, from short to long.
pub(crate) struct Series(Vec<Duration>);

impl Series {
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time that `share` of all stay under, in milliseconds; 0 where nothing was timed.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1) as f64;
        let time = self.0.get((last * share).round() as usize);
        time.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_times_that_were_measured() {
        let series = Series::new((1..=100).rev().map(Duration::from_millis).collect());
        let close = |share, expected: f64| assert!((series.quantile(share) - expected).abs() < 1e-9);
        close(0.0, 1.0);
        close(0.5, 51.0);
        close(1.0, 100.0);
        assert!(Series::new(Vec::new()).quantile(0.5).abs() < 1e-9);
    }
}
