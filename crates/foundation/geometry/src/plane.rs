//! Oriented planes: disc planes, endplates, slice planes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Direction, Point, Pose, Vector};

/// A plane through `centre` with unit `normal`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plane {
    /// The point of reference: for a disc its centre, LPS mm.
    #[schemars(with = "[f64; 3]")]
    pub centre: Point,
    /// Unit normal; for discs and endplates it points to the head.
    #[schemars(with = "[f64; 3]")]
    pub normal: Direction,
}

impl Plane {
    /// A plane from a point and any normal that is not null.
    pub fn new(centre: Point, normal: Vector) -> Self {
        Self { centre, normal: Direction::new_normalize(normal) }
    }

    /// Signed distance of a point, mm; positive on the side the normal points to.
    pub fn distance_mm(&self, point: &Point) -> f64 {
        self.normal.dot(&(point - self.centre))
    }

    /// Angle between two planes, degrees in 0…90, whichever way their normals point.
    pub fn angle_deg(&self, other: &Self) -> f64 {
        angle_between_lines_deg(&self.normal, &other.normal)
    }

    /// The plane moved by a rigid transform.
    pub fn moved(&self, pose: &Pose) -> Self {
        Self { centre: pose * self.centre, normal: pose.rotation * self.normal }
    }
}

/// Angle between two lines, degrees in 0…90; exact for small angles too.
pub fn angle_between_lines_deg(a: &Vector, b: &Vector) -> f64 {
    a.cross(b).norm().atan2(a.dot(b).abs()).to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_angles_are_exact() {
        let a = Plane::new(Point::origin(), Vector::z());
        for deg in [0.0f64, 0.001, 1.0, 45.0, 90.0] {
            let r = deg.to_radians();
            let b = Plane::new(Point::origin(), -Vector::new(0.0, r.sin(), r.cos()));
            assert!((a.angle_deg(&b) - deg).abs() < 1e-9, "{deg}");
        }
    }
}
