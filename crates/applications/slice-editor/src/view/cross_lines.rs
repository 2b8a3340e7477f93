//! Where other slices and saturation bands cross a view.

use geometry::SatBand;

use super::ViewPlane;
use super::polygon::{HalfPlane, clipped_line, clipped_polygon, corners, rectangle};

/// Views that are closer to parallel than this have no line in common (the sine of their angle; 0.06°).
const PARALLEL: f64 = 1e-3;

/// A saturation band where it crosses a view.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BandCrossing {
    /// What of the view the band covers, mm in the view.
    pub slab: Vec<[f64; 2]>,
    /// The band's middle, mm in the view; `None` if it runs outside the view or parallel to it.
    pub middle: Option<[[f64; 2]; 2]>,
}

/// The reference line of another view: where its rectangle crosses this one's. Both ends in the view, mm; `None` if they
/// do not meet or are parallel.
pub fn crossing(view: &ViewPlane, other: &ViewPlane) -> Option<[[f64; 2]; 2]> {
    let (start, along) = line_in_view(view, other)?;
    let mut kept = rectangle(view.extent_mm).to_vec();
    kept.extend(sides_of(view, other));
    clipped_line(start, along, &kept)
}

/// What of a view a saturation band covers; `None` if nothing.
pub(crate) fn intersection_of_band(view: &ViewPlane, band: &SatBand) -> Option<BandCrossing> {
    let slab = clipped_polygon(&corners(view.extent_mm), &faces_of(view, band));
    if slab.len() < 3 {
        return None;
    }
    let seen = view.seen(&band.normal);
    let middle = line_of(seen, band.plane().distance_mm(&view.centre))
        .and_then(|(start, along)| clipped_line(start, along, &rectangle(view.extent_mm)));
    Some(BandCrossing { slab, middle })
}

/// The line in which the other's plane meets the view's: a place and a direction of length 1.
fn line_in_view(view: &ViewPlane, other: &ViewPlane) -> Option<([f64; 2], [f64; 2])> {
    let plane = other.plane();
    line_of(view.seen(&plane.normal), plane.distance_mm(&view.centre))
}

/// The places where `seen · place + distance = 0`, as a place and a direction of length 1.
pub(crate) fn line_of(seen: [f64; 2], distance_mm: f64) -> Option<([f64; 2], [f64; 2])> {
    let length = seen[0].hypot(seen[1]);
    (length > PARALLEL).then(|| {
        let unit = seen.map(|part| part / length);
        (unit.map(|part| -part * distance_mm / length), [-unit[1], unit[0]])
    })
}

/// What lies between the edges of the other's rectangle, its own plane left aside.
fn sides_of(view: &ViewPlane, other: &ViewPlane) -> [HalfPlane; 4] {
    let between = |axis: geometry::Direction, extent_mm: f64| {
        let (seen, offset) = (view.seen(&axis), axis.dot(&(view.centre - other.centre)));
        slab(seen, offset, extent_mm)
    };
    let [[a, b], [c, d]] = [between(other.right, other.extent_mm[0]), between(other.down, other.extent_mm[1])];
    [a, b, c, d]
}

/// What lies between a band's faces.
pub(crate) fn faces_of(view: &ViewPlane, band: &SatBand) -> [HalfPlane; 2] {
    slab(view.seen(&band.normal), band.plane().distance_mm(&view.centre), band.thickness_mm)
}

