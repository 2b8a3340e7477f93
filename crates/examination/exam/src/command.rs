//! What can be asked of an examination. A trainee's click, a scenario's script and the end of a job are all commands.

use geometry::SliceGroup;
use planner::ScanPlan;
use scanner::SeriesProtocol;
use serde::{Deserialize, Serialize};

use crate::job::{JobId, JobOutcome};
use crate::patient_setup::PatientSetup;
use crate::registration::Registration;
use crate::series::SeriesId;

/// One step of an examination. Coordinates are those of the registered position.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Position the patient on the table and at the isocentre. Localizer, proposal, plan and queue are discarded,
    /// because the patient has moved.
    PositionPatient(PatientSetup),
    /// Move the patient out of the bore. Localizer, proposal, plan and queue are discarded.
    MovePatientOut,
    /// Enter the patient at the console. Another position than before discards what was scanned and planned under it.
    Register(Registration),
    /// Scan the three-plane localizer at the isocentre. Scanning it again counts as a repeat and discards the proposal
    /// that was made from it. Starts a job.
    ScanLocalizer,
    /// Ask the planner for a plan from the localizer. Starts a job.
    ProposePlan,
    /// Prescribe this plan: the planner's, or one made by hand. Series of an earlier plan keep their id, their images
    /// and their protocol; see [`crate::Examination::queue`].
    AdoptPlan(ScanPlan),
    /// Append a series that is not part of the plan.
    Append {
        /// Where.
        group: SliceGroup,
        /// How.
        protocol: SeriesProtocol,
    },
    /// Change how a series is scanned.
    SetProtocol {
        /// Which series.
        series: SeriesId,
        /// How it is to be scanned.
        protocol: SeriesProtocol,
    },
    /// Take a series out of the queue.
    Remove(SeriesId),
    /// Scan the first series of the queue that waits. Starts a job.
    ScanNext,
    /// Scan this series, which must be waiting. Replacing outdated images counts as a repeat. Starts a job.
    Scan(SeriesId),
    /// Stop the localizer while its images are shown: they are dropped, and only the time until now counts.
    StopLocalizer {
        /// For how long it was scanned, s.
        elapsed_s: f64,
    },
    /// Stop the series whose images are being shown: they are dropped, the series waits again, and only the time until
    /// now counts.
    Stop {
        /// Which series.
        series: SeriesId,
        /// For how long it was scanned, s.
        elapsed_s: f64,
    },
    /// Drop a series' images and let it wait to be scanned again; it counts as a repeat.
    Repeat(SeriesId),
    /// Accept a scanned series as it is.
    Accept(SeriesId),
    /// Check the series that was scanned last; accept it, repeat it or re-plan. Starts a job.
    Check,
    /// A job has ended, with what [`crate::Job::run`] returned. It is written to a recording as the job's number, because a
    /// replay runs the job again.
    #[serde(skip)]
    Finish(JobOutcome),
    /// A job could not be completed and never will be.
    Abandon {
        /// Which job.
        job: JobId,
        /// Why.
        reason: String,
    },
    /// End the examination.
    Close,
}

impl Command {
    /// True if the command has to wait for a job that is in progress.
    pub(crate) const fn needs_idle_scanner(&self) -> bool {
        match self {
            Self::PositionPatient(_)
            | Self::MovePatientOut
            | Self::Register(_)
            | Self::ScanLocalizer
            | Self::ProposePlan
            | Self::ScanNext
            | Self::Scan(_)
            | Self::Check
            | Self::Close => true,
            Self::AdoptPlan(_)
            | Self::Append { .. }
            | Self::SetProtocol { .. }
            | Self::Remove(_)
            | Self::StopLocalizer { .. }
            | Self::Stop { .. }
            | Self::Repeat(_)
            | Self::Accept(_)
            | Self::Finish(_)
            | Self::Abandon { .. } => false,
        }
    }
}
