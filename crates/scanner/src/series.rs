//! A series: a sequence with what decides its noise, its sharpness and its duration.

use geometry::SliceGroup;
use geometry::slice_group::SliceGroupError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Sequence;

/// Time that excitation, spoilers and saturation pulses take beside each echo train, ms; project choice.
const OVERHEAD_MS: f64 = 12.0;
/// Repetitions that bring a gradient echo into its steady state before each slice; project choice.
const DUMMY_REPETITIONS: f64 = 20.0;
/// Largest number of rows or columns; consoles offer up to 1024.
const MAX_MATRIX: usize = 1024;
/// Largest number of slices of one series.
const MAX_SLICES: usize = 256;

/// How one series is scanned, whatever its slices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SeriesProtocol {
    /// The name on the console.
    pub name: String,
    /// The pulse sequence.
    pub sequence: Sequence,
    /// Receiver bandwidth, Hz per pixel.
    pub bandwidth_hz_per_px: f64,
    /// Number of averages (NSA, NEX).
    pub averages: usize,
    /// Acquired part of k-space along the phase-encoding axis, 0…1; the rest is filled with zeros.
    pub phase_resolution: f64,
}

impl SeriesProtocol {
    /// Duration of the series, s. Spin echoes interleave as many slices as fit into TR; gradient echoes
    /// go slice by slice.
    pub fn scan_time_s(&self, group: &SliceGroup) -> f64 {
        let lines = (phase_lines(group) as f64 * self.phase_resolution).ceil();
        let (echoes, spacing_ms) = self.sequence.echo_train();
        let tr_ms = self.sequence.tr_ms();
        let passes_ms = if self.sequence.is_gradient_echo() {
            tr_ms * (lines * self.averages as f64 + DUMMY_REPETITIONS) * group.slices as f64
        } else {
            let slice_ms = echoes as f64 * spacing_ms + OVERHEAD_MS;
            let passes = (group.slices as f64 * slice_ms / tr_ms).ceil();
            tr_ms * (lines / echoes as f64).ceil() * self.averages as f64 * passes
        };
        passes_ms * 1e-3
    }

    /// Signal-to-noise ratio relative to other series of the same tissue signal:
    /// B₀ · voxel volume · √(averages · phase-encoding lines / bandwidth) (Edelstein 1986), in T mm³ s^½.
    pub fn relative_snr(&self, group: &SliceGroup, field_t: f64) -> f64 {
        let [rows, columns] = group.matrix.map(|n| n as f64);
        let pixel_mm2 = group.fov_mm[0] / rows * group.fov_mm[1] / columns;
        let sampling_s = self.averages as f64 * phase_lines(group) as f64 / self.bandwidth_hz_per_px;
        // Zero filling trades: the acquired voxel grows by 1/f, the lines shrink by f.
        field_t * pixel_mm2 * group.thickness_mm * sampling_s.sqrt() / self.phase_resolution.sqrt()
    }

    /// Refuses what no scanner could acquire.
    ///
    /// # Errors
    /// [`SeriesError`] with what was found and expected.
    pub fn check(&self, group: &SliceGroup) -> Result<(), SeriesError> {
        group.check()?;
        for (name, found, limit) in [
            ("rows", group.matrix[0], MAX_MATRIX),
            ("columns", group.matrix[1], MAX_MATRIX),
            ("slices", group.slices, MAX_SLICES),
        ] {
            if found > limit {
                return Err(SeriesError::TooMany { name, found, limit });
            }
        }
        self.check_timing()
    }

