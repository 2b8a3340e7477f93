//! What a planner's errors have in common over its patients: "consistent with left and right mirrored", with the size.
//!
//! A pattern is named where the errors of most plans agree with it, from the recorded errors alone. It is a hint for
//! whoever looks for the cause, no proof.

mod answers;
mod bias;
mod frame;
mod kind;
mod structure;

pub use kind::PatternKind;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Arm, AttemptResult, CaseResult};

/// Part of the plans (or groups) that must agree with a pattern that has no size, such as a missing level.
const MOST: f64 = 0.8;

/// An error that a planner's plans have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorPattern {
    /// Which; `plumbline fault list` describes them.
    pub kind: PatternKind,
    /// Its size with sign, in `unit`; null where it has none.
    pub size: Option<f64>,
    /// 95 % confidence interval of the size over patients; null where there is none.
    pub ci95: Option<[f64; 2]>,
    /// Unit of the size: `°`, `mm`, `slices`, `px` or empty.
    pub unit: String,
    /// Which disc or part of the plan, where it is one alone; else empty.
    pub place: String,
}

impl ErrorPattern {
    fn new(kind: PatternKind) -> Self {
        Self { kind, size: None, ci95: None, unit: kind.unit().to_owned(), place: String::new() }
    }

    fn sized(self, size: f64) -> Self {
        Self { size: Some(size), ..self }
    }

    fn at(self, place: impl ToString) -> Self {
        Self { place: place.to_string(), ..self }
    }
}

/// "axial slices tilted forwards: +5.0° [+4.9, +5.1]".
impl std::fmt::Display for ErrorPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.describe())?;
        if !self.place.is_empty() {
            write!(f, ", {}", self.place)?;
        }
        let Some(size) = self.size else { return Ok(()) };
        let space = if matches!(self.unit.as_str(), "°" | "") { "" } else { " " };
        write!(f, ": {size:+.1}{space}{}", self.unit)?;
        match self.ci95 {
            Some([low, high]) => write!(f, " [{low:+.1}, {high:+.1}]"),
            None => Ok(()),
        }
    }
}

/// Patterns in the automated arm's plans of one scenario, the most telling first. `localizer_affine` takes column, row and
/// slice of the sagittal localizer to patient coordinates, mm; without it, errors of whole and half voxels go unnamed.
pub fn find(cases: &[&CaseResult], localizer_affine: Option<&[[f64; 4]; 3]>) -> Vec<ErrorPattern> {
    let plans: Vec<Plan<'_>> = cases
        .iter()
        .flat_map(|case| case.attempts_of(Arm::Automated).map(move |attempt| Plan { case, attempt }))
        .collect();
    let mut found = answers::find(&plans);
    let answered: Vec<Plan<'_>> = plans.into_iter().filter(Plan::is_answered).collect();
    let frame = frame::find(&answered, localizer_affine);
    if frame.is_empty() {
        found.extend(structure::find(&answered));
        found.extend(bias::find(&answered, localizer_affine));
    }
    // In another frame everything else is wrong as a consequence.
    found.extend(frame);
    found.extend(answers::find_flags(&answered));
    found
}

/// One plan of the automated arm with its case.
#[derive(Clone, Copy)]
struct Plan<'a> {
    case: &'a CaseResult,
    attempt: &'a AttemptResult,
}

impl Plan<'_> {
    /// True if the planner gave an answer of any kind.
    fn is_answered(&self) -> bool {
        let plan = &self.attempt.plan;
        let has_stack = plan.sagittal_stack.group_plane.is_some();
        let has_disc = plan.discs.iter().any(|disc| disc.level_plane.is_some() || disc.group_plane.is_some());
        has_stack || has_disc || !plan.absent_levels.is_empty() || !plan.flags.is_empty()
    }
}

/// Values of each patient, in order: what a mean with its interval is taken from.
fn by_patient(plans: &[Plan<'_>], values: impl Fn(&AttemptResult) -> Vec<f64>) -> Vec<Vec<f64>> {
    let mut patients: Vec<(u64, Vec<f64>)> = Vec::new();
    for Plan { case, attempt } in plans {
        let own = values(attempt).into_iter().filter(|value| value.is_finite());
        match patients.last_mut() {
            Some((number, known)) if *number == case.case => known.extend(own),
            _ => patients.push((case.case, own.collect())),
        }
    }
    patients.into_iter().map(|(_, values)| values).filter(|values| !values.is_empty()).collect()
}

/// True if at least [`MOST`] of the plans, of which there is one, agree.
fn most(plans: &[Plan<'_>], agrees: impl Fn(&AttemptResult) -> bool) -> bool {
    let agreeing = plans.iter().filter(|plan| agrees(plan.attempt)).count();
    agreeing > 0 && agreeing as f64 >= MOST * plans.len() as f64
}
