//! What becomes of a slice group when one of its handles is dragged.

use geometry::{SliceGroup, Vector};

use super::outline::{Handle, Side};
use crate::prescription::limits::{FOV_MM, SLICES, THICKNESS_MM, nearest};
use crate::prescription::turn::turned_group;
use crate::view::ViewPlane;

/// The group after `handle` was taken from one place of the view to another; sizes stop at the console's limits.
///
/// Turning takes the angle between the two places as they are seen from the group's centre, so that the line points
/// where the handle was taken. Edges and faces follow the pointer, and the opposite ones go the other way.
#[must_use]
pub fn drag(group: &SliceGroup, view: &ViewPlane, handle: Handle, from_mm: [f64; 2], to_mm: [f64; 2]) -> SliceGroup {
    let displacement: Vector = view.point(to_mm) - view.point(from_mm);
    let mut dragged = group.clone();
    match handle {
        Handle::Centre => dragged.centre += displacement,
        Handle::Rotate(_) => {
            let angle = angle_rad(view.to_view(&group.centre), from_mm, to_mm);
            dragged = turned_group(group, &view.normal(), angle);
        }
        Handle::FovRow(side) => {
            dragged.fov_mm[1] = nearest(group.fov_mm[1] + 2.0 * side.sign() * displacement.dot(&group.row), &FOV_MM);
        }
        Handle::FovColumn(side) => {
            dragged.fov_mm[0] = nearest(group.fov_mm[0] + 2.0 * side.sign() * displacement.dot(&group.column), &FOV_MM);
        }
        Handle::Slices(side) => {
            let slab_mm = group.slab_mm() + 2.0 * side.sign() * displacement.dot(&group.normal());
            let further = ((slab_mm - group.thickness_mm) / group.slice_step_mm()).round();
            let (fewest, most) = (*SLICES.start() as f64, *SLICES.end() as f64);
            dragged.slices = (further + 1.0).clamp(fewest, most) as usize;
        }
        Handle::Thickness(side) => dragged.thickness_mm = thickness_mm(group, side, displacement.dot(&group.normal())),
    }
    dragged
}

/// The middle slice's face follows; of an even number of slices there are two in the middle, and half a gap between.
fn thickness_mm(group: &SliceGroup, side: Side, displacement_mm: f64) -> f64 {
    let faces = if group.slices.is_multiple_of(2) { 1.0 } else { 2.0 };
    let thickest = nearest(group.thickness_mm + faces * side.sign() * displacement_mm, &THICKNESS_MM);
    // Slices that overlap must keep a step.
    thickest.max((*THICKNESS_MM.start()).max(*THICKNESS_MM.start() - group.gap_mm))
}

/// Angle from one place to another, seen from `about_mm`, radians; from right to down is positive, as the view's
/// normal has it.
pub(super) fn angle_rad(about_mm: [f64; 2], from_mm: [f64; 2], to_mm: [f64; 2]) -> f64 {
    let [a, b] = [from_mm, to_mm].map(|at| [at[0] - about_mm[0], at[1] - about_mm[1]]);
    (a[0] * b[1] - a[1] * b[0]).atan2(a[0] * b[0] + a[1] * b[1])
}

#[cfg(test)]
mod tests {
    use super::super::group::group_outline;
    use super::super::outline::hit;
    use super::*;
    use crate::prescription::example_groups::{axial, sagittal_view, single_slice};
    use geometry::{Point, Pose};
    use nalgebra::{Rotation3, Translation3, UnitQuaternion};
    use proptest::prelude::*;

    fn view(roll: f64, pitch: f64) -> ViewPlane {
        let turn = Rotation3::from_euler_angles(roll, pitch, 0.0);
        let view = sagittal_view();
        ViewPlane { right: turn * view.right, down: turn * view.down, ..view }
    }

    fn group(roll: f64, pitch: f64, yaw: f64, slices: usize) -> SliceGroup {
        let turn = UnitQuaternion::from_euler_angles(roll, pitch, yaw);
        SliceGroup { slices, ..axial().moved(&Pose::from_parts(Translation3::new(4.0, -3.0, 6.0), turn)) }
    }

    /// The direction of the group's line in the view, degrees in 0…180.
    fn line_deg(view: &ViewPlane, group: &SliceGroup) -> f64 {
        let [x, y] = view.seen(&group.normal());
        (-x).atan2(y).to_degrees().rem_euclid(180.0)
    }

