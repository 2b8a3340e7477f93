//! A saturation band: a slab whose signal is suppressed before each excitation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Direction, Plane, Point, Pose};

/// A slab of suppressed signal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SatBand {
    /// The name on the console, "anterior".
    pub name: String,
    /// Middle of the slab, LPS mm.
    #[schemars(with = "[f64; 3]")]
    pub centre: Point,
    /// Unit normal of the slab.
    #[schemars(with = "[f64; 3]")]
    pub normal: Direction,
    /// Thickness, mm.
    pub thickness_mm: f64,
}

impl SatBand {
    /// The middle plane.
    pub fn plane(&self) -> Plane {
        Plane { centre: self.centre, normal: self.normal }
    }

    /// True if a point lies within the slab.
    pub fn contains(&self, point: &Point) -> bool {
        self.plane().distance_mm(point).abs() <= self.thickness_mm / 2.0
    }

    /// The band moved by a rigid transform.
    pub fn moved(&self, pose: &Pose) -> Self {
        Self { centre: pose * self.centre, normal: pose.rotation * self.normal, ..self.clone() }
    }
}
