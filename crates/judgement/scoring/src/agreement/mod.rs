//! Agreement between observers.
//!
//! | item | used for |
//! | --- | --- |
//! | [`icc_1_1`], [`icc_2_1`], [`icc_3_1`] | several observers who each measure every subject |
//! | [`icc_within_levels`], [`VarianceComponents`] | the same for discs of several levels, which differ by anatomy |
//! | [`between_observer_sd`] | the spread between observers in the measurement's own unit |
//! | [`BlandAltman`] | two methods: bias and limits of agreement |
//! | [`cohen_kappa`] | two readers' grades |

mod bland_altman;
mod components;
mod icc;
mod kappa;
mod spread;

pub use bland_altman::BlandAltman;
pub use components::{AdjustedIcc, MeasuredSubject, VarianceComponents, icc_within_levels};
pub use icc::{Icc, icc_1_1, icc_2_1, icc_3_1};
pub use kappa::{Weighting, cohen_kappa};
pub use spread::{Spread, between_observer_sd};

/// Why agreement could not be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AgreementError {
    /// Too few subjects.
    #[error("{found} subjects, expected at least {expected}")]
    TooFewSubjects {
        /// Subjects given.
        found: usize,
        /// Subjects needed.
        expected: usize,
    },
    /// Too few observers.
    #[error("{0} observers, expected at least 2")]
    TooFewObservers(usize),
    /// A subject that not every observer measured.
    #[error("subject {subject} has {found} measurements, expected {expected} like the first subject")]
    Ragged {
        /// Index of the subject.
        subject: usize,
        /// Its measurements.
        found: usize,
        /// The first subject's.
        expected: usize,
    },
    /// NaN or infinity.
    #[error("subject {subject}, observer {observer}: the measurement is {value}, expected a finite number")]
    NotFinite {
        /// Index of the subject.
        subject: usize,
        /// Index of the observer.
        observer: usize,
        /// The measurement.
        value: f64,
    },
    /// Every measurement is the same: agreement relative to the subjects' variation has no meaning.
    #[error("all measurements are equal; agreement needs variation between subjects")]
    NoVariation,
    /// Two lists that should be paired.
    #[error("{first} and {second} measurements, expected pairs")]
    Unpaired {
        /// Length of the first list.
        first: usize,
        /// Length of the second.
        second: usize,
    },
}
