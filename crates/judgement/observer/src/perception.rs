//! How a technologist sees a disc: four edges marked in two views.

use geometry::{Direction, LabelledDisc, Plane, Vector};
use rand::Rng;
use randomness::normal;

use crate::axes::Axes;
use crate::technologist::{Perception, Technologist};

/// The contrast-to-noise ratio at which `contrast-sd-mm` is stated.
const REFERENCE_CONTRAST: f64 = 10.0;
/// Below this contrast-to-noise ratio nothing gets worse: edges are then guessed from their neighbours.
const LEAST_CONTRAST: f64 = 1.0;

/// SD of marking one edge, mm. An edge in noise can be located to within a distance in inverse proportion
/// to its contrast-to-noise ratio; the eye and hand add their own part.
pub(crate) fn edge_sd_mm(perception: &Perception, contrast_to_noise: f64) -> f64 {
    // `max` takes the number where the other side is NaN.
    let contrast = contrast_to_noise.max(LEAST_CONTRAST);
    perception.edge_sd_mm.hypot(perception.contrast_sd_mm * REFERENCE_CONTRAST / contrast)
}

/// A disc plane as it is seen: anterior and posterior edge in the sagittal view give centre and tilt
/// there, left and right edge in the coronal view the same, and habits lean on both.
/// `noise_mm` is the SD of marking one edge.
pub(crate) fn perceived_plane(
    disc: &LabelledDisc,
    left: &Direction,
    technologist: &Technologist,
    noise_mm: f64,
    rng: &mut impl Rng,
) -> Plane {
    let axes = Axes::of(&disc.plane, left);
    let [anterior, posterior, leftmost, rightmost] = std::array::from_fn(|_| normal(rng, 0.0, noise_mm));
    // A degenerate extent would turn noise into any angle.
    let (depth_mm, width_mm) = (disc.depth_mm.max(5.0), disc.width_mm.max(5.0));
    let forwards_deg = ((posterior - anterior) / depth_mm).atan().to_degrees();
    let leftwards_deg = ((rightmost - leftmost) / width_mm).atan().to_degrees();
    let bias = &technologist.bias;
    let normal_seen = axes.tipped(forwards_deg + bias.sagittal_tilt_deg, leftwards_deg + bias.coronal_tilt_deg);

    let along = (anterior + posterior + leftmost + rightmost) / 4.0 + bias.head_foot_mm;
    let half = std::f64::consts::FRAC_1_SQRT_2 * noise_mm; // the middle of two marked edges
    let across = axes.left * normal(rng, 0.0, half) + axes.posterior * normal(rng, 0.0, half);
    Plane { centre: disc.plane.centre + axes.head * along + across, normal: normal_seen }
}

/// A displacement with the same SD in every direction, mm.
pub(crate) fn jitter_mm(rng: &mut impl Rng, sd_mm: f64) -> Vector {
    Vector::from_fn(|_, _| normal(rng, 0.0, sd_mm))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::Panel;

    #[test]
    fn poor_contrast_blurs_the_edges() {
        let perception = Panel::default_panel().technologists[0].perception;
        let at = |contrast| edge_sd_mm(&perception, contrast);
        assert!((at(10.0) - 0.8_f64.hypot(0.6)).abs() < 1e-12);
        assert!(at(3.0) > 2.0 * at(10.0) * 0.9 && at(1e9) < 0.81);
        assert!(at(f64::NAN) == at(0.0) && at(-5.0) == at(1.0) && at(0.0).is_finite());
    }
}
