//! A series: a sequence with the parameters that determine its noise, resolution and scan time.

use geometry::{PhaseEncoding, SliceGroup};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DixonImage, Sequence, SeriesError};

/// Time of excitation, spoilers and saturation pulses in addition to each echo train, ms; project choice.
const OVERHEAD_MS: f64 = 12.0;
/// Additional time of a fat saturation pulse with its spoiler, ms; usual order of magnitude.
const FAT_SATURATION_MS: f64 = 14.0;
/// Least time of excitation, slice rephasing and readout prephasing, ms; short pulses of clinical scanners.
const EXCITATION_MS: f64 = 0.8;
/// Least time of a refocusing pulse with its crushers, ms; usual order of magnitude.
const REFOCUSING_MS: f64 = 3.0;
/// Geometry factor of parallel imaging less 1, at acceleration 2; project choice for a spine array.
const GEOMETRY_FACTOR: f64 = 0.15;
/// SAR of one 180° pulse per second at 1 T, W/kg; chosen so that the routine sagittal T2 at 1.5 T has 1 W/kg.
const SAR_PER_PULSE: f64 = 0.006;
/// Limit of the whole-body SAR in the first-level controlled mode, W/kg (IEC 60601-2-33).
const SAR_LIMIT: f64 = 4.0;
/// Dummy repetitions before each slice of a gradient echo, to reach the steady state; project choice.
const DUMMY_REPETITIONS: f64 = 20.0;
/// Largest number of rows or columns; consoles offer up to 1024.
pub const MAX_MATRIX: usize = 1024;
/// Largest number of slices of one series.
pub const MAX_SLICES: usize = 256;

/// Largest number of voxels of one series: its samples and images then stay below 1 GiB of memory.
const MAX_VOXELS: usize = 1 << 26;

/// The parameters of one series, without its slices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SeriesProtocol {
    /// Name on the console.
    pub name: String,
    /// The pulse sequence.
    pub sequence: Sequence,
    /// Receiver bandwidth, Hz per pixel.
    pub bandwidth_hz_per_px: f64,
    /// Number of averages (NSA, NEX).
    pub averages: usize,
    /// Acquired fraction of k-space along the phase-encoding axis, 0…1; the rest is zero-filled.
    pub phase_resolution: f64,
    /// Acquired fraction of k-space along the readout, 0…1; the rest is zero-filled (interpolation).
    #[serde(default = "one")]
    pub read_resolution: f64,
    /// Phase oversampling, as a fraction of the field of view along the phase-encoding axis: 1 is 100 %.
    #[serde(default)]
    pub phase_oversampling: f64,
    /// Acceleration factor of parallel imaging, 1 (off) to 4.
    #[serde(default = "one")]
    pub acceleration: f64,
    /// Passes into which the slices are divided; as many as needed if omitted.
    #[serde(default)]
    pub concatenations: Option<usize>,
    /// True if fat is saturated spectrally before each excitation.
    #[serde(default)]
    pub fat_saturation: bool,
    /// Which image of a two-point Dixon acquisition, if it is one.
    #[serde(default)]
    pub dixon: Option<DixonImage>,
}

const fn one() -> f64 {
    1.0
}

impl SeriesProtocol {
    /// A series of one average with full k-space and all options off.
    pub fn plain(name: &str, sequence: Sequence, bandwidth_hz_per_px: f64) -> Self {
        Self {
            name: name.to_owned(),
            sequence,
            bandwidth_hz_per_px,
            averages: 1,
            phase_resolution: 1.0,
            read_resolution: 1.0,
            phase_oversampling: 0.0,
            acceleration: 1.0,
            concatenations: None,
            fat_saturation: false,
            dixon: None,
        }
    }

    /// Phase-encoding lines of a full k-space, oversampling included.
    pub fn encoded_lines(&self, group: &SliceGroup) -> usize {
        let lines = phase_lines(group);
        // The margins on both sides are equal.
        lines + 2 * (lines as f64 * self.phase_oversampling / 2.0).round() as usize
    }

    /// Time of one slice in each repetition, ms: excitation, saturation and echo train.
    pub fn slice_ms(&self) -> f64 {
        let (echoes, spacing_ms) = self.sequence.echo_train();
        let saturation_ms = if self.fat_saturation { FAT_SATURATION_MS } else { 0.0 };
        // Other slices are inverted while one slice recovers: the inversion adds no time.
        echoes as f64 * spacing_ms + OVERHEAD_MS + saturation_ms
    }

    /// Passes into which a group's slices are divided, so that each pass fits into TR.
    pub fn passes(&self, group: &SliceGroup) -> usize {
        if self.sequence.is_gradient_echo() || self.sequence.is_three_d() {
            return 1;
        }
        let needed = (group.slices as f64 * self.slice_ms() / self.sequence.tr_ms()).ceil() as usize;
        self.concatenations.unwrap_or(needed).max(1)
    }

