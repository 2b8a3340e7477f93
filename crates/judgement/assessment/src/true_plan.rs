//! The plan that a spine's truth asks for: what `plumbline scan` scans, and the mark that others are held against.

use geometry::PrescriptionRules;
use phantom::SpineTruth;
use planner::{ReadSpine, ScanPlan};

/// The prescription of the true spine.
pub fn true_plan(truth: &SpineTruth, rules: &PrescriptionRules) -> ScanPlan {
    ReadSpine::certain(truth.labelled()).plan(rules)
}
