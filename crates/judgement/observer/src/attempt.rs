//! What a technologist hands in.

use geometry::Disc;
use planner::ScanPlan;

/// A plan with the time and the edits it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The plan as it would be scanned.
    pub plan: ScanPlan,
    /// Simulated time at the console, s.
    pub planning_time_s: f64,
    /// What was changed in the AI's plan; empty for a plan accepted as it was, and for one made by hand.
    pub edits: Vec<Edit>,
}

/// One change to an AI's plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Edit {
    /// A level was turned and shifted.
    Adjusted {
        /// Which disc.
        label: Disc,
        /// By how much it was turned, degrees.
        angle_deg: f64,
        /// By how much its centre was moved, mm.
        shift_mm: f64,
    },
    /// A level was redrawn by hand.
    Redrawn(Disc),
    /// A level that the AI had left out was drawn by hand.
    Added(Disc),
    /// A level got another label.
    Relabelled {
        /// The AI's label.
        from: Disc,
        /// The technologist's.
        to: Disc,
    },
    /// A level that lies on no disc was taken out.
    Removed(Disc),
}