    /// Scan time, s. Spin echoes interleave as many slices as fit into TR, gradient echoes acquire slice by slice,
    /// and a 3-D sequence phase-encodes the slices.
    pub fn scan_time_s(&self, group: &SliceGroup) -> f64 {
        let lines = (self.encoded_lines(group) as f64 * self.phase_resolution / self.acceleration).ceil();
        let (echoes, averages) = (self.sequence.echo_train().0 as f64, self.averages as f64);
        let dixon = if self.dixon.is_some() { 2.0 } else { 1.0 };
        let repetitions = if self.sequence.is_three_d() {
            (lines * group.slices as f64 / echoes).ceil() * averages
        } else if self.sequence.is_gradient_echo() {
            (lines * averages + DUMMY_REPETITIONS) * group.slices as f64
        } else {
            (lines / echoes).ceil() * averages * self.passes(group) as f64
        };
        repetitions * dixon * self.sequence.tr_ms() * 1e-3
    }

    /// Extent of a voxel as acquired: along phase encoding, along the readout, through the slice, mm.
    pub fn voxel_mm(&self, group: &SliceGroup) -> [f64; 3] {
        let [rows, columns] = group.matrix.map(|n| n as f64);
        let [height, width] = [group.fov_mm[0] / rows, group.fov_mm[1] / columns];
        let (phase, read) = match group.phase_encoding {
            PhaseEncoding::Row => (width, height),
            PhaseEncoding::Column => (height, width),
        };
        [phase / self.phase_resolution, read / self.read_resolution, group.thickness_mm]
    }

    /// Signal-to-noise ratio relative to other series of the same tissue signal:
    /// B₀ · voxel volume · √(averages · phase-encoding lines / bandwidth) (Edelstein 1986), in T mm³ s^½.
    /// Parallel imaging divides it by √R and the geometry factor (Pruessmann 1999), a slab multiplies it by √slices.
    pub fn relative_snr(&self, group: &SliceGroup, field_t: f64) -> f64 {
        let [rows, columns] = group.matrix.map(|n| n as f64);
        let pixel_mm2 = group.fov_mm[0] / rows * group.fov_mm[1] / columns;
        let lines = self.encoded_lines(group) as f64 / self.acceleration;
        let encodings = if self.sequence.is_three_d() { group.slices as f64 } else { 1.0 };
        let sampling_s = self.averages as f64 * lines * encodings / self.bandwidth_hz_per_px;
        let geometry_factor = 1.0 + GEOMETRY_FACTOR * (self.acceleration - 1.0).powi(2);
        // With a fraction f acquired, the voxel grows by 1/f and the number of lines shrinks by f.
        field_t * pixel_mm2 * group.thickness_mm * sampling_s.sqrt()
            / self.phase_resolution.sqrt()
            / self.read_resolution
            / geometry_factor
    }

    /// Whole-body specific absorption rate, W/kg: proportional to B₀², to the squared flip angles and to the
    /// pulses per second. Refocusing pulses at 3 T are reduced to 130°, as scanners do.
    pub fn sar_w_per_kg(&self, group: &SliceGroup, field_t: f64) -> f64 {
        let reduction = if field_t > 2.25 { (130.0f64 / 180.0).powi(2) } else { 1.0 };
        let squares: f64 = self
            .sequence
            .pulses_deg()
            .into_iter()
            .map(|flip| (flip / 180.0).powi(2) * if flip > 90.0 { reduction } else { 1.0 })
            .sum();
        let slices = if self.sequence.is_gradient_echo() || self.sequence.is_three_d() {
            1.0
        } else {
            group.slices as f64 / self.passes(group) as f64
        };
        SAR_PER_PULSE * field_t * field_t * squares * slices / (self.sequence.tr_ms() * 1e-3)
    }

    /// Refuses a series that no scanner could acquire.
    ///
    /// # Errors
    /// [`SeriesError`] with what was found and expected.
    pub fn check(&self, group: &SliceGroup) -> Result<(), SeriesError> {
        group.check()?;
        for (name, found, limit) in [
            ("rows", group.matrix[0], MAX_MATRIX),
            ("columns", group.matrix[1], MAX_MATRIX),
            ("slices", group.slices, MAX_SLICES),
            ("voxels", group.matrix[0].saturating_mul(group.matrix[1]).saturating_mul(group.slices), MAX_VOXELS),
        ] {
            if found > limit {
                return Err(SeriesError::TooMany { name, found, limit });
            }
        }
        self.check_timing()?;
        let needed = (group.slices as f64 * self.slice_ms() / self.sequence.tr_ms()).ceil() as usize;
        match self.concatenations {
            Some(passes) if !self.sequence.is_gradient_echo() && !self.sequence.is_three_d() && passes < needed => {
                Err(SeriesError::SlicesAfterRepetition {
                    slices: group.slices,
                    slice_ms: self.slice_ms(),
                    tr_ms: self.sequence.tr_ms(),
                    passes,
                    needed,
                })
            }
            _ => Ok(()),
        }
    }

