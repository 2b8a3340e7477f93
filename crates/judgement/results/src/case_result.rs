//! The result of a case as a tree: patient → attempts → plan (discs, sagittal stack), structures, examination, timings.
//!
//! Metrics read these fields. `run_store::cases` flattens the tree to the table of `cases.parquet`.

use geometry::{Disc, Plane, Structure};
use scoring::positioning::Failure;
use scoring::prescription::{Deviation, Placement};
use serde::{Deserialize, Serialize};

use crate::Arm;
use crate::patient_record::PatientRecord;

/// All that is kept of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// Name of the scenario.
    pub scenario: String,
    /// Case number within the scenario, from 0.
    pub case: u64,
    /// Who was examined; `None` in tables of schema version 1, which did not say.
    pub patient: Option<PatientRecord>,
    /// Every plan that was made of this patient.
    pub attempts: Vec<AttemptResult>,
    /// What the report should mention.
    pub warnings: Vec<String>,
}

/// One plan by one observer, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptResult {
    /// Who planned.
    pub arm: Arm,
    /// Observer's name; for the automated arm "repeat-0", "repeat-1"…: planned anew on a new localizer.
    pub observer: String,
    /// The plan that was scanned, or where nothing was scanned the one that was proposed, against the truth.
    pub plan: PlanResult,
    /// The proposal, where another plan took its place while the patient was scanned.
    #[serde(default)]
    pub first_plan: Option<FirstPlan>,
    /// The planner's segmentation against the truth; empty where the planner does not answer with one.
    pub structures: Vec<StructureResult>,
    /// What the examination took.
    pub examination: ExaminationResult,
    /// Wall-clock times, which are not deterministic.
    pub timings: Timings,
}

/// A plan against the truth of the patient as they lay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanResult {
    /// The patient's lumbar discs, planned or not, from the head downwards.
    pub discs: Vec<DiscResult>,
    /// Planned levels that no disc of the patient has: five lumbar vertebrae counted where there are four, for one.
    pub absent_levels: Vec<AbsentLevel>,
    /// The sagittal stack.
    pub sagittal_stack: StackResult,
    /// The saturation bands.
    #[serde(default)]
    pub saturation: SaturationResult,
    /// Levels that the plan has more than once.
    #[serde(default)]
    pub doubled_levels: Vec<Disc>,
    /// What the planner was unsure of, each as severity, code and discs.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Everything that is beyond the limits of a usable plan; empty if the plan is usable.
    #[serde(default)]
    pub failures: Vec<PlanFailure>,
    /// True if a warning was due: the plan is wrong, or the patient has another number of lumbar vertebrae than five, so
    /// that a person must confirm the levels.
    #[serde(default)]
    pub flag_due: bool,
    /// True if the plan carried a warning or worse.
    pub flagged: bool,
    /// True if the plan was wrong and not flagged.
    pub silent_failure: bool,
}

/// One thing that makes a plan unusable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFailure {
    /// Where: a disc, `sagittal`, or `saturation`.
    pub place: String,
    /// What.
    pub failure: Failure,
}

/// A proposal that did not stay, in a few figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstPlan {
    /// Greatest angle error of a disc, degrees.
    pub worst_angle_deg: Option<f64>,
    /// Greatest offset of a middle slice from its disc, mm.
    pub worst_offset_mm: Option<f64>,
    /// True if it was wrong.
    pub failed: bool,
}

impl FirstPlan {
    /// The figures of a plan.
    pub fn of(plan: &PlanResult) -> Self {
        let greatest = |value: fn(&DiscResult) -> Option<f64>| {
            plan.discs.iter().filter_map(value).map(f64::abs).max_by(f64::total_cmp)
        };
        Self {
            worst_angle_deg: greatest(|disc| disc.angle_deg),
            worst_offset_mm: greatest(|disc| disc.slice_offset_mm),
            failed: !plan.failures.is_empty(),
        }
    }
}

