//! The patients that got worse: what a release engineer looks at first.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{Margins, Pair};
use crate::metrics::{self, Better, Metric, MetricAt, Statistic};
use crate::{CaseAttempt, CaseSummary};

/// How many cases are listed: what fits a screen.
const LISTED: usize = 10;

/// A disc or stack must be off by this many of its margins more than before: with the usual margins 2° or 2 mm, half of
/// what is called wrong at most. Less is what another localizer's noise does.
const LEAST_MARGINS: f64 = 2.0;

/// In what way a patient fared worse, gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Regression {
    /// The plan is wrong and nobody is warned; before it was right, or there was a warning.
    SilentFailure,
    /// The examination ended in an error; before it did not.
    Error,
    /// The plan is wrong in a way in which it was not before; there is a warning.
    WrongPlan,
    /// More levels are not identified than before.
    MissedLevels,
    /// A slice group lies further off.
    FurtherOff,
}

/// A patient that got worse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorstCase {
    /// Name of the scenario.
    pub scenario: String,
    /// Case number.
    pub case: u64,
    /// In what way.
    pub regression: Regression,
    /// What got worse, in words.
    pub what: String,
    /// The metric that got worse by the most margins, `METRIC` or `METRIC@LEVEL`; null where none did.
    pub metric: Option<String>,
    /// Its value in the baseline.
    pub baseline: Option<f64>,
    /// Its value in the candidate.
    pub candidate: Option<f64>,
    /// By how many margins.
    pub margins: f64,
}

impl std::fmt::Display for WorstCase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { scenario, case, what, .. } = self;
        write!(f, "{scenario} case {case}: {what}")
    }
}

/// The patients that got worse, by clinical weight: silent failures, errors, missed levels, then the largest change.
pub(super) fn worst(pairs: &[Pair<'_>], margins: &Margins) -> Vec<WorstCase> {
    let mut cases: Vec<WorstCase> = pairs.iter().filter_map(|pair| regressed(pair, margins)).collect();
    cases.sort_by(|a, b| a.regression.cmp(&b.regression).then(b.margins.total_cmp(&a.margins)));
    cases.truncate(LISTED);
    cases
}

fn regressed(pair: &Pair<'_>, margins: &Margins) -> Option<WorstCase> {
    let summary = |attempts: &[CaseAttempt<'_>]| CaseSummary::of(attempts.iter().map(|planned| planned.attempt));
    let (before, after) = (summary(pair.before), summary(pair.after));
    let furthest = furthest_off(pair, margins);
    let in_figures = furthest.as_ref().map(|off| {
        let (unit, name) = (off.at.metric.unit(), off.at.to_string());
        let space = if unit == "°" { "" } else { " " };
        format!("{name} {:.1} → {:.1}{space}{unit}", off.baseline, off.candidate)
    });
    let with_figures = |what: String| match &in_figures {
        Some(figures) => format!("{what}; {figures}"),
        None => what,
    };
    let wrong = new_failures(pair);
    let (regression, what) = if after.silent_failure && !before.silent_failure {
        let wrong = if wrong.is_empty() { String::new() } else { format!(" ({wrong})") };
        (Regression::SilentFailure, with_figures(format!("silent failure{wrong}, none in the baseline")))
    } else if let (Some(error), None) = (&after.error, &before.error) {
        (Regression::Error, format!("ended in an error, not so in the baseline: {error}"))
    } else if !wrong.is_empty() {
        (Regression::WrongPlan, with_figures(format!("wrong with a warning, not so in the baseline: {wrong}")))
    } else if after.missed_levels > before.missed_levels {
        let what = format!("{} levels missed, {} in the baseline", after.missed_levels, before.missed_levels);
        (Regression::MissedLevels, with_figures(what))
    } else {
        (Regression::FurtherOff, in_figures.clone()?)
    };
    Some(WorstCase {
        scenario: pair.scenario.to_owned(),
        case: pair.case,
        regression,
        what,
        metric: furthest.as_ref().map(|off| off.at.to_string()),
        baseline: furthest.as_ref().map(|off| off.baseline),
        candidate: furthest.as_ref().map(|off| off.candidate),
        margins: furthest.map_or(0.0, |off| off.margins),
    })
}

/// What is wrong with the candidate's plans and was not with the baseline's: "L5/S1 tilted too far, sagittal not covered".
fn new_failures(pair: &Pair<'_>) -> String {
    let failures = |attempts: &[CaseAttempt<'_>]| -> BTreeSet<String> {
        let all = attempts.iter().flat_map(|planned| &planned.attempt.plan.failures);
        all.map(|found| format!("{} {}", found.place, found.failure.describe())).collect()
    };
    let before = failures(pair.before);
    failures(pair.after).difference(&before).cloned().collect::<Vec<_>>().join(", ")
}

/// A figure of a patient before and after.
struct Off {
    at: MetricAt,
    baseline: f64,
    candidate: f64,
    margins: f64,
}

/// The angle or distance, of a disc or of the sagittal stack, that grew by the most margins; `None` if none grew by enough
/// to be seen.
fn furthest_off(pair: &Pair<'_>, margins: &Margins) -> Option<Off> {
    let a_size = |metric: &&Metric| {
        metric.is_judged_in_comparisons() && metric.better == Better::Lower && matches!(metric.unit(), "°" | "mm")
    };
    let levels = metrics::levels_of(pair.before);
    let places = metrics::all().iter().filter(a_size).flat_map(|metric| {
        let whole = (!metric.has_levels()).then(|| MetricAt::from(metric));
        whole.into_iter().chain(levels.iter().filter_map(|level| MetricAt::level(metric, *level)))
    });
    let grown = places.filter_map(|at| {
        let (baseline, candidate) = pair.means(at)?;
        let margin = margins.of(at, Statistic::Mean);
        let margins = (candidate - baseline) / margin;
        (margin > 0.0 && margins >= LEAST_MARGINS).then_some(Off { at, baseline, candidate, margins })
    });
    grown.max_by(|a, b| a.margins.partial_cmp(&b.margins).unwrap_or(Ordering::Equal))
}
