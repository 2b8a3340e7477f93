//! What an examination tells: the stream that progress, console and recordings are made of.

use geometry::SliceTarget;
use planner::{Flag, ScanPlan, quality_check::QualityReport};
use serde::Serialize;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The patient was laid anew.
    Landed,
    /// The patient is registered.
    Registered,
    /// The localizer is there.
    LocalizerScanned {
        /// Simulated scan time, s.
        scan_time_s: f64,
    },
    /// The planner answered.
    PlanProposed(ScanPlan),
    /// Something went wrong while planning and was mended; the plan stands.
    PlannerWarned {
        /// What.
        message: String,
    },
    /// The planner gave no plan.
    PlannerFailed {
        /// Why.
        reason: String,
    },
    /// A plan was taken and its series are queued.
    PlanAdopted {
        /// Number of series in the queue.
        series: usize,
    },
    /// The plan asks for a person before anything is scanned.
    HelpCalled {
        /// The flags that asked.
        flags: Vec<Flag>,
    },
    /// A series was scanned.
    SeriesScanned {
        /// Its number in the queue.
        series: usize,
        /// The slice group's name.
        name: String,
        /// What it is for.
        target: SliceTarget,
        /// Simulated scan time, s.
        scan_time_s: f64,
    },
    /// A series was appended.
    Appended {
        /// Its number in the queue.
        series: usize,
        /// The slice group's name.
        name: String,
    },
    /// A series' protocol was set.
    ProtocolSet {
        /// Its number in the queue.
        series: usize,
        /// The slice group's name.
        name: String,
    },
    /// A series was taken out of the queue.
    Removed {
        /// The number that it had.
        series: usize,
        /// The slice group's name.
        name: String,
    },
    /// A series was broken off and waits again.
    Stopped {
        /// Its number in the queue.
        series: usize,
        /// The slice group's name.
        name: String,
        /// Scan time that counts, s.
        scan_time_s: f64,
    },
    /// A person accepted a series.
    Accepted {
        /// Its number in the queue.
        series: usize,
        /// The slice group's name.
        name: String,
    },
    /// A series was checked.
    Checked {
        /// The slice group's name.
        name: String,
        /// What the check measured and found.
        report: QualityReport,
    },
    /// A series is to be scanned again.
    RepeatOrdered {
        /// The slice group's name.
        name: String,
    },
    /// The plan was replaced in the loop.
    Replanned {
        /// Why.
        reason: String,
    },
    /// The examination is over.
    Closed {
        /// Simulated scan time of all series, s.
        scan_time_s: f64,
        /// Series repeated and plans replaced.
        repeats: u32,
        /// True if every queued series was accepted.
        complete: bool,
    },
}