    #[test]
    fn handles_of_an_axial_group_in_a_sagittal_view_lie_where_a_technologist_looks() {
        let outline = group_outline(&sagittal_view(), &axial()).expect("it crosses");
        assert_eq!(outline.slices.len(), 5);
        let near = |handle, x: f64, y: f64| {
            let place = outline.place(handle).unwrap_or_else(|| panic!("{handle:?} is missing"));
            assert!((place[0] - x).abs() + (place[1] - y).abs() < 1e-9, "{handle:?} at {place:?}, expected {x} {y}");
        };
        // The line runs from y = −80 (front, left) to 100 at z = −20, 20 mm below the middle; the slab is 21.6 mm.
        near(Handle::Centre, 10.0, 20.0);
        near(Handle::Rotate(Side::First), -80.0, 20.0);
        near(Handle::Rotate(Side::Last), 100.0, 20.0);
        near(Handle::FovColumn(Side::First), -80.0, 9.2);
        near(Handle::FovColumn(Side::Last), 100.0, 9.2);
        near(Handle::Slices(Side::Last), 10.0, 9.2);
        near(Handle::Slices(Side::First), 10.0, 30.8);
        near(Handle::Thickness(Side::Last), 55.0, 18.0);
        assert_eq!(outline.place(Handle::FovRow(Side::First)), None, "rows run through the picture");
        assert!(outline.contains([90.0, 30.0]) && !outline.contains([90.0, 31.0]));
    }

    #[test]
    fn a_group_seen_from_its_face_has_four_edges_and_can_be_turned() {
        let face =
            ViewPlane { right: Vector::x_axis(), down: Vector::y_axis(), centre: axial().centre, ..sagittal_view() };
        let outline = group_outline(&face, &axial()).expect("it lies in the slab");
        assert_eq!((outline.slab.len(), outline.middle), (4, None));
        let place = |handle| outline.place(handle).unwrap_or_else(|| panic!("{handle:?} is missing"));
        assert_eq!(place(Handle::FovRow(Side::Last)), [90.0, 0.0]);
        assert_eq!(place(Handle::FovColumn(Side::First)), [0.0, -90.0]);
        let corner = place(Handle::Rotate(Side::First));
        let turned = drag(&axial(), &face, Handle::Rotate(Side::First), corner, [-corner[1], corner[0]]);
        assert!((turned.row.into_inner() - Vector::y()).norm() < 1e-9, "right goes down: {}", turned.row.into_inner());
        let above = ViewPlane { centre: face.centre + Vector::z() * 11.0, ..face };
        assert_eq!(group_outline(&above, &axial()), None);
    }

    #[test]
    fn edges_and_faces_follow_the_pointer() {
        let view = sagittal_view();
        let wider = drag(&axial(), &view, Handle::FovColumn(Side::First), [-80.0, 9.2], [-95.0, 30.0]);
        assert_eq!(wider, SliceGroup { fov_mm: [210.0, 180.0], ..axial() });
        let most = drag(&axial(), &view, Handle::FovColumn(Side::Last), [100.0, 9.2], [900.0, 9.2]);
        assert_eq!(most.fov_mm, [500.0, 180.0]);
        // 4.4 mm further up, and as much further down: two slices more.
        let more = drag(&axial(), &view, Handle::Slices(Side::Last), [10.0, 9.2], [10.0, 4.9]);
        assert_eq!(more.slices, 7);
        assert_eq!(drag(&axial(), &view, Handle::Slices(Side::First), [10.0, 30.8], [10.0, -90.0]).slices, 1);
        let thick = drag(&axial(), &view, Handle::Thickness(Side::Last), [55.0, 18.0], [55.0, 17.0]);
        assert!((thick.thickness_mm - 6.0).abs() < 1e-9);
        let overlapping = SliceGroup { gap_mm: -2.0, ..axial() };
        let thin = drag(&overlapping, &view, Handle::Thickness(Side::Last), [0.0, 0.0], [0.0, 50.0]);
        assert!(thin.check().is_ok(), "{thin:?}");
    }

    #[test]
    fn handles_of_a_single_slice_do_not_overlap_at_any_zoom() {
        for view in [sagittal_view(), sagittal_view().zoomed(4.0, [0.0, 20.0])] {
            let outline = group_outline(&view, &single_slice()).expect("it crosses");
            for (handle, place) in &outline.handles {
                assert!(view.holds(*place), "{handle:?}");
                let apart = |other: &[f64; 2]| (other[0] - place[0]).hypot(other[1] - place[1]);
                assert!(outline.handles.iter().all(|(other, at)| other == handle || apart(at) > 1.9), "{handle:?}");
            }
            assert!(outline.place(Handle::Rotate(Side::First)).is_some());
        }
    }

