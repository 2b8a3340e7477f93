//! The AI's plan, and what became of it.

use std::sync::Arc;

use geometry::Volume;
use planner::ScanPlan;

/// What the AI proposed, and what the trainee decided about it.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// Its plan.
    pub plan: &'a ScanPlan,
    /// Its segmentation of the sagittal localizer.
    pub labels: Option<&'a Arc<Volume<u8>>>,
    /// Localizer complete to plan ready, wall-clock ms.
    pub latency_ms: f64,
    /// What the trainee decided.
    pub decision: ProposalDecision,
}

/// What the trainee decided about a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalDecision {
    /// Nothing yet.
    Open,
    /// Taken as it is.
    Accepted,
    /// Taken to be changed.
    Adjusted,
    /// Not taken.
    Rejected,
}

impl ProposalDecision {
    /// True if the plan was taken, to be changed or not.
    pub const fn is_taken(self) -> bool {
        matches!(self, Self::Accepted | Self::Adjusted)
    }
}

/// What the session adds to the examination's proposal.
pub(super) struct Review {
    pub labels: Option<Arc<Volume<u8>>>,
    pub latency_ms: f64,
    pub decision: ProposalDecision,
}
