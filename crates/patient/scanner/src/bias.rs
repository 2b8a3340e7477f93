//! The residual slow shading of every image: transmit field and imperfect normalization.

use geometry::Point;
use randomness::{Stream, normal};

/// Distance from the isocentre at which the shading has its SD, mm.
const REACH_MM: f64 = 200.0;
/// Relative SD of the shading at that distance; project choice by visual comparison.
const SHADING_SD: f64 = 0.06;

/// A second-degree polynomial about 1.
pub(crate) struct Bias {
    slope: [f32; 3],
    curvature: [f32; 3],
}

impl Bias {
    /// One acquisition's shading; dielectric effects make it stronger at higher field.
    pub fn draw(field_t: f64, stream: &Stream) -> Self {
        let mut rng = stream.rng();
        let sd = SHADING_SD * (field_t / 1.5).sqrt();
        let mut draw = || std::array::from_fn(|_| normal(&mut rng, 0.0, sd) as f32);
        Self { slope: draw(), curvature: draw() }
    }

    /// Factor at a point.
    pub fn at(&self, point: &Point) -> f32 {
        let along: [f32; 3] = std::array::from_fn(|axis| (point[axis] / REACH_MM).clamp(-2.0, 2.0) as f32);
        let terms = (0..3).map(|axis| along[axis] * (self.slope[axis] + self.curvature[axis] * along[axis]));
        (1.0 + terms.sum::<f32>()).max(0.2)
    }
}
