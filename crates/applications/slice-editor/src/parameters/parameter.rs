//! The parameters of a series: tab and range.

use scanner::SeriesProtocol;
use serde::{Deserialize, Serialize};

/// A group of parameters that are shown together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Tab {
    Routine,
    Contrast,
    Resolution,
    Geometry,
    System,
}

impl Tab {
    /// All, in the order in which they stand.
    pub const ALL: [Self; 5] = [Self::Routine, Self::Contrast, Self::Resolution, Self::Geometry, Self::System];

    /// The parameters of this tab, in their order.
    pub fn parameters(self) -> impl Iterator<Item = Parameter> {
        Parameter::ALL.into_iter().filter(move |parameter| parameter.tab() == self)
    }
}

/// One parameter of a series or of its slices. Every value is a number: switches are 0 or 1, and the phase-encoding
/// direction is 0 along a row, 1 along a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parameter {
    /// Number of slices.
    Slices,
    /// Slice thickness, mm.
    Thickness,
    /// Gap between slices, mm; negative gaps overlap.
    Gap,
    /// Field of view from the first row to the last, mm.
    FovRows,
    /// Field of view along a row, mm.
    FovColumns,
    /// Repetition time, ms.
    Tr,
    /// (Effective) echo time, ms.
    Te,
    /// Number of averages.
    Averages,
    /// Inversion time, ms.
    Ti,
    /// Flip angle of a gradient echo, degrees.
    FlipAngle,
    /// Echoes a train.
    EchoTrainLength,
    /// Spectral fat saturation, off or on.
    FatSaturation,
    /// Number of rows.
    MatrixRows,
    /// Number of columns.
    MatrixColumns,
    /// Acquired part of k-space along phase encoding, %.
    PhaseResolution,
    /// Acquired part of k-space along the readout, %.
    ReadResolution,
    /// Factor of parallel imaging.
    Acceleration,
    /// Phase encoding along a row (0) or a column (1).
    PhaseEncodingDirection,
    /// Further field of view that is encoded, %.
    PhaseOversampling,
    /// Passes into which the slices are divided; 0 is as many as needed.
    Concatenations,
    /// Receiver bandwidth, Hz per pixel.
    Bandwidth,
    /// Distance between echoes, ms.
    EchoSpacing,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Range {
    /// The least.
    pub low: f64,
    /// The most.
    pub high: f64,
    /// What one click changes.
    pub step: f64,
}

impl Range {
    const fn new(low: f64, high: f64, step: f64) -> Self {
        Self { low, high, step }
    }

    /// True if a value lies within; not a number lies outside.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

impl Parameter {
    /// All, in the order in which the tabs show them.
    pub const ALL: [Self; 22] = [
        Self::Slices,
        Self::Thickness,
        Self::Gap,
        Self::FovRows,
        Self::FovColumns,
        Self::Tr,
        Self::Te,
        Self::Averages,
        Self::Ti,
        Self::FlipAngle,
        Self::EchoTrainLength,
        Self::FatSaturation,
        Self::MatrixRows,
        Self::MatrixColumns,
        Self::PhaseResolution,
        Self::ReadResolution,
        Self::Acceleration,
        Self::PhaseEncodingDirection,
        Self::PhaseOversampling,
        Self::Concatenations,
        Self::Bandwidth,
        Self::EchoSpacing,
    ];

    /// Where it is shown.
    pub const fn tab(self) -> Tab {
        match self {
            Self::Slices
            | Self::Thickness
            | Self::Gap
            | Self::FovRows
            | Self::FovColumns
            | Self::Tr
            | Self::Te
            | Self::Averages => Tab::Routine,
            Self::Ti | Self::FlipAngle | Self::EchoTrainLength | Self::FatSaturation => Tab::Contrast,
            Self::MatrixRows
            | Self::MatrixColumns
            | Self::PhaseResolution
            | Self::ReadResolution
            | Self::Acceleration => Tab::Resolution,
            Self::PhaseEncodingDirection | Self::PhaseOversampling | Self::Concatenations => Tab::Geometry,
            Self::Bandwidth | Self::EchoSpacing => Tab::System,
        }
    }

    /// What it may be in a series. The limits are what consoles offer for such sequences (project choice); within
    /// them values may still be in conflict with each other.
    pub const fn range(self, series: &SeriesProtocol) -> Range {
        let gradient_echo = series.sequence.is_gradient_echo();
        match self {
            Self::Slices => Range::new(1.0, 256.0, 1.0),
            Self::Thickness => Range::new(0.5, 20.0, 0.1),
            Self::Gap => Range::new(-10.0, 50.0, 0.1),
            Self::FovRows | Self::FovColumns => Range::new(50.0, 500.0, 5.0),
            Self::Tr if gradient_echo => Range::new(2.0, 2000.0, 0.1),
            Self::Tr => Range::new(50.0, 20_000.0, 10.0),
            Self::Te if gradient_echo => Range::new(0.5, 100.0, 0.1),
            Self::Te => Range::new(3.0, 800.0, 0.5),
            Self::Averages => Range::new(1.0, 16.0, 1.0),
            Self::Ti => Range::new(20.0, 4000.0, 5.0),
            Self::FlipAngle => Range::new(1.0, 150.0, 1.0),
            Self::EchoTrainLength => Range::new(1.0, 256.0, 1.0),
            Self::FatSaturation | Self::PhaseEncodingDirection => Range::new(0.0, 1.0, 1.0),
            Self::MatrixRows | Self::MatrixColumns => Range::new(32.0, 1024.0, 16.0),
            Self::PhaseResolution | Self::ReadResolution => Range::new(10.0, 100.0, 1.0),
            Self::Acceleration => Range::new(1.0, 4.0, 0.5),
            Self::PhaseOversampling => Range::new(0.0, 300.0, 10.0),
            Self::Concatenations => Range::new(0.0, 64.0, 1.0),
            Self::Bandwidth => Range::new(20.0, 2000.0, 10.0),
            Self::EchoSpacing => Range::new(3.0, 40.0, 0.1),
        }
    }

    /// True if only whole numbers make sense.
    pub const fn is_whole(self) -> bool {
        matches!(
            self,
            Self::Slices
                | Self::Averages
                | Self::EchoTrainLength
                | Self::FatSaturation
                | Self::MatrixRows
                | Self::MatrixColumns
                | Self::PhaseEncodingDirection
                | Self::Concatenations
        )
    }
}
