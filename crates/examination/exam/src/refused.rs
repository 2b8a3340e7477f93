//! Why a command is refused.

use crate::job::{JobId, JobKind};
use crate::series::SeriesId;

/// A command that makes no sense in the present state.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The examination is closed.
    #[error("the examination is closed")]
    Closed,
    /// Nobody is registered.
    #[error("no patient is registered")]
    NotRegistered,
    /// A job is in progress.
    #[error("the scanner is busy: {0}")]
    Busy(JobKind),
    /// No such job is in progress.
    #[error("job {} is not in progress: it was finished or abandoned, or is another examination's", .0.0)]
    NoSuchJob(JobId),
    /// A set-up that the table does not allow.
    #[error("the patient set-up's {field} is {value} mm, expected -{limit} to {limit}")]
    ImpossibleSetup {
        /// The field.
        field: &'static str,
        /// What it was, mm.
        value: f64,
        /// How far it may be from 0, mm.
        limit: f64,
    },
    /// There is no localizer.
    #[error("there is no localizer to plan on")]
    NoLocalizer,
    /// Nothing is left to scan.
    #[error("no series is waiting")]
    EmptyQueue,
    /// The series is not in the queue.
    #[error("there is no series {series}; the queue has {queued}")]
    NoSuchSeries {
        /// The series that was asked for.
        series: SeriesId,
        /// The series of the queue, for people.
        queued: String,
    },
    /// The series has no images yet.
    #[error("series '{name}' has not been scanned")]
    NotScanned {
        /// The slice group's name.
        name: String,
    },
    /// The series has images that scanning would replace without a repeat.
    #[error("series '{name}' is scanned already; repeat it to scan it again")]
    AlreadyScanned {
        /// The slice group's name.
        name: String,
    },
    /// The series is done.
    #[error("series '{name}' is accepted already")]
    AlreadyAccepted {
        /// The slice group's name.
        name: String,
    },
    /// No time after which a series can be stopped.
    #[error("a series cannot be stopped after {0} s, expected seconds from 0")]
    NoTime(f64),
    /// Nothing was scanned that could be checked.
    #[error("no series was scanned since the last check")]
    NothingToCheck,
    /// The scanner cannot run the series.
    #[error("series '{name}' cannot be scanned: {reason}")]
    Impossible {
        /// The slice group's name.
        name: String,
        /// The scanner's reason.
        reason: String,
    },
}
