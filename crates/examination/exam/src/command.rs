//! What can be asked of an examination; a trainee's click and a scenario's script are the same command.

use geometry::SliceGroup;
use planner::ScanPlan;
use scanner::SeriesProtocol;
use serde::{Deserialize, Serialize};

use crate::landing::Landing;
use crate::registration::Registration;

/// One step of an examination. Coordinates are those of the registered position; series are numbered as
/// [`crate::Examination::queue`] lists them, from 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Lay the patient on the table anew; localizer, proposal, plan and queue are discarded, for the patient has moved.
    Land(Landing),
    /// Enter the patient at the console. Another position than before discards what was scanned and planned under it.
    Register(Registration),
    /// Scan the three-plane localizer at the isocentre; it may be repeated.
    ScanLocalizer,
    /// Ask the planner for a plan from the localizer.
    ProposePlan,
    /// Take this plan: the planner's, or one made by hand. Series of an earlier plan whose group and protocol are
    /// unchanged stay with their images.
    AdoptPlan(ScanPlan),
    /// Append a series of one's own.
    Append {
        /// Where.
        group: SliceGroup,
        /// How.
        protocol: SeriesProtocol,
    },
    /// Change how a series is scanned; images scanned otherwise are dropped.
    SetProtocol {
        /// Which series.
        series: usize,
        /// How it is to be scanned.
        protocol: SeriesProtocol,
    },
    /// Take a series out of the queue.
    Remove(usize),
    /// Scan the first series of the queue that waits.
    ScanNext,
    /// Scan this series, which must be waiting.
    Scan(usize),
    /// Break off the series that is being shown: its images are dropped, it waits again, and only the time until now
    /// counts.
    Stop {
        /// Which series.
        series: usize,
        /// For how long it was scanned, s.
        elapsed_s: f64,
    },
    /// Drop a series' images and let it wait to be scanned again; it counts as a repeat.
    Repeat(usize),
    /// Accept a scanned series as it is.
    Accept(usize),
    /// Check the series that was scanned last and accept it, repeat it or plan anew.
    Check,
    /// End the examination.
    Close,
}
