//! The figures of one metric as `run.json` keeps them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::CaseAttempt;
use crate::metrics::{self, MetricAt, Observations, Statistic};

/// Summary of a metric's values. A figure estimated from all attempts at once (agreement) stands in every
/// place, has no `sd`, and counts its subjects in `n`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricSummary {
    /// Number of values.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation (n − 1).
    pub sd: Option<f64>,
    /// Middle value.
    pub median: f64,
    /// 95th percentile.
    pub p95: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// 95 % confidence interval of the mean over patients: Student's; for a rate, exact; for agreement, Student's or F.
    pub ci95: Option<[f64; 2]>,
}

impl MetricSummary {
    /// Summarises; `None` without values.
    pub fn of(observations: &Observations) -> Option<Self> {
        Some(Self {
            n: observations.len(),
            mean: observations.statistic(Statistic::Mean)?,
            sd: observations.sd(),
            median: observations.statistic(Statistic::Median)?,
            p95: observations.statistic(Statistic::P95)?,
            min: observations.statistic(Statistic::Min)?,
            max: observations.statistic(Statistic::Max)?,
            ci95: observations.confidence_interval(Statistic::Mean),
        })
    }
}

/// Every metric of the catalogue that the attempts have values of, by name; those that are measured by level also at
/// each level, as `METRIC@LEVEL`.
pub fn summaries(attempts: &[CaseAttempt<'_>]) -> BTreeMap<String, MetricSummary> {
    let levels = metrics::levels_of(attempts);
    let at_levels = |metric| levels.iter().filter_map(move |level| MetricAt::level(metric, *level));
    let all = metrics::all().iter().flat_map(|metric| std::iter::once(metric.into()).chain(at_levels(metric)));
    all.filter_map(|at: MetricAt| {
        let name = at.to_string();
        let summary = MetricSummary::of(&at.observe(attempts))?;
        Some((name, summary))
    })
    .collect()
}
