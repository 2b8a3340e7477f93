//! The cases that got worse: what a release engineer looks at first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{Margins, Pair};
use crate::metrics::{self, Better, Metric};

/// How many cases are listed: what fits a screen.
const LISTED: usize = 10;

/// One metric of one case that got worse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseRegression {
    /// Name of the scenario.
    pub scenario: String,
    /// Case number.
    pub case: u64,
    /// The metric that got worse by the most margins.
    pub metric: String,
    /// The case's mean in the baseline.
    pub baseline: f64,
    /// The case's mean in the candidate.
    pub candidate: f64,
    /// Change for the worse, in margins.
    pub margins: f64,
}

impl std::fmt::Display for CaseRegression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { scenario, case, metric, baseline, candidate, margins } = self;
        write!(f, "{scenario} case {case}: {metric} {baseline:.3} → {candidate:.3}, {margins:.1} margins")
    }
}

/// The worst metric of each case that got worse by more than a margin, worst case first.
pub(crate) fn worst(pairs: &[Pair<'_>], margins: &Margins) -> Vec<CaseRegression> {
    let judged = || metrics::all().iter().filter(|metric| !metric.is_agreement() && !metric.is_wall_clock());
    let mut cases: Vec<CaseRegression> = pairs
        .iter()
        .filter_map(|pair| {
            let metrics = judged().filter_map(|metric| regression(pair, metric, margins));
            metrics.max_by(|a, b| a.margins.total_cmp(&b.margins))
        })
        .filter(|case| case.margins > 1.0)
        .collect();
    cases.sort_by(|a, b| b.margins.total_cmp(&a.margins));
    cases.truncate(LISTED);
    cases
}

fn regression(pair: &Pair<'_>, metric: &Metric, margins: &Margins) -> Option<CaseRegression> {
    let (baseline, candidate) = pair.means(metric)?;
    let worse_by = match metric.better {
        Better::Lower => candidate - baseline,
        Better::Higher => baseline - candidate,
    };
    // A metric that may not get worse at all counts in hundredths, so that it can be ranked with the others.
    let margin = margins.of(metric).max(0.01);
    Some(CaseRegression {
        scenario: pair.scenario.to_owned(),
        case: pair.case,
        metric: metric.name.to_owned(),
        baseline,
        candidate,
        margins: worse_by / margin,
    })
}
