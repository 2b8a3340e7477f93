//! Plans that people made at the console, held against their patient in true coordinates.

use exam::PatientSetup;
use geometry::{PatientPosition, PrescriptionRules};
use phantom::{PatientOnTable, SpineTruth};
use planner::ScanPlan;
use results::{Arm, AttemptResult, ExaminationResult, Timings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::score::TrueSpine;

/// The version of a line that this program reads.
pub const ATTEMPT_FORMAT_VERSION: u32 = 1;

/// One person's plan for one case of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecordedAttempt {
    /// Version of this format: 1.
    pub format_version: u32,
    /// Name of the scenario.
    pub scenario: String,
    /// Seed that the patient was drawn from.
    pub seed: u64,
    /// Case number.
    pub case: u64,
    /// Manual, or collaborative if the AI proposed.
    pub arm: Arm,
    /// Who planned.
    pub observer: String,
    /// How the patient was positioned.
    pub landing: PatientSetup,
    /// The position that was registered; the plan's coordinates are labelled by it, right or wrong.
    pub registered_position: PatientPosition,
    /// The plan.
    pub plan: ScanPlan,
    /// Time from the localizer to the last change of the plan, s.
    pub planning_time_s: f64,
    /// Simulated scan time of the examination, s.
    pub scan_time_s: f64,
    /// Series scanned again.
    pub repeats: u32,
}

/// What came of an attempt, with what an explanation needs.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The result as a run stores it.
    pub result: AttemptResult,
    /// The truth of the patient as they were positioned, in true patient coordinates.
    pub truth: SpineTruth,
    /// The plan in true patient coordinates, whatever position was registered.
    pub plan: ScanPlan,
}

/// Lays the case's patient as the attempt says, takes the plan into true coordinates, and compares, as for a simulated
/// technologist's plan. `rules` are what was to be prescribed, `drawn` is the patient of the attempt's case as the scenario drew them.
pub fn scored(drawn: &PatientOnTable, attempt: &RecordedAttempt, rules: &PrescriptionRules) -> Scored {
    let truth = attempt.landing.apply_to(drawn).truth();
    let to_patient = exam::registered_to_patient(attempt.registered_position, attempt.landing.position);
    let plan = attempt.plan.moved(&to_patient);

    let result = AttemptResult {
        arm: attempt.arm,
        observer: attempt.observer.clone(),
        plan: TrueSpine::of(&truth, rules).assess(&plan),
        first_plan: None,
        structures: Vec::new(),
        examination: ExaminationResult {
            repeats: Some(attempt.repeats),
            scan_time_s: Some(attempt.scan_time_s),
            planning_time_s: Some(attempt.planning_time_s),
            error: None,
        },
        timings: Timings::default(),
    };
    Scored { result, truth, plan }
}
