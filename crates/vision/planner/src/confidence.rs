//! How sure a level is, from how it was measured.

use crate::disc_plane::MeasuredDisc;

/// Probability that a disc is where and how it was measured: a logistic of how well its borders make two planes.
///
/// Intercept and slope of the residual were fitted to 600 discs, as the network of stage sixteen sees them, of five
/// populations by a seed that no scenario has (7500312: training-wide, degenerative, operated, restless, worn machine),
/// where an angle over 5° or a centre over 5 mm counts as wrong: `crates/applications/runner/examples/measured_discs.rs` writes the
/// table, `tests/peers/confidence_fit.py` fits. An earlier fit gave the network's own probability no weight, so only a
/// strikingly low one counts; that and the terms for odd sizes are choices.
pub fn confidence(disc: &MeasuredDisc) -> f64 {
    let logit = 4.5
        - 18.0 * (disc.residual_mm - 0.5).max(0.0)
        - 10.0 * (0.85 - disc.probability).max(0.0)
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
