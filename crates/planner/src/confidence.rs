//! How sure a level is, from how it was measured.

use crate::disc_plane::MeasuredDisc;

/// Probability that a disc is where and how it was measured: a logistic of how sure the network was of
/// its voxels and of how well its borders make two planes.
///
/// The coefficients were set on the validation population of the training, where every level with an error
/// over 5° or 3 mm counts as wrong; see the model card.
pub fn confidence(disc: &MeasuredDisc) -> f64 {
    let logit = 3.0 + 25.0 * (disc.probability - 0.88)
        - 2.5 * (disc.residual_mm - 0.7).max(0.0)
        - 0.4 * (5.0 - disc.height_mm).max(0.0)
        - 0.15 * (26.0 - disc.depth_mm).max(0.0)
        - 0.15 * (32.0 - disc.width_mm).max(0.0);
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{Plane, Point, Vector};
    use proptest::prelude::*;

    fn disc(probability: f64, residual_mm: f64) -> MeasuredDisc {
        MeasuredDisc {
            plane: Plane::new(Point::origin(), Vector::z()),
            depth_mm: 35.0,
            width_mm: 48.0,
            height_mm: 9.0,
            residual_mm,
            probability,
            on_sacrum: 0.0,
            under_sacrum: 0.0,
        }
    }

    proptest! {
        #[test]
        fn a_surer_network_and_flatter_borders_never_lower_it(p in 0.5f64..0.99, more in 0.0f64..0.01, mm in 0.1f64..3.0, less in 0.0f64..0.1) {
            let here = confidence(&disc(p, mm));
            prop_assert!((0.0..=1.0).contains(&here));
            prop_assert!(confidence(&disc(p + more, mm - less)) >= here);
        }
    }
}
