//! An attempt held against its patient, in true coordinates.

use phantom::SpineTruth;
use planner::ScanPlan;

use crate::attempts::RecordedAttempt;
use crate::record::CaseRow;
use crate::runner::patient_of_case;
use crate::runner::score::{Attempted, TrueSpine};
use crate::scenario::ScenarioSetup;

/// What came of an attempt, with what an explanation needs.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The rows as a run stores them.
    pub rows: Vec<CaseRow>,
    /// The truth of the patient as they were landed, in true patient coordinates.
    pub truth: SpineTruth,
    /// The plan in true patient coordinates, whatever position was registered.
    pub plan: ScanPlan,
}

/// The rows of an attempt: those that a simulated technologist's plan gets, and in the case row what the examination
/// took.
pub fn score_rows(setup: &ScenarioSetup, attempt: &RecordedAttempt) -> Vec<CaseRow> {
    scored(setup, attempt).rows
}

/// Lays the case's patient as the attempt says, takes the plan into true coordinates, and compares.
pub fn scored(setup: &ScenarioSetup, attempt: &RecordedAttempt) -> Scored {
    let (drawn, _) = patient_of_case(setup, attempt.seed, attempt.case);
    let truth = attempt.landing.lay(&drawn).truth();
    let to_patient = exam::registered_to_patient(attempt.registered_position, attempt.landing.position);
    let plan = attempt.plan.moved(&to_patient);

    let attempted = Attempted {
        scenario: &setup.scenario.name,
        case: attempt.case,
        arm: attempt.arm,
        observer: attempt.observer.clone(),
    };
    let mut rows = TrueSpine::of(&truth).rows(&attempted, &plan);
    if let Some(row) = rows.iter_mut().find(|row| row.structure == "case") {
        row.planning_time_s = Some(attempt.planning_time_s);
        row.scan_time_s = Some(attempt.scan_time_s);
        row.repeats = Some(attempt.repeats);
    }
    Scored { rows, truth, plan }
}
