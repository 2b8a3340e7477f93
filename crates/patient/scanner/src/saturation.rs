//! Saturation: the operator's saturation bands, and crossing slices of other groups.

use geometry::{Point, SatBand, SliceGroup};

use crate::{Sequence, Substance};

/// Residual signal in the middle of a band: T1 recovery between saturation and excitation.
const RESIDUAL_SIGNAL: f32 = 0.08;
/// Width of a band's edges, mm (10–90 %): the transition of a saturation pulse of a few kilohertz.
const EDGE_MM: f32 = 6.0;

/// What saturates a series in addition to its own excitations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Saturation<'a> {
    /// Saturation bands.
    pub bands: &'a [SatBand],
    /// Other groups of the same series, excited within the same repetition time.
    pub crossing: &'a [SliceGroup],
}

impl<'a> Saturation<'a> {
    /// Bands alone.
    pub const fn by(bands: &'a [SatBand]) -> Self {
        Self { bands, crossing: &[] }
    }

    /// Fraction of the signal that remains at a point after the bands, 0…1.
    pub(crate) fn remaining_after_bands(&self, point: &Point) -> f32 {
        self.bands.iter().fold(1.0, |remaining, band| {
            let inside_mm = (band.thickness_mm / 2.0 - band.plane().distance_mm(point).abs()) as f32;
            // A logistic edge rises from 10 to 90 % over 2 ln 9 = 4.4 times its scale.
            let saturated = 1.0 / (1.0 + (-4.4 * inside_mm / EDGE_MM).exp());
            remaining * (1.0 - (1.0 - RESIDUAL_SIGNAL) * saturated)
        })
    }

    /// True if a slice of another group runs through a point.
    pub(crate) fn is_crossed(&self, point: &Point) -> bool {
        self.crossing.iter().any(|group| {
            let (along, step) = (group.plane().distance_mm(point), group.slice_step_mm());
            let last = (group.slices as f64 - 1.0) / 2.0;
            let nearest = (along / step + last).round().clamp(0.0, 2.0 * last) - last;
            (along - nearest * step).abs() < group.thickness_mm / 2.0
        })
    }
}

/// Fraction of a substance's signal that remains where another group's slice, excited half a repetition time
/// earlier, crosses: (1 − e^(−TR/2T₁)) / (1 − e^(−TR/T₁)). Fluid recovers slowest, which gives the dark bands across
/// the sac where disc groups cross.
pub(crate) fn remaining_where_crossed(sequence: &Sequence, substance: &Substance) -> f32 {
    let x = (-sequence.tr_ms() / (2.0 * substance.t1_ms)).exp();
    (1.0 / (1.0 + x)) as f32
}
