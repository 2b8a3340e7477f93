//! A candidate run against a baseline, patient by patient: the same scenario and seed give both the same
//! patients, so each case is its own control.

mod change;
mod margins;
mod row;
#[cfg(test)]
mod tests;
mod worst_cases;

pub use change::{Change, FAMILY_ERROR};
pub use margins::{Margins, MarginsError};
pub use row::{MetricComparison, Role};
pub use worst_cases::{Regression, WorstCase};

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case_result::attempts_of;
use crate::metrics::{MetricAt, Statistic};
use crate::run::Run;
use crate::{Arm, CaseAttempt, CaseResult};

/// `compare.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Worse if any judged row is worse, else inconclusive if any is or the candidate lacks cases, else better if any is.
    pub change: Change,
    /// Number of patients that would settle an inconclusive comparison: the most that one of its rows needs; null if no
    /// number would, or cases are lacking.
    pub patients_needed: Option<u64>,
    /// Number of cases that both runs have.
    pub pairs: usize,
    /// Number of cases that only the baseline has.
    pub only_in_baseline: usize,
    /// Number of cases that only the candidate has.
    pub only_in_candidate: usize,
    /// The metrics that both runs have, in the order of reports.
    pub metrics: Vec<MetricComparison>,
    /// The patients that got worse, the gravest first.
    pub worst_cases: Vec<WorstCase>,
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
        matches!(self.change, Change::Better | Change::NotWorse)
    }

    /// The rows that decided: those that stand as the comparison does.
    pub fn deciding(&self) -> impl Iterator<Item = &MetricComparison> {
        self.metrics.iter().filter(|row| row.change == Some(self.change))
    }

    /// The judged rows that are worth a line: every metric as a whole, and what is worse, better or open at one level where
    /// the whole does not say so already. The gravest come first.
    pub fn rows_to_show(&self) -> Vec<&MetricComparison> {
        let whole = |row: &MetricComparison| {
            let name = row.metric.split('@').next();
            let mut rows = self.metrics.iter();
            rows.find(|other| Some(other.metric.as_str()) == name).and_then(|whole| whole.change)
        };
        let shown = |row: &&MetricComparison| match (row.change, row.level()) {
            (None, _) => false,
            (Some(_), None) | (Some(Change::Worse | Change::Better), Some(_)) => true,
            (Some(Change::Inconclusive), Some(_)) => whole(row) != Some(Change::Inconclusive),
            (Some(Change::NotWorse), Some(_)) => false,
        };
        let mut rows: Vec<_> = self.metrics.iter().filter(shown).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.change.map(Change::gravity)));
        rows
    }

    /// The verdict in words: "better", "not worse within the margin", "worse", or "inconclusive" with what would settle it.
    pub fn verdict(&self) -> String {
        let missing = match self.only_in_baseline {
            0 => return self.change.words_with(self.patients_needed),
            1 => "1 case of the baseline is missing in the candidate".to_owned(),
            cases => format!("{cases} cases of the baseline are missing in the candidate"),
        };
        match self.change {
            Change::Inconclusive => format!("inconclusive: {missing}"),
            change => change.words().to_owned(),
        }
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

    let metrics = row::rows(&pairs, margins);
    let only_in_baseline = before.len() - pairs.len();
    // Who leaves out cases may have left out the bad ones.
    let lacking = (only_in_baseline > 0).then_some(Change::Inconclusive);
    let change = Change::of_all(metrics.iter().filter_map(|row| row.change).chain(lacking));
    let open = metrics.iter().filter(|row| row.change == Some(Change::Inconclusive)).map(|row| row.patients_needed);
    let most = open.reduce(|most, needed| Some(most?.max(needed?))).flatten();
    Ok(Comparison {
        change,
        patients_needed: most.filter(|_| change == Change::Inconclusive && lacking.is_none()),
        pairs: pairs.len(),
        only_in_baseline,
        only_in_candidate: after.len() - pairs.len(),
        metrics,
        worst_cases: worst_cases::worst(&pairs, margins),
    })
}

/// One case of both runs: the same patient.
pub(crate) struct Pair<'a> {
    scenario: &'a str,
    case: u64,
    before: &'a [CaseAttempt<'a>],
    after: &'a [CaseAttempt<'a>],
}

impl Pair<'_> {
    /// The patient's mean of a metric before and after, where both have one. What an examination cost is compared where both
    /// came to their end: one that a crash cut short was not quick.
    fn means(&self, at: MetricAt) -> Option<(f64, f64)> {
        let [before, after] = self.sides(at);
        Some((before?, after?))
    }

    /// The patient's mean of a metric before and after, as far as there is one.
    fn sides(&self, at: MetricAt) -> [Option<f64>; 2] {
        let ended_early = |planned: &CaseAttempt<'_>| planned.attempt.examination.error.is_some();
        let whole = |attempts: &[CaseAttempt<'_>]| !attempts.iter().any(ended_early);
        if at.metric.is_cost_of_examination() && !(whole(self.before) && whole(self.after)) {
            return [None; 2];
        }
        [self.before, self.after].map(|attempts| at.observe(attempts).statistic(Statistic::Mean))
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
