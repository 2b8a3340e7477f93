//! The directions of the views in which a disc is marked.

use geometry::{Direction, Plane, Vector};

/// The directions of the views in which a disc is marked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axes {
    /// To the patient's left, within the disc plane.
    pub left: Vector,
    /// To the back, within the disc plane.
    pub posterior: Vector,
    /// Along the disc's normal, to the head.
    pub head: Vector,
}

impl Axes {
    /// The axes of a disc in a spine whose left is `left`.
    pub(crate) fn of(disc: &Plane, left: &Direction) -> Self {
        let head = disc.normal.into_inner();
        // A disc that stands across the mid-sagittal plane is no disc; any axis will then do.
        let posterior = head.cross(left).try_normalize(1e-9).unwrap_or_else(|| {
            let other = if head.x.abs() < 0.9 { Vector::x() } else { Vector::y() };
            head.cross(&other).normalize()
        });
        Self { left: posterior.cross(&head), posterior, head }
    }

    /// The plane's normal tipped forwards and to the left by small angles, degrees.
    pub(crate) fn tipped(&self, forwards_deg: f64, leftwards_deg: f64) -> Direction {
        let (forwards, leftwards) = (forwards_deg.to_radians().tan(), leftwards_deg.to_radians().tan());
        Direction::new_normalize(self.head - self.posterior * forwards + self.left * leftwards)
    }
}