/// Saturation bands against what they must spare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SaturationResult {
    /// Number of bands in the plan.
    pub bands: u32,
    /// True if the protocol asks for one.
    pub asked: bool,
    /// Part of the canal at the lumbar discs that lies in a band, 0…1.
    pub canal: f64,
    /// Part of the discs that lies in a band, 0…1.
    pub discs: f64,
}

/// How a group lies in its plane, and what of it is not as prescribed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupResult {
    /// Turn in the plane, degrees; positive from the expected row towards the expected column.
    pub in_plane_rotation_deg: f64,
    /// Offset along the expected row, mm: of axial slices to the patient's left, of sagittal ones to the back.
    pub row_offset_mm: f64,
    /// Offset along the expected column, mm: of axial slices to the back, of sagittal ones to the feet.
    pub column_offset_mm: f64,
    /// What is not as prescribed.
    pub deviations: Vec<Deviation>,
}

impl GroupResult {
    /// A group's placement with what is not as prescribed.
    pub fn new(placement: Placement, deviations: Vec<Deviation>) -> Self {
        let Placement { in_plane_rotation_deg, row_offset_mm, column_offset_mm } = placement;
        Self { in_plane_rotation_deg, row_offset_mm, column_offset_mm, deviations }
    }
}

/// A disc of the patient and what was planned for it. The errors of a plane are those of the slice group, and of the
/// level's plane where no group was prescribed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiscResult {
    /// Which disc.
    pub disc: Disc,
    /// The true plane, LPS mm; `None` in tables of schema version 1.
    pub true_plane: Option<Plane>,
    /// The plane of the planned level with this label; `None` if there is none.
    pub level_plane: Option<Plane>,
    /// The middle slice of the group prescribed for this disc; `None` if there is none.
    pub group_plane: Option<Plane>,
    /// True if a level carries the disc's label within 8 mm of its true centre.
    pub identified: bool,
    /// Confidence that the planner gave to the level, 0…1.
    pub confidence: Option<f64>,
    /// Angle between the prescribed and the true plane, degrees.
    pub angle_deg: Option<f64>,
    /// Its component in the sagittal view, degrees; positive if the prescribed normal is tipped forwards.
    pub sagittal_tilt_deg: Option<f64>,
    /// Its component in the coronal view, degrees; positive if the prescribed normal is tipped to the patient's left.
    pub coronal_tilt_deg: Option<f64>,
    /// Distance of the level's centre from the true one, mm.
    pub centre_mm: Option<f64>,
    /// Offset of the middle slice along the true normal, mm; positive towards the head.
    pub slice_offset_mm: Option<f64>,
    /// How the group lies in its plane, and what of it is not as prescribed; `None` without a group, and in tables of
    /// before version 3.
    #[serde(default)]
    pub group: Option<GroupResult>,
    /// Part of the disc and of the canal beside it that the group covers, 0…1; 0 without a group.
    pub coverage: f64,
    /// True tilt in the scanner's sagittal view, degrees: the patient's own variation, for the ICC.
    pub true_sagittal_tilt_deg: Option<f64>,
    /// The level's tilt in the scanner's sagittal view, degrees: what observers are compared by.
    pub planned_sagittal_tilt_deg: Option<f64>,
    /// The level's position along the table (its centre's z), mm: what observers are compared by.
    pub planned_position_mm: Option<f64>,
}

/// A planned level that no disc of the patient has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AbsentLevel {
    /// What it was called.
    pub disc: Disc,
    /// Its plane, LPS mm; `None` in tables of schema version 1.
    pub level_plane: Option<Plane>,
    /// Confidence that the planner gave to it, 0…1.
    pub confidence: f64,
}