    proptest! {
        #[test]
        fn a_handle_is_hit_where_it_is_drawn(roll in -0.7f64..0.7, pitch in -0.7f64..0.7, yaw in -0.5f64..0.5, slices in 1usize..20, tip in -0.5f64..0.5) {
            let (view, group) = (view(tip, 0.3), group(roll, pitch, yaw, slices));
            if let Some(outline) = group_outline(&view, &group) {
                prop_assert!(outline.place(Handle::Centre).is_some());
                for (handle, place) in &outline.handles {
                    let found = hit(&outline, *place, 1.0).expect("there is one");
                    prop_assert!(found == *handle || outline.place(found) == Some(*place));
                    // Handles lie on what they move.
                    let d = view.point(*place) - group.centre;
                    let off = match handle {
                        Handle::FovRow(side) => d.dot(&group.row) - side.sign() * group.fov_mm[1] / 2.0,
                        Handle::FovColumn(side) => d.dot(&group.column) - side.sign() * group.fov_mm[0] / 2.0,
                        Handle::Slices(side) => d.dot(&group.normal()) - side.sign() * group.slab_mm() / 2.0,
                        _ => 0.0,
                    };
                    prop_assert!(off.abs() < 1e-6, "{handle:?} is {off} mm off");
                }
                prop_assert_eq!(hit(&outline, [1e4, 1e4], 5.0), None);
            }
        }

        #[test]
        fn a_drag_of_no_length_changes_nothing(roll in -0.7f64..0.7, pitch in -0.7f64..0.7, slices in 1usize..20, x in -100.0f64..100.0, y in -100.0f64..100.0) {
            let (view, group) = (view(0.2, pitch), group(roll, 0.1, 0.2, slices));
            let sides = Side::BOTH.into_iter();
            let handles = sides.flat_map(|s| [Handle::Rotate(s), Handle::FovRow(s), Handle::FovColumn(s), Handle::Slices(s), Handle::Thickness(s)]);
            for handle in handles.chain([Handle::Centre]) {
                prop_assert_eq!(&drag(&group, &view, handle, [x, y], [x, y]), &group, "{:?}", handle);
            }
        }

        #[test]
        fn the_line_points_where_its_end_is_taken(roll in -0.7f64..0.7, pitch in -0.4f64..0.4, yaw in -0.5f64..0.5, tip in -0.5f64..0.5, angle in -3.1f64..3.1, reach in 5.0f64..200.0) {
            let (view, group) = (view(tip, 0.1), group(roll, pitch, yaw, 5));
            let centre = view.to_view(&group.centre);
            let outline = group_outline(&view, &group).expect("it crosses");
            let from = outline.place(Handle::Rotate(Side::Last)).expect("its line crosses");
            let start = (from[1] - centre[1]).atan2(from[0] - centre[0]);
            let to = [centre[0] + reach * (start + angle).cos(), centre[1] + reach * (start + angle).sin()];
            let turned = drag(&group, &view, Handle::Rotate(Side::Last), from, to);

            let turn = line_deg(&view, &turned) - line_deg(&view, &group) - angle.to_degrees();
            prop_assert!((turn / 180.0 - (turn / 180.0).round()).abs() * 180.0 < 1e-9, "{turn} degrees");
            prop_assert_eq!(turned.centre, group.centre);
            // What was under the handle now lies on the way from the centre to the pointer.
            let local = view.point(from) - group.centre;
            let carried = turned.row.into_inner() * local.dot(&group.row)
                + turned.column.into_inner() * local.dot(&group.column)
                + turned.normal().into_inner() * local.dot(&group.normal());
            let place = view.to_view(&(turned.centre + carried));
            let off = angle_rad(centre, place, to);
            prop_assert!(off.abs() < 1e-9, "{off} rad");
        }

        #[test]
        fn the_centre_goes_with_the_pointer(x in -50.0f64..50.0, y in -50.0f64..50.0, tip in -1.0f64..1.0) {
            let view = view(tip, 0.4);
            let moved = drag(&axial(), &view, Handle::Centre, [3.0, 4.0], [3.0 + x, 4.0 + y]);
            let (before, after): ([f64; 2], [f64; 2]) = (view.to_view(&axial().centre), view.to_view(&moved.centre));
            prop_assert!((after[0] - before[0] - x).abs() + (after[1] - before[1] - y).abs() < 1e-9);
            let depth = |point: &Point| view.distance_mm(point);
            prop_assert!((depth(&moved.centre) - depth(&axial().centre)).abs() < 1e-9, "within the view");
        }
    }
}
