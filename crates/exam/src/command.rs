//! What can be asked of an examination; a trainee's click and a scenario's script are the same command.

use planner::ScanPlan;
use serde::{Deserialize, Serialize};

use crate::registration::Registration;

/// One step of an examination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Enter the patient at the console.
    Register(Registration),
    /// Scan the three-plane localizer at the isocentre; it may be repeated.
    ScanLocalizer,
    /// Ask the planner for a plan from the localizer.
    ProposePlan,
    /// Take this plan: the planner's, or one made by hand.
    AdoptPlan(ScanPlan),
    /// Scan the next series of the queue.
    ScanNext,
    /// Check the series that was scanned last and accept it, repeat it or plan anew.
    Check,
    /// End the examination.
    Close,
}