    /// Refuses a series above the limit of the whole-body SAR.
    ///
    /// # Errors
    /// [`SeriesError::AbsorptionRate`].
    pub fn check_exposure(&self, group: &SliceGroup, field_t: f64) -> Result<(), SeriesError> {
        let sar = self.sar_w_per_kg(group, field_t);
        if sar > SAR_LIMIT { Err(SeriesError::AbsorptionRate { sar, limit: SAR_LIMIT }) } else { Ok(()) }
    }

    /// Refuses impossible timing; slices do not matter.
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
        for (name, value, low, high) in [
            ("phase-resolution", self.phase_resolution, 0.1, 1.0),
            ("read-resolution", self.read_resolution, 0.1, 1.0),
            ("phase-oversampling", self.phase_oversampling, 0.0, 3.0),
            ("acceleration", self.acceleration, 1.0, 4.0),
            ("concatenations", self.concatenations.unwrap_or(1) as f64, 1.0, 64.0),
        ] {
            if !(low..=high).contains(&value) {
                return Err(SeriesError::OutOfRange { name, value, low, high });
            }
        }
        if te_ms >= tr_ms {
            return Err(SeriesError::EchoAfterRepetition { te_ms, tr_ms });
        }
        self.check_shortest()?;
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

    /// Refuses times that are too short for readout and pulses.
    fn check_shortest(&self) -> Result<(), SeriesError> {
        let readout_ms = 1e3 / self.bandwidth_hz_per_px;
        let (name, value_ms, shortest_ms) = match self.sequence {
            Sequence::SpoiledGradientEcho { te_ms, .. } => ("te-ms", te_ms, readout_ms / 2.0 + EXCITATION_MS),
            Sequence::Bssfp { tr_ms, .. } => ("tr-ms", tr_ms, readout_ms + 2.0 * EXCITATION_MS),
            Sequence::SpinEcho { te_ms, .. } => ("te-ms", te_ms, readout_ms + REFOCUSING_MS),
            Sequence::TurboSpinEcho { echo_spacing_ms, .. } | Sequence::InversionRecovery { echo_spacing_ms, .. } => {
                ("echo-spacing-ms", echo_spacing_ms, readout_ms + REFOCUSING_MS)
            }
        };
        if value_ms < shortest_ms {
            return Err(SeriesError::TooShort { name, value_ms, shortest_ms, readout_ms });
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
        // Half an echo spacing of tolerance: consoles round the effective echo time.
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
        PhaseEncoding::Row => group.matrix[1],
        PhaseEncoding::Column => group.matrix[0],
    }
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
    fn a_sagittal_t2_takes_minutes_and_snr_grows_with_the_square_root_of_averages() {
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
        let dense = SeriesProtocol { concatenations: Some(1), ..series.clone() };
        let many = SliceGroup { slices: 40, ..group.clone() };
        let message = dense.check(&many).expect_err("too many slices for one pass").to_string();
        assert!(message.contains("40 slices") && message.contains("3 are needed"), "{message}");
        let slow = SeriesProtocol { bandwidth_hz_per_px: 100.0, ..series.clone() };
        let message = slow.check(&group).expect_err("the readout outlasts the echo spacing").to_string();
        assert!(message.contains("echo-spacing-ms is 10.5") && message.contains("13.00 ms"), "{message}");
        let hot = SeriesProtocol { sequence: Sequence::SpinEcho { tr_ms: 20.0, te_ms: 15.0 }, ..series.clone() };
        assert!(hot.check_exposure(&group, 7.0).is_err());
        let long = SeriesProtocol { sequence: Sequence::SpinEcho { tr_ms: 50.0, te_ms: 90.0 }, ..series.clone() };
        assert!(long.check(&group).expect_err("TE > TR").to_string().contains("te-ms 90 does not fit into tr-ms 50"));
        let nan = SeriesProtocol { bandwidth_hz_per_px: f64::NAN, ..series.clone() };
        assert!(nan.check(&group).expect_err("NaN").to_string().contains("bandwidth-hz-per-px is NaN"));
        let none = SeriesProtocol { averages: 0, ..series.clone() };
        assert!(none.check(&group).is_err());
        let huge = SliceGroup { matrix: [100_000, 384], ..group.clone() };
        assert!(series.check(&huge).expect_err("huge").to_string().contains("100000 rows"));
        let vast = SliceGroup { matrix: [1024, 1024], slices: 200, ..group };
        assert!(series.check(&vast).expect_err("vast").to_string().contains("209715200 voxels"));
    }
}