/// Where `|seen · place + offset| ≤ extent / 2`.
pub(crate) fn slab(seen: [f64; 2], offset_mm: f64, extent_mm: f64) -> [HalfPlane; 2] {
    [
        HalfPlane { direction: seen, limit: extent_mm / 2.0 - offset_mm },
        HalfPlane { direction: seen.map(|part| -part), limit: extent_mm / 2.0 + offset_mm },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prescription::example_groups::{axial, sagittal_view};
    use geometry::{Direction, Point, Pose, Vector};
    use nalgebra::{Translation3, UnitQuaternion};
    use proptest::prelude::*;

    #[test]
    fn an_axial_group_crosses_a_sagittal_view_in_horizontal_lines() {
        let group = axial();
        for k in 0..5 {
            let line = crossing(&sagittal_view(), &ViewPlane::of_group(&group, k)).expect("it crosses");
            // Slices advance to the head, which is up: 4.4 mm apart about z = −20.
            let height = 20.0 - (k as f64 - 2.0) * 4.4;
            let [from, to] = line;
            assert!((from[1] - height).abs() < 1e-9 && (to[1] - height).abs() < 1e-9, "{line:?}");
            // 180 mm of field about y = 10.
            let ends = [from[0].min(to[0]), from[0].max(to[0])];
            assert!((ends[0] + 80.0).abs() < 1e-9 && (ends[1] - 100.0).abs() < 1e-9, "{line:?}");
        }
    }

    #[test]
    fn lines_end_at_the_view_and_parallel_slices_have_none() {
        let near = sagittal_view().zoomed(4.0, [0.0, 20.0]);
        let line = crossing(&near, &ViewPlane::of_group(&axial(), 2)).expect("it crosses");
        assert!(line.iter().all(|end| (end[0].abs() - 37.5).abs() < 1e-9), "{line:?}");
        assert_eq!(crossing(&near, &near.panned([5.0, 0.0])), None);
        let beside = sagittal_view();
        let beside = ViewPlane { centre: beside.centre + Vector::x() * 95.0, ..beside };
        assert_eq!(
            crossing(&beside, &ViewPlane::of_group(&axial(), 2)),
            None,
            "the field ends 90 mm beside the middle"
        );
    }

    #[test]
    fn a_band_covers_a_strip() {
        let mut band = SatBand {
            name: "anterior".into(),
            centre: Point::new(0.0, -60.0, 0.0),
            normal: -Vector::y_axis(),
            thickness_mm: 40.0,
        };
        let seen = intersection_of_band(&sagittal_view(), &band).expect("it crosses");
        assert!(seen.slab.iter().all(|at| (at[0] + 80.0).abs() < 1e-9 || (at[0] + 40.0).abs() < 1e-9), "{seen:?}");
        let middle = seen.middle.expect("and its middle is seen");
        assert!((middle[0][0] + 60.0).abs() < 1e-9 && ((middle[0][1] - middle[1][1]).abs() - 300.0).abs() < 1e-9);
        band.centre.y = -175.0;
        assert_eq!(intersection_of_band(&sagittal_view(), &band), None);
        band.normal = Vector::x_axis();
        let all = intersection_of_band(&sagittal_view(), &band).expect("the view lies in the band");
        assert_eq!((all.slab.len(), all.middle), (4, None));
    }

    proptest! {
        #[test]
        fn lines_lie_in_both_planes(roll in -1.0f64..1.0, pitch in -1.0f64..1.0, yaw in -1.0f64..1.0, x in -60.0f64..60.0) {
            let pose = Pose::from_parts(Translation3::new(x, 5.0, 8.0), UnitQuaternion::from_euler_angles(roll, pitch, yaw));
            let (view, group) = (sagittal_view(), axial().moved(&pose));
            for slice in 0..group.slices {
                for end in crossing(&view, &ViewPlane::of_group(&group, slice)).into_iter().flatten() {
                    let point = view.point(end);
                    prop_assert!(group.slice_plane(slice).distance_mm(&point).abs() < 1e-6);
                    prop_assert!(end[0].abs() <= 150.0 + 1e-6 && end[1].abs() <= 150.0 + 1e-6);
                    let beside = point - group.centre;
                    prop_assert!(beside.dot(&group.row).abs() <= 90.0 + 1e-6 && beside.dot(&group.column).abs() <= 90.0 + 1e-6);
                }
            }
        }

        #[test]
        fn a_bands_strip_lies_in_the_band(tilt in -1.5f64..1.5, y in -100.0f64..100.0) {
            let band = SatBand {
                name: "band".into(),
                centre: Point::new(3.0, y, 0.0),
                normal: Direction::new_normalize(Vector::new(0.2, tilt.cos(), tilt.sin())),
                thickness_mm: 30.0,
            };
            if let Some(seen) = intersection_of_band(&sagittal_view(), &band) {
                for at in seen.slab {
                    prop_assert!(band.plane().distance_mm(&sagittal_view().point(at)).abs() <= 15.0 + 1e-6);
                }
            }
        }
    }
}
