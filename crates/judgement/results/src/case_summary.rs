//! A case in a few figures, for progress lines and lists of cases.

use geometry::Disc;

use crate::{AttemptResult, CaseResult};

/// What stands out of one or several attempts at a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseSummary {
    /// The largest angle error, degrees, and its disc; `None` if no disc was planned.
    pub worst_disc: Option<(Disc, f64)>,
    /// Discs of the patient whose level was not identified.
    pub missed_levels: usize,
    /// True if a plan carried a warning or worse.
    pub flagged: bool,
    /// True if a plan was wrong and not flagged.
    pub silent_failure: bool,
    /// The first error that ended an examination early.
    pub error: Option<String>,
}

impl CaseSummary {
    /// Summarises attempts.
    pub fn of<'a>(attempts: impl Iterator<Item = &'a AttemptResult> + Clone) -> Self {
        let discs = || attempts.clone().flat_map(|attempt| &attempt.plan.discs);
        let angles = discs().filter_map(|disc| Some((disc.disc, disc.angle_deg?)));
        Self {
            worst_disc: angles.max_by(|a, b| a.1.total_cmp(&b.1)),
            missed_levels: discs().filter(|disc| !disc.identified).count(),
            flagged: attempts.clone().any(|attempt| attempt.plan.flagged),
            silent_failure: attempts.clone().any(|attempt| attempt.plan.silent_failure),
            error: attempts.clone().find_map(|attempt| attempt.examination.error.clone()),
        }
    }

    /// Summarises the planner's first attempt at a case.
    pub fn of_first_attempt(case: &CaseResult) -> Self {
        Self::of(case.attempts.iter().filter(|attempt| attempt.is_first_automated()))
    }
}
