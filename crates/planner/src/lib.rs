//! From images to a scan plan: segmentation → instances → labelled levels → disc planes → prescription,
//! and the quality check of what was scanned.

pub mod labelled_spine;
pub mod plan;
pub mod prescription;
pub mod request;

pub use labelled_spine::{LabelledDisc, LabelledSpine};
pub use plan::{Flag, FlagCode, PlannedLevel, ScanPlan, Severity};
pub use prescription::{Prescription, PrescriptionRules, StackRule, prescribe};
pub use request::{Orientation, Planned, Planner, PlannerError, PlanningRequest};
