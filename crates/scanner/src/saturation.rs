//! Saturation bands: what is left of the signal within and beside them.

use geometry::{Point, SatBand};

/// Signal that is left in the middle of a band: T1 recovery between saturation and excitation.
const LEFT_OVER: f32 = 0.08;
/// Width of a band's edges, mm (10–90 %): the transition of a saturation pulse of a few kilohertz.
const EDGE_MM: f32 = 6.0;

/// Part of the signal that the bands leave at a place, 0…1.
pub(crate) fn left_by(bands: &[SatBand], point: &Point) -> f32 {
    bands.iter().fold(1.0, |left, band| {
        let inside_mm = (band.thickness_mm / 2.0 - band.plane().distance_mm(point).abs()) as f32;
        // A logistic edge goes from 10 to 90 % over 2 ln 9 = 4.4 of its widths.
        let saturated = 1.0 / (1.0 + (-4.4 * inside_mm / EDGE_MM).exp());
        left * (1.0 - (1.0 - LEFT_OVER) * saturated)
    })
}
