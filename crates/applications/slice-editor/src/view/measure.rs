//! Distances, angles and areas between points of the patient: they stay right when the view is zoomed or panned.

use geometry::{Point, Vector};

/// Distance between two points, mm.
pub fn distance_mm(from: &Point, to: &Point) -> f64 {
    (to - from).norm()
}

/// Angle at `vertex` between the lines to two points, degrees in 0…180; 0 if a point is the vertex.
pub fn angle_deg(first: &Point, vertex: &Point, second: &Point) -> f64 {
    let (a, b) = (first - vertex, second - vertex);
    a.cross(&b).norm().atan2(a.dot(&b)).to_degrees()
}

/// Area of a plane polygon without crossings, mm² (Newell's method); 0 for fewer than three corners.
pub fn polygon_area_mm2(corners: &[Point]) -> f64 {
    let Some(first) = corners.first() else { return 0.0 };
    let twice: Vector = corners.windows(2).map(|edge| (edge[0] - first).cross(&(edge[1] - first))).sum();
    twice.norm() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Rotation3, Translation3, UnitQuaternion};
    use proptest::prelude::*;

    #[test]
    fn a_triangle_of_3_4_5() {
        let (a, b, c) = (Point::new(3.0, 0.0, 7.0), Point::new(0.0, 0.0, 7.0), Point::new(0.0, 4.0, 7.0));
        assert_eq!(distance_mm(&a, &c), 5.0);
        assert_eq!(angle_deg(&a, &b, &c), 90.0);
        assert_eq!(polygon_area_mm2(&[a, b, c]), 6.0);
        assert_eq!(angle_deg(&a, &a, &c), 0.0);
        assert_eq!(polygon_area_mm2(&[a, b]), 0.0);
    }

    proptest! {
        #[test]
        fn measures_do_not_depend_on_how_the_patient_lies(roll in -3.0f64..3.0, pitch in -3.0f64..3.0, x in -100.0f64..100.0) {
            let pose = geometry::Pose::from_parts(
                Translation3::new(x, 20.0, -30.0),
                UnitQuaternion::from_rotation_matrix(&Rotation3::from_euler_angles(roll, pitch, 0.3)),
            );
            // An L-shaped, concave polygon of 3 × 2 − 2 × 1 = 4 cm².
            let shape = [[0.0, 0.0], [30.0, 0.0], [30.0, 10.0], [10.0, 10.0], [10.0, 20.0], [0.0, 20.0]];
            let moved: Vec<Point> = shape.iter().map(|p| pose * Point::new(p[0], p[1], 0.0)).collect();
            prop_assert!((polygon_area_mm2(&moved) - 400.0).abs() < 1e-6);
            prop_assert!((angle_deg(&moved[1], &moved[0], &moved[3]) - 45.0).abs() < 1e-6);
        }
    }
}
