//! What a planner is given: what a scanner's AI sees, and no truth.

use geometry::{Orientation, PatientPosition, PrescriptionRules, Volume};
use vnet::Segmentation;

use crate::plan::ScanPlan;
use crate::plan_error::PlanError;

/// Images with DICOM geometry and the patient's registration.
#[derive(Clone, Debug)]
pub struct PlanningRequest<'a> {
    /// The localizer's stacks, or the sagittal series when the planner is asked again.
    pub images: &'a [(Orientation, &'a Volume<f32>)],
    /// The registered position.
    pub position: PatientPosition,
    /// What to prescribe.
    pub rules: &'a PrescriptionRules,
}

/// A planner under test: ours, or a vendor's behind an adapter.
pub trait Planner: Send {
    /// Name and version, for the report.
    fn name(&self) -> String;

    /// Plans one examination.
    ///
    /// # Errors
    /// A [`PlannerError`] costs the planner its case, never the run.
    fn plan(&mut self, request: &PlanningRequest<'_>) -> Result<Planned, PlannerError>;
}

/// A plan with the segmentation it came from, where the planner gives one.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The scan plan.
    pub plan: ScanPlan,
    /// Labels on the grid of the sagittal image with their probabilities, for Dice and calibration; outside planners
    /// may leave it out.
    pub segmentation: Option<Segmentation>,
    /// What went wrong on the way and was mended, such as a GPU that was lost; the plan stands.
    pub warnings: Vec<String>,
}

/// Why a planner gave no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlannerError {
    /// No stack that the planner can use.
    #[error("no {0} images were given, which this planner needs")]
    MissingImages(Orientation),
    /// The network failed.
    #[error("segmentation failed: {0}")]
    Segmentation(String),
    /// An outside planner did not answer in time.
    #[error("no answer within {0} ms")]
    Timeout(u64),
    /// The answer came, and too late.
    #[error("the answer came after {after_ms} ms, {limit_ms} ms are allowed")]
    Late {
        /// When it came.
        after_ms: u64,
        /// When it should have come.
        limit_ms: u64,
    },
    /// An outside planner ended or closed the connection.
    #[error("the planner ended early: {0}")]
    Ended(String),
    /// An outside planner answered something that is no plan.
    #[error("the answer is no plan: {0}")]
    Malformed(#[from] PlanError),
}
