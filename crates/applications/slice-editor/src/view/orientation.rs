//! The letters at a view's edges.

use geometry::{Direction, Vector};

use super::ViewPlane;

/// Which side of the patient lies at the left, right, top and bottom edge: R and L, A and P, H and F, each by the
/// patient axis that the edge's direction follows most.
pub fn orientation_letters(view: &ViewPlane) -> [char; 4] {
    [-view.right, view.right, -view.down, view.down].map(|direction| letter(&direction))
}

fn letter(direction: &Direction) -> char {
    // LPS: +x to the patient's left, +y to the back (posterior), +z to the head.
    const ENDS: [[char; 2]; 3] = [['R', 'L'], ['A', 'P'], ['F', 'H']];
    let axis = Vector::iamax(direction);
    ENDS[axis][usize::from(direction[axis] > 0.0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::Point;
    use nalgebra::Rotation3;

    fn letters(right: Vector, down: Vector) -> String {
        let view = ViewPlane {
            centre: Point::origin(),
            right: Direction::new_normalize(right),
            down: Direction::new_normalize(down),
            extent_mm: [300.0; 2],
        };
        orientation_letters(&view).iter().collect()
    }

    #[test]
    fn the_letters_are_those_of_radiology() {
        let (x, y, z) = (Vector::x(), Vector::y(), Vector::z());
        assert_eq!(letters(y, -z), "APHF", "sagittal localizer");
        assert_eq!(letters(x, -z), "RLHF", "coronal localizer");
        assert_eq!(letters(x, y), "RLAP", "axial localizer, seen from the feet");
        assert_eq!(letters(-y, -z), "PAHF", "sagittal seen from the other side");
        assert_eq!(letters(-x, -z), "LRHF", "coronal seen from behind");
        assert_eq!(letters(-x, y), "LRAP", "axial seen from the head");
        assert_eq!(letters(x, -y), "RLPA", "axial of a prone patient, turned over");
        assert_eq!(letters(y, z), "APFH", "sagittal upside down");
    }

    #[test]
    fn an_oblique_view_is_named_by_its_nearest_axis() {
        let tipped = Rotation3::new(Vector::x() * 0.6);
        assert_eq!(letters(Vector::x(), tipped * Vector::y()), "RLAP");
        let tipped = Rotation3::new(Vector::x() * 1.0);
        assert_eq!(letters(Vector::x(), tipped * Vector::y()), "RLFH");
    }
}
