//! Why a series cannot be acquired: what was found, and what would be possible.

use geometry::slice_group::SliceGroupError;

/// Why a series cannot be acquired.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SeriesError {
    /// The slice group is invalid.
    #[error(transparent)]
    Slices(#[from] SliceGroupError),
    /// More than a scanner can acquire.
    #[error("{found} {name}, expected at most {limit}")]
    TooMany {
        /// What there is too much of.
        name: &'static str,
        /// How many.
        found: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A value that must be positive.
    #[error("{name} is {value}, expected a positive number")]
    NotPositive {
        /// The field.
        name: &'static str,
        /// What it was.
        value: f64,
    },
    /// A value outside its range.
    #[error("{name} is {value}, expected {low} to {high}")]
    OutOfRange {
        /// The field.
        name: &'static str,
        /// What it was.
        value: f64,
        /// The least it may be.
        low: f64,
        /// The most it may be.
        high: f64,
    },
    /// Too short for readout and pulses.
    #[error(
        "{name} is {value_ms}, but the readout of {readout_ms:.2} ms and its pulses need at least {shortest_ms:.2} ms; a higher bandwidth-hz-per-px shortens it"
    )]
    TooShort {
        /// The field.
        name: &'static str,
        /// What it was, ms.
        value_ms: f64,
        /// The least it may be, ms.
        shortest_ms: f64,
        /// Duration of the readout, ms.
        readout_ms: f64,
    },
    /// More slices than fit into a repetition.
    #[error(
        "{slices} slices of {slice_ms:.0} ms each do not fit into tr-ms {tr_ms} in {passes} concatenation(s): {needed} are needed, or a longer tr-ms"
    )]
    SlicesAfterRepetition {
        /// Number of slices.
        slices: usize,
        /// Time of one slice in each repetition, ms.
        slice_ms: f64,
        /// Repetition time, ms.
        tr_ms: f64,
        /// Concatenations asked for.
        passes: usize,
        /// Concatenations needed.
        needed: usize,
    },
    /// Too much radio-frequency power.
    #[error(
        "the whole-body specific absorption rate would be {sar:.1} W/kg, at most {limit} are allowed (IEC 60601-2-33); a longer tr-ms, fewer slices or a shorter echo train lower it"
    )]
    AbsorptionRate {
        /// What it would be, W/kg.
        sar: f64,
        /// The limit, W/kg.
        limit: f64,
    },
    /// The echo would come after the next excitation.
    #[error("te-ms {te_ms} does not fit into tr-ms {tr_ms}")]
    EchoAfterRepetition {
        /// Echo time, ms.
        te_ms: f64,
        /// Repetition time, ms.
        tr_ms: f64,
    },
    /// A flip angle outside (0°, 180°).
    #[error("flip-deg is {0}, expected more than 0 and less than 180")]
    FlipAngle(f64),
    /// The effective echo time lies outside the train.
    #[error("te-ms {te_ms} lies outside the echo train, {spacing_ms} to {train_ms} ms")]
    EchoOutsideTrain {
        /// Effective echo time, ms.
        te_ms: f64,
        /// Time of the first echo, ms.
        spacing_ms: f64,
        /// Time of the last echo, ms.
        train_ms: f64,
    },
    /// The echo train ends after the next excitation.
    #[error("inversion and echo train take {train_ms} ms, which does not fit into tr-ms {tr_ms}")]
    TrainAfterRepetition {
        /// Inversion time and duration of the train, ms.
        train_ms: f64,
        /// Repetition time, ms.
        tr_ms: f64,
    },
}
