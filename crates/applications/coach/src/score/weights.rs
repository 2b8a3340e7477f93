//! What 100 points are made of. Marks judge first what was scanned, then how it was planned, then conduct; all weights are
//! choices. A subject that an order does not ask for drops out, and the others fill the 100.

/// Images that exist, show what was ordered and are not spoiled: the sagittal series a third, the axial ones two thirds.
pub(super) const IMAGES: f64 = 38.0;
/// Part of [`IMAGES`] that the sagittal series earn where axial ones are ordered, too.
pub(super) const SAGITTAL_PART: f64 = 1.0 / 3.0;
/// The right disc under each name.
pub(super) const LEVEL: f64 = 8.0;
/// Disc, canal and foramina within the slices.
pub(super) const COVERAGE: f64 = 8.0;
/// Angle of the planes.
pub(super) const ANGLE: f64 = 15.0;
/// The middle slice on the disc, the sagittal stack on the midline.
pub(super) const CENTRE: f64 = 5.0;
/// Turn and lateral position in the plane.
pub(super) const IN_PLANE: f64 = 6.0;
/// The saturation band.
pub(super) const SATURATION: f64 = 2.0;
/// Screening and identity.
pub(super) const SAFETY: f64 = 8.0;
/// Position, landmark, coil, cushion.
pub(super) const POSITIONING: f64 = 6.0;
/// Time for planning.
pub(super) const TIME: f64 = 2.0;
/// Nothing scanned twice without need.
pub(super) const REPEATS: f64 = 2.0;

/// Full marks up to the first limit, none from the second on.
pub(super) fn part(value: f64, [best, worst]: [f64; 2]) -> f64 {
    // A value that is not finite was not measured: it is as bad as any.
    if value.is_finite() { 1.0 - ((value - best) / (worst - best)).clamp(0.0, 1.0) } else { 0.0 }
}
