//! Answers that do not come, flags that do not fit, and answers that change from call to call.

use std::collections::BTreeMap;

use scoring::agreement::{Spread, between_observer_sd};

use super::{ErrorPattern, MOST, PatternKind, Plan, most};

/// Repeats of the tilt spread more than this from one localizer to the next are no noise, degrees (the built-in planner:
/// about 0.1°).
const UNSTEADY_DEG: f64 = 1.5;
/// Fewer warnings that were due say nothing of a planner that gave none.
const FEWEST_DUE: usize = 3;

/// Words of an error by what they say of the planner.
const ERRORS: [(PatternKind, &str); 4] = [
    (PatternKind::Late, "the answer came after"),
    (PatternKind::Silent, "no answer within"),
    (PatternKind::Garbage, "the answer is no plan"),
    (PatternKind::Crash, "the planner ended early"),
];

pub(super) fn find(plans: &[Plan<'_>]) -> Vec<ErrorPattern> {
    let says = |words: &str| {
        plans.iter().any(|plan| plan.attempt.examination.error.as_deref().is_some_and(|e| e.contains(words)))
    };
    let mut found: Vec<_> =
        ERRORS.iter().filter(|(_, words)| says(words)).map(|(kind, _)| ErrorPattern::new(*kind)).collect();
    if let Some(spread) = spread_between_repeats(plans)
        && spread.sd > UNSTEADY_DEG
    {
        found.push(ErrorPattern {
            ci95: Some(spread.ci95),
            ..ErrorPattern::new(PatternKind::OtherAnswer).sized(spread.sd)
        });
    }
    found
}

/// Pooled SD of the planned tilt of the same disc between repeats, degrees.
fn spread_between_repeats(plans: &[Plan<'_>]) -> Option<Spread> {
    let mut patients: BTreeMap<_, BTreeMap<_, Vec<f64>>> = BTreeMap::new();
    for Plan { case, attempt } in plans {
        for disc in &attempt.plan.discs {
            let tilts = patients.entry(case.case).or_default().entry(disc.disc).or_default();
            tilts.extend(disc.sagittal_tilt_deg.filter(|deg| deg.is_finite()));
        }
    }
    let patients: Vec<Vec<Vec<f64>>> = patients.into_values().map(|discs| discs.into_values().collect()).collect();
    between_observer_sd(&patients).ok()
}

pub(super) fn find_flags(plans: &[Plan<'_>]) -> Vec<ErrorPattern> {
    let mut found = Vec::new();
    let right: Vec<Plan<'_>> = plans.iter().copied().filter(|plan| !plan.attempt.plan.flag_due).collect();
    if right.len() >= 2 && most(plans, |attempt| attempt.plan.flagged) && most(&right, |attempt| attempt.plan.flagged) {
        found.push(ErrorPattern::new(PatternKind::FlagEverything));
    }
    let due = plans.iter().filter(|plan| plan.attempt.plan.flag_due).count();
    // A planner that is always wrong, and never says so, has an error with another name.
    let mostly_right = due as f64 <= MOST * plans.len() as f64;
    if due >= FEWEST_DUE && mostly_right && plans.iter().all(|plan| !plan.attempt.plan.flagged) {
        found.push(ErrorPattern::new(PatternKind::NeverFlag));
    }
    found
}
