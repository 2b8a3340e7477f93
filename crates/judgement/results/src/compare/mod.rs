//! A candidate run against a baseline, patient by patient: the same scenario and seed give both the same
//! patients, so each case is its own control.

mod margins;
mod regression;
#[cfg(test)]
mod tests;

pub use margins::{Margins, MarginsError};
pub use regression::CaseRegression;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case_result::attempts_of;
use crate::metrics::{self, Better, Metric, Observations, Statistic};
use crate::run::Run;
use crate::{Arm, CaseAttempt, CaseResult};

/// How a candidate stands to a baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Better: the whole interval of the difference is on the good side of zero.
    Improved,
    /// Not worse by more than the margin.
    Same,
    /// Too uncertain: the interval reaches past the margin, and holds zero as well.
    Inconclusive,
    /// Worse: the interval reaches past the margin, and does not hold zero.
    Worse,
}

impl Change {
    /// The word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Improved => "improved",
            Self::Same => "same",
            Self::Inconclusive => "inconclusive",
            Self::Worse => "worse",
        }
    }
}

/// One metric of both runs over the cases that both have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricComparison {
    /// Name of the metric.
    pub metric: String,
    /// Number of cases that both runs have a value of.
    pub pairs: usize,
    /// Mean over cases of the baseline's case means.
    pub baseline: f64,
    /// Mean over cases of the candidate's case means.
    pub candidate: f64,
    /// Candidate minus baseline.
    pub difference: f64,
    /// 95 % confidence interval of the difference over patients, Student's.
    pub ci95: Option<[f64; 2]>,
    /// Largest change for the worse that still counts as the same.
    pub margin: f64,
    /// How the candidate stands.
    pub change: Change,
}

/// `compare.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Worse if any metric is worse, else inconclusive if any is or the candidate lacks cases, else improved if any is.
    /// The wall clock does not count: the runs may come from different machines.
    pub change: Change,
    /// Number of cases that both runs have.
    pub pairs: usize,
    /// Number of cases that only the baseline has.
    pub only_in_baseline: usize,
    /// Number of cases that only the candidate has.
    pub only_in_candidate: usize,
    /// The metrics that both runs have, in the order of reports.
    pub metrics: Vec<MetricComparison>,
    /// The cases that got worse by the most margins, worst first.
    pub regressions: Vec<CaseRegression>,
}

/// Why runs cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// The patients are not the same.
    #[error("scenario '{scenario}' differs between the runs ({what}): the cases are not the same patients")]
    DifferentPatients {
        /// Name of the scenario.
        scenario: String,
        /// What differs.
        what: &'static str,
    },
    /// Nothing to pair.
    #[error("the runs have no case in common")]
    NothingInCommon,
}

impl Comparison {
    /// True if the candidate is shown to be no worse than the margins allow.
    pub fn is_non_inferior(&self) -> bool {
        matches!(self.change, Change::Improved | Change::Same)
    }
}

/// Compares the automated arms of two runs.
///
/// # Errors
/// [`CompareError`] if a scenario's patients differ or no case is in both runs.
pub fn compare(baseline: &Run, candidate: &Run, margins: &Margins) -> Result<Comparison, CompareError> {
    same_patients(baseline, candidate)?;
    let (before, after) = (cases(&baseline.cases), cases(&candidate.cases));
    let pairs: Vec<Pair<'_>> = before
        .iter()
        .filter_map(|(key, before)| Some(Pair { scenario: key.0, case: key.1, before, after: after.get(key)? }))
        .collect();
    if pairs.is_empty() {
        return Err(CompareError::NothingInCommon);
    }

    let compared = metrics::all().iter().filter(|metric| !metric.is_agreement());
    let metrics: Vec<_> = compared.filter_map(|metric| compare_metric(metric, &pairs, margins)).collect();
    let judged = metrics.iter().filter(|metric| metrics::find(&metric.metric).is_some_and(|m| !m.is_wall_clock()));
    let only_in_baseline = before.len() - pairs.len();
    // Who leaves out cases may have left out the bad ones.
    let lacking = (only_in_baseline > 0).then_some(Change::Inconclusive);
    Ok(Comparison {
        change: overall(judged.map(|metric| metric.change).chain(lacking)),
        pairs: pairs.len(),
        only_in_baseline,
        only_in_candidate: after.len() - pairs.len(),
        metrics,
        regressions: regression::worst(&pairs, margins),
    })
}

