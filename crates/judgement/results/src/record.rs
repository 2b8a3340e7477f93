//! What is stored of a case: one row per case × arm × observer × structure.

use serde::{Deserialize, Serialize};

/// Who planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Arm {
    /// The planner alone.
    Automated,
    /// A technologist who starts from the planner's proposal.
    Collaborative,
    /// A technologist alone.
    Manual,
}

impl Arm {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Automated, Self::Collaborative, Self::Manual];

    /// The name in tables and metric names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Automated => "automated",
            Self::Collaborative => "collaborative",
            Self::Manual => "manual",
        }
    }
}

/// One row of `cases.parquet`. Columns that do not apply to a structure are empty.
///
/// `structure` is a disc ("L4/L5") for positioning, a class ("vertebra") for overlap, "sagittal" for the
/// sagittal stack, and "case" for what holds of the whole case. A planned level that no disc of the patient has is a row
/// with its `confidence` alone; a disc of the patient always says whether it was `identified`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseRow {
    /// Name of the scenario.
    pub scenario: String,
    /// Case number within the scenario, from 0.
    pub case: u64,
    /// Name of the [`Arm`].
    pub arm: String,
    /// Observer's name; for the automated arm "repeat-0", "repeat-1"…: planned anew on a new localizer.
    pub observer: String,
    /// What the row is about.
    pub structure: String,
    /// Dice overlap with the truth, 0…1 (class rows).
    pub dice: Option<f64>,
    /// 95th percentile of the symmetric surface distance, mm (class rows).
    pub hd95_mm: Option<f64>,
    /// Mean symmetric surface distance, mm (class rows).
    pub assd_mm: Option<f64>,
    /// Expected calibration error of the class's probabilities (class rows).
    pub calibration_error: Option<f64>,
    /// True if the disc carries the right label within 8 mm of the true centre (disc rows).
    pub identified: Option<bool>,
    /// Confidence that the planner gave (disc rows).
    pub confidence: Option<f64>,
    /// Angle between the prescribed and the true plane, degrees (disc and sagittal rows).
    pub angle_deg: Option<f64>,
    /// Its component in the sagittal view, signed, degrees (disc rows).
    pub sagittal_tilt_deg: Option<f64>,
    /// Its component in the coronal view, signed, degrees (disc rows).
    pub coronal_tilt_deg: Option<f64>,
    /// Distance of the planned from the true disc centre, mm (disc rows).
    pub centre_mm: Option<f64>,
    /// Offset of the middle slice along the true normal, signed, mm (disc and sagittal rows).
    pub slice_offset_mm: Option<f64>,
    /// Part of the disc and canal that the group covers, 0…1 (disc and sagittal rows).
    pub coverage: Option<f64>,
    /// True tilt of the disc in the sagittal view, degrees (disc rows): the subject's own variation, for ICC.
    pub true_sagittal_tilt_deg: Option<f64>,
    /// Planned tilt of the disc in the sagittal view, degrees (disc rows).
    pub planned_sagittal_tilt_deg: Option<f64>,
    /// Planned position of the disc centre along the table, mm (disc rows).
    pub planned_position_mm: Option<f64>,
    /// True if the plan carried a warning or worse (case rows).
    pub flagged: Option<bool>,
    /// True if the plan was wrong and not flagged (case rows).
    pub silent_failure: Option<bool>,
    /// Number of re-plans and repeated series until acceptance (case rows).
    pub repeats: Option<u32>,
    /// Simulated scan time of the examination, s (case rows).
    pub scan_time_s: Option<f64>,
    /// Simulated planning time, s (case rows).
    pub planning_time_s: Option<f64>,
    /// What ended the case early, if anything did (case rows).
    pub error: Option<String>,
    /// Wall clock: phantom synthesis, ms (case rows). Not deterministic, like all that follow.
    pub latency_synthesize_ms: Option<f64>,
    /// Wall clock: localizer acquisition, ms.
    pub latency_acquire_ms: Option<f64>,
    /// Wall clock: segmentation, ms.
    pub latency_segment_ms: Option<f64>,
    /// Wall clock: labelling, ms.
    pub latency_label_ms: Option<f64>,
    /// Wall clock: counting the lumbar vertebrae by the ribs on coronal slices, ms; empty where nothing was counted.
    pub latency_count_ms: Option<f64>,
    /// Wall clock: prescription, ms.
    pub latency_plan_ms: Option<f64>,
    /// Wall clock: quality checks, ms.
    pub latency_check_ms: Option<f64>,
    /// Wall clock: localizer complete to plan ready, ms.
    pub latency_loop_ms: Option<f64>,
}

/// Puts rows in the order of the file: scenario, case, arm, observer, structure.
pub fn sort(rows: &mut [CaseRow]) {
    fn key(row: &CaseRow) -> (&str, u64, &str, &str, &str) {
        (&row.scenario, row.case, &row.arm, &row.observer, &row.structure)
    }
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
}