/// A prescribed stack against the true mid-sagittal plane. By default no stack was prescribed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StackResult {
    /// The true mid-sagittal plane, normal to the patient's left, LPS mm; `None` in tables of schema version 1.
    pub true_plane: Option<Plane>,
    /// The stack's middle slice; `None` if none was prescribed.
    pub group_plane: Option<Plane>,
    /// Angle between the stack's normal and the true one, degrees.
    pub angle_deg: Option<f64>,
    /// Its component about the body's long axis, degrees; positive if the normal, which points to the left, is turned to
    /// the back.
    #[serde(default)]
    pub turn_deg: Option<f64>,
    /// Its component in the coronal view, degrees; positive if the normal is tipped to the head.
    #[serde(default)]
    pub coronal_tilt_deg: Option<f64>,
    /// How the stack lies in its plane, and what of it is not as prescribed; `None` without a stack, and in tables of
    /// before version 3.
    #[serde(default)]
    pub group: Option<GroupResult>,
    /// Offset of the middle slice along the true normal, mm; positive to the patient's left.
    pub slice_offset_mm: Option<f64>,
    /// Part of the foramina that the stack covers, 0…1; 0 without a stack.
    pub coverage: f64,
}

/// The segmentation of one structure against the truth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StructureResult {
    /// Which structure.
    pub structure: Structure,
    /// Dice overlap, 0…1.
    pub dice: f64,
    /// 95th percentile of the symmetric surface distance, mm; `None` if one side lacks the structure.
    pub surface_p95_mm: Option<f64>,
    /// Mean symmetric surface distance, mm; `None` if one side lacks the structure.
    pub surface_mean_mm: Option<f64>,
    /// Expected calibration error of the structure's probabilities, 0…1.
    pub calibration_error: Option<f64>,
}

/// What the examination took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExaminationResult {
    /// Re-plans and repeated series until acceptance; `None` where nothing was scanned by the plan.
    pub repeats: Option<u32>,
    /// Simulated scan time, s; `None` where nothing was scanned by the plan.
    pub scan_time_s: Option<f64>,
    /// Time that planning took a technologist, s; `None` for the automated arm.
    pub planning_time_s: Option<f64>,
    /// What ended the examination early, if anything did.
    pub error: Option<String>,
}

/// Wall-clock times by stage, ms; `None` for a stage that did not take place or is not reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Phantom synthesis.
    pub synthesize_ms: Option<f64>,
    /// Localizer acquisition.
    pub acquire_ms: Option<f64>,
    /// Segmentation.
    pub segment_ms: Option<f64>,
    /// Segmentation to labelled discs.
    pub label_ms: Option<f64>,
    /// Counting the lumbar vertebrae by the ribs on coronal slices.
    pub count_ms: Option<f64>,
    /// Labelled discs to slice groups.
    pub plan_ms: Option<f64>,
    /// Image checks after the planned series.
    pub check_ms: Option<f64>,
    /// Localizer complete to plan ready.
    pub loop_ms: Option<f64>,
}

/// An attempt with the case that it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct CaseAttempt<'a> {
    /// The case.
    pub case: &'a CaseResult,
    /// One of its attempts.
    pub attempt: &'a AttemptResult,
}

impl CaseResult {
    /// Puts attempts and warnings in the order of the files: by arm, then observer; by text.
    pub fn sort(&mut self) {
        self.attempts.sort_by(|a, b| (a.arm, &a.observer).cmp(&(b.arm, &b.observer)));
        self.warnings.sort();
    }

    /// The attempts of an arm.
    pub fn attempts_of(&self, arm: Arm) -> impl Iterator<Item = &AttemptResult> {
        self.attempts.iter().filter(move |attempt| attempt.arm == arm)
    }
}

/// The attempts of an arm in several cases, in their order.
pub fn attempts_of<'a>(cases: impl IntoIterator<Item = &'a CaseResult>, arm: Arm) -> Vec<CaseAttempt<'a>> {
    let attempts = |case: &'a CaseResult| case.attempts_of(arm).map(move |attempt| CaseAttempt { case, attempt });
    cases.into_iter().flat_map(attempts).collect()
}

/// Observer's name of the automated arm's examination on the `repeat`-th localizer, from 0.
pub fn repeat_name(repeat: u32) -> String {
    format!("repeat-{repeat}")
}

impl AttemptResult {
    /// True for the automated arm's examination on the first localizer.
    pub fn is_first_automated(&self) -> bool {
        self.arm == Arm::Automated && self.observer == repeat_name(0)
    }
}
