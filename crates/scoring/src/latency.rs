//! How long a stage takes on the wall clock.

use crate::summary::{quantile, sorted_finite};

/// Percentiles of a stage's latency, ms.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Latency {
    /// Number of timings.
    pub n: usize,
    /// Median, ms.
    pub p50_ms: f64,
    /// 95th percentile, ms.
    pub p95_ms: f64,
    /// 99th percentile, ms.
    pub p99_ms: f64,
    /// Longest, ms.
    pub max_ms: f64,
}

impl Latency {
    /// The percentiles of timings in ms; `None` of none.
    pub fn of(timings_ms: &[f64]) -> Option<Self> {
        let sorted = sorted_finite(timings_ms);
        let max_ms = *sorted.last()?;
        let at = |q| quantile(&sorted, q);
        Some(Self { n: sorted.len(), p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99), max_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_a_hundred_and_one() {
        let timings: Vec<f64> = (1..=101).rev().map(f64::from).collect();
        let found = Latency::of(&timings).expect("timings");
        assert_eq!((found.p50_ms, found.p95_ms, found.p99_ms, found.max_ms), (51.0, 96.0, 100.0, 101.0));
        assert_eq!(Latency::of(&[]), None);
    }
}
