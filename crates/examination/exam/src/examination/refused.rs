//! Why a command is refused.

/// A command that makes no sense in the present state.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The examination is closed.
    #[error("the examination is closed")]
    Closed,
    /// Nobody is registered.
    #[error("no patient is registered")]
    NotRegistered,
    /// A landing that the table does not allow.
    #[error("the landing's {field} is {value} mm, expected -{limit} to {limit}")]
    ImpossibleLanding {
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
    /// The queue is shorter.
    #[error("there is no series {series}: the queue has {queued}, numbered from 0")]
    NoSuchSeries {
        /// The number that was asked for.
        series: usize,
        /// Length of the queue.
        queued: usize,
    },
    /// The series has no images yet.
    #[error("series '{name}' has not been scanned")]
    NotScanned {
        /// The slice group's name.
        name: String,
    },
    /// The series has images that scanning would replace unasked.
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
