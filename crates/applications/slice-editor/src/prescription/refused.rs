//! Why an edit was refused.

use geometry::SliceTarget;
use geometry::slice_group::SliceGroupError;

/// Why an edit was refused; the draft is as it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditRefused {
    /// The edit needs something to act on.
    #[error("nothing is selected: select a slice group or a saturation band first")]
    NothingSelected,
    /// A place in the draft that nothing has.
    #[error("there is no {what} {number}: the draft has {count}")]
    NoSuch {
        /// "slice group" or "saturation band".
        what: &'static str,
        /// Which one was asked for, from 1.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// An edit for slice groups, and a band is selected.
    #[error("a saturation band has no {0}: select a slice group")]
    NotForBand(&'static str),
    /// An edit for bands, and a slice group is selected.
    #[error("a slice group has no {0}: select a saturation band")]
    NotForGroup(&'static str),
    /// Only axial slices are laid on a disc, and not a block over several.
    #[error("'{name}' is for '{target}' and cannot be laid on one disc: select axial slices of one disc")]
    NotForDisc {
        /// The group's name.
        name: String,
        /// What it is for.
        target: SliceTarget,
    },
    /// A number that is too large or too small.
    #[error("{field} is {value}, expected {low} to {high}")]
    OutOfRange {
        /// The field, with its unit.
        field: &'static str,
        /// What it was to be.
        value: f64,
        /// The least that is accepted.
        low: f64,
        /// The most that is accepted.
        high: f64,
    },
    /// An infinity or no number.
    #[error("{0} is not a finite number")]
    NotFinite(&'static str),
    /// A direction of no length.
    #[error("{0} is no direction: its length is almost 0")]
    NoDirection(&'static str),
    /// A group that no scanner could acquire.
    #[error(transparent)]
    NotAcquirable(#[from] SliceGroupError),
    /// A name of no or too many letters.
    #[error("a name of {0} characters, expected 1 to 64")]
    NameLength(usize),
    /// Two groups (or two bands) of one name could not be distinguished.
    #[error("'{0}' is taken: another one has this name")]
    NameTaken(String),
    /// A group or band of an adopted plan.
    #[error("'{name}' of the plan: {reason}")]
    InPlan {
        /// Which one.
        name: String,
        /// What is wrong with it.
        reason: Box<EditRefused>,
    },
}