/// One case of both runs.
pub(crate) struct Pair<'a> {
    scenario: &'a str,
    case: u64,
    before: &'a [CaseAttempt<'a>],
    after: &'a [CaseAttempt<'a>],
}

impl Pair<'_> {
    /// The case's mean of a metric before and after.
    fn means(&self, metric: &Metric) -> Option<(f64, f64)> {
        let mean = |attempts| metric.observe(attempts).statistic(Statistic::Mean);
        Some((mean(self.before)?, mean(self.after)?))
    }
}

/// The automated arm's attempts, case by case.
fn cases(cases: &[CaseResult]) -> BTreeMap<(&str, u64), Vec<CaseAttempt<'_>>> {
    let attempts = |case| attempts_of(std::iter::once(case), Arm::Automated);
    let cases = cases.iter().map(|case| ((case.scenario.as_str(), case.case), attempts(case)));
    cases.filter(|(_, attempts)| !attempts.is_empty()).collect()
}

/// Same population, positioning, protocol and seed mean the same patients; planner, program and limits may differ.
fn same_patients(baseline: &Run, candidate: &Run) -> Result<(), CompareError> {
    for before in &baseline.manifest.provenance.identity.scenarios {
        let candidates = &candidate.manifest.provenance.identity.scenarios;
        let Some(after) = candidates.iter().find(|after| after.name == before.name) else { continue };
        let differing = [
            ("its seed", before.seed != after.seed),
            ("its population, positioning or protocol", before.patients_hash != after.patients_hash),
        ];
        if let Some((what, _)) = differing.into_iter().find(|(_, differs)| *differs) {
            return Err(CompareError::DifferentPatients { scenario: before.name.clone(), what });
        }
    }
    Ok(())
}

fn compare_metric(metric: &Metric, pairs: &[Pair<'_>], margins: &Margins) -> Option<MetricComparison> {
    let means: Vec<(f64, f64)> = pairs.iter().filter_map(|pair| pair.means(metric)).collect();
    let mean =
        |value: fn(&(f64, f64)) -> f64| Observations::ByCase(means.iter().map(|pair| vec![value(pair)]).collect());
    let differences = mean(|(before, after)| after - before);
    let ci95 = differences.confidence_interval(Statistic::Mean);
    let margin = margins.of(metric);
    Some(MetricComparison {
        metric: metric.name.to_owned(),
        pairs: means.len(),
        baseline: mean(|(before, _)| *before).statistic(Statistic::Mean)?,
        candidate: mean(|(_, after)| *after).statistic(Statistic::Mean)?,
        difference: differences.statistic(Statistic::Mean)?,
        ci95,
        margin,
        change: change(ci95, metric.better, margin),
    })
}

/// Non-inferiority by interval (Piaggio et al., JAMA 2012): the end of the interval on the bad side against
/// the margin, the other end against zero.
fn change(ci95: Option<[f64; 2]>, better: Better, margin: f64) -> Change {
    let Some([low, high]) = ci95 else { return Change::Inconclusive };
    // In units in which more is worse.
    let (best, worst) = match better {
        Better::Lower => (low, high),
        Better::Higher => (-high, -low),
    };
    if worst < 0.0 {
        Change::Improved
    } else if worst <= margin {
        Change::Same
    } else if best > 0.0 {
        Change::Worse
    } else {
        Change::Inconclusive
    }
}

fn overall(changes: impl Iterator<Item = Change>) -> Change {
    let changes: Vec<_> = changes.collect();
    let order = [Change::Worse, Change::Inconclusive, Change::Improved];
    order.into_iter().find(|change| changes.contains(change)).unwrap_or(Change::Same)
}
