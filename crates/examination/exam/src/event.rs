//! What happens in an examination: the stream that progress, console and recordings listen to.

use geometry::SliceTarget;
use planner::{Flag, ScanPlan, quality_check::QualityReport};
use serde::Serialize;

use crate::series::SeriesId;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The patient was positioned.
    PatientPositioned,
    /// The patient was moved out of the bore.
    PatientMovedOut,
    /// The patient is registered.
    Registered,
    /// The localizer is complete.
    LocalizerScanned {
        /// Simulated scan time, s.
        scan_time_s: f64,
    },
    /// The localizer was stopped.
    LocalizerStopped {
        /// Scan time that counts, s.
        scan_time_s: f64,
    },
    /// The planner answered.
    PlanProposed(ScanPlan),
    /// The planner recovered from a problem; its plan is valid.
    PlannerWarned {
        /// What.
        message: String,
    },
    /// The planner gave no plan.
    PlannerFailed {
        /// Why.
        reason: String,
    },
    /// A plan was adopted and its series are queued.
    PlanAdopted {
        /// Number of series in the queue.
        series: usize,
    },
    /// The plan has critical flags: a person has to look at it before anything is scanned.
    HelpCalled {
        /// The critical flags.
        flags: Vec<Flag>,
    },
    /// A series was scanned.
    SeriesScanned {
        /// Which series.
        series: SeriesId,
        /// The slice group's name.
        name: String,
        /// What it is for.
        target: SliceTarget,
        /// Simulated scan time, s.
        scan_time_s: f64,
    },
    /// A series was appended.
    Appended {
        /// Which series.
        series: SeriesId,
        /// The slice group's name.
        name: String,
    },
    /// A series' protocol was set.
    ProtocolSet {
        /// Which series.
        series: SeriesId,
        /// The slice group's name.
        name: String,
    },
    /// A series was taken out of the queue.
    Removed {
        /// Which series.
        series: SeriesId,
        /// The slice group's name.
        name: String,
    },
    /// A series was stopped and waits again.
    Stopped {
        /// Which series.
        series: SeriesId,
        /// The slice group's name.
        name: String,
        /// Scan time that counts, s.
        scan_time_s: f64,
    },
    /// A person accepted a series.
    Accepted {
        /// Which series.
        series: SeriesId,
        /// The slice group's name.
        name: String,
    },
    /// A series was checked.
    Checked {
        /// Which series.
        series: SeriesId,
        /// The slice group's name.
        name: String,
        /// What the check measured and found.
        report: QualityReport,
    },
    /// A series is to be scanned again.
    RepeatOrdered {
        /// Which series.
        series: SeriesId,
        /// The slice group's name.
        name: String,
    },
    /// The plan was replaced in the closed loop.
    Replanned {
        /// Why.
        reason: String,
    },
    /// A job could not be completed; what it was to bring is missing.
    JobFailed {
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

impl Event {
    /// The event without wall-clock figures, which differ from run to run.
    pub(crate) fn without_latency(mut self) -> Self {
        if let Self::PlanProposed(plan) = &mut self {
            plan.latency_ms.clear();
        }
        self
    }
}
