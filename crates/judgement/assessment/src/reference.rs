//! A planner that knows the truth: what the instrument itself is tested with, as a gauge is with a gauge block.

use geometry::PrescriptionRules;
use phantom::SpineTruth;
use planner::{Flag, FlagCode, Planned, Planner, PlannerError, PlanningRequest, ScanPlan};

use crate::true_plan;

/// Lumbar discs of most people.
const USUAL_LUMBAR_DISCS: usize = 5;

/// Answers with the plan that the truth of one patient asks for, and warns where the levels must be confirmed.
pub struct ReferencePlanner {
    plan: ScanPlan,
}

impl ReferencePlanner {
    /// For a patient as they lie.
    pub fn new(truth: &SpineTruth, rules: &PrescriptionRules) -> Self {
        let mut plan = true_plan(truth, rules);
        if plan.disc_groups().count() != USUAL_LUMBAR_DISCS {
            let message = "the number of lumbar vertebrae is unusual: confirm the levels";
            plan.flags.push(Flag::warning(FlagCode::AmbiguousCount, message));
        }
        Self { plan }
    }
}

impl Planner for ReferencePlanner {
    fn name(&self) -> String {
        "reference".into()
    }

    fn plan(&mut self, _: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        Ok(Planned { plan: self.plan.clone(), segmentation: None, warnings: Vec::new() })
    }
}