    /// Refuses impossible timing, whatever the slices.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn check_timing(&self) -> Result<(), SeriesError> {
        let positive = |name, value: f64| {
            if value.is_finite() && value > 0.0 { Ok(()) } else { Err(SeriesError::NotPositive { name, value }) }
        };
        let (tr_ms, te_ms) = (self.sequence.tr_ms(), self.sequence.te_ms());
        positive("tr-ms", tr_ms)?;
        positive("te-ms", te_ms)?;
        positive("bandwidth-hz-per-px", self.bandwidth_hz_per_px)?;
        positive("averages", self.averages as f64)?;
        positive("phase-resolution", self.phase_resolution)?;
        if self.phase_resolution > 1.0 {
            return Err(SeriesError::PhaseResolution(self.phase_resolution));
        }
        if te_ms >= tr_ms {
            return Err(SeriesError::EchoAfterRepetition { te_ms, tr_ms });
        }
        match self.sequence {
            Sequence::SpoiledGradientEcho { flip_deg, .. } | Sequence::Bssfp { flip_deg, .. } => {
                if !(flip_deg > 0.0 && flip_deg < 180.0) {
                    return Err(SeriesError::FlipAngle(flip_deg));
                }
            }
            Sequence::SpinEcho { .. } => {}
            Sequence::TurboSpinEcho { .. } | Sequence::InversionRecovery { .. } => self.check_train()?,
        }
        Ok(())
    }

    fn check_train(&self) -> Result<(), SeriesError> {
        let (echoes, spacing_ms) = self.sequence.echo_train();
        if !(spacing_ms.is_finite() && spacing_ms > 0.0) {
            return Err(SeriesError::NotPositive { name: "echo-spacing-ms", value: spacing_ms });
        }
        if echoes == 0 {
            return Err(SeriesError::NotPositive { name: "echo-train-length", value: 0.0 });
        }
        let (tr_ms, te_ms, train_ms) = (self.sequence.tr_ms(), self.sequence.te_ms(), echoes as f64 * spacing_ms);
        // Half an echo of slack: consoles round the effective echo time.
        if te_ms < spacing_ms / 2.0 || te_ms > train_ms + spacing_ms / 2.0 {
            return Err(SeriesError::EchoOutsideTrain { te_ms, spacing_ms, train_ms });
        }
        let inversion_ms = match self.sequence {
            Sequence::InversionRecovery { ti_ms, .. } if ti_ms.is_finite() && ti_ms > 0.0 => ti_ms,
            Sequence::InversionRecovery { ti_ms, .. } => {
                return Err(SeriesError::NotPositive { name: "ti-ms", value: ti_ms });
            }
            _ => 0.0,
        };
        if inversion_ms + train_ms >= tr_ms {
            return Err(SeriesError::TrainAfterRepetition { train_ms: inversion_ms + train_ms, tr_ms });
        }
        Ok(())
    }
}

/// Number of phase-encoding lines of a full k-space.
pub(crate) fn phase_lines(group: &SliceGroup) -> usize {
    match group.phase_encoding {
        geometry::PhaseEncoding::Row => group.matrix[1],
        geometry::PhaseEncoding::Column => group.matrix[0],
    }
}

/// Why a series cannot be acquired.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SeriesError {
    /// The slices themselves.
    #[error(transparent)]
    Slices(#[from] SliceGroupError),
    /// More than a scanner takes.
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
    /// More of k-space than there is.
    #[error("phase-resolution is {0}, expected at most 1")]
    PhaseResolution(f64),
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
    /// The effective echo is none of the train's.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;

    fn sagittal() -> (SeriesProtocol, SliceGroup) {
        let protocol = Protocol::builtin("lumbar-1.5t").expect("ships with the crate");
        let [group, ..] = crate::localizer(&protocol);
        (protocol.sagittal_t2, SliceGroup { slices: 15, matrix: [384, 384], thickness_mm: 4.0, ..group })
    }

    #[test]
    fn a_sagittal_t2_takes_minutes_and_snr_grows_with_the_root_of_averages() {
        let (series, group) = sagittal();
        assert!((45.0..300.0).contains(&series.scan_time_s(&group)), "{} s", series.scan_time_s(&group));
        let twice = SeriesProtocol { averages: series.averages * 4, ..series.clone() };
        assert!((twice.relative_snr(&group, 1.5) / series.relative_snr(&group, 1.5) - 2.0).abs() < 1e-9);
        assert!((twice.scan_time_s(&group) / series.scan_time_s(&group) - 4.0).abs() < 1e-9);
    }

    #[test]
    fn impossible_series_are_refused_with_the_reason() {
        let (series, group) = sagittal();
        assert_eq!(series.check(&group), Ok(()));
        let thin = SliceGroup { thickness_mm: -4.0, ..group.clone() };
        assert!(series.check(&thin).expect_err("negative").to_string().contains("thickness_mm is -4"));
        let long = SeriesProtocol { sequence: Sequence::SpinEcho { tr_ms: 50.0, te_ms: 90.0 }, ..series.clone() };
        assert!(long.check(&group).expect_err("TE > TR").to_string().contains("te-ms 90 does not fit into tr-ms 50"));
        let nan = SeriesProtocol { bandwidth_hz_per_px: f64::NAN, ..series.clone() };
        assert!(nan.check(&group).expect_err("NaN").to_string().contains("bandwidth-hz-per-px is NaN"));
        let none = SeriesProtocol { averages: 0, ..series.clone() };
        assert!(none.check(&group).is_err());
        let huge = SliceGroup { matrix: [100_000, 384], ..group };
        assert!(series.check(&huge).expect_err("huge").to_string().contains("100000 rows"));
    }
}
