//! The rectangle of the patient that a view shows.

use geometry::{Direction, Grid, Plane, Point, SliceGroup, Vector};
use serde::{Deserialize, Serialize};

/// A rectangle in the patient: what one view shows. Zooming and panning move and resize the rectangle.
///
/// Places in a view are mm from its centre: to the right on the screen, then downwards.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ViewPlane {
    /// Middle of the rectangle, LPS mm.
    pub centre: Point,
    /// To the right on the screen.
    pub right: Direction,
    /// Downwards on the screen; perpendicular to `right`.
    pub down: Direction,
    /// Width and height, mm.
    pub extent_mm: [f64; 2],
}

impl ViewPlane {
    /// Slice `k` of a grid, to the outer edges of its pixels.
    pub fn of_slice(grid: &Grid, k: usize) -> Self {
        let middle = |axis: usize| (grid.shape[axis] as f64 - 1.0) / 2.0;
        let [width, height, _] = grid.extent_mm();
        Self {
            centre: grid.point([middle(0), middle(1), k as f64]),
            right: Direction::new_normalize(grid.axes.column(0).into_owned()),
            down: Direction::new_normalize(grid.axes.column(1).into_owned()),
            extent_mm: [width, height],
        }
    }

    /// Slice `k` of a group.
    pub fn of_group(group: &SliceGroup, k: usize) -> Self {
        Self {
            centre: group.slice_plane(k).centre,
            right: group.row,
            down: group.column,
            extent_mm: [group.fov_mm[1], group.fov_mm[0]],
        }
    }

    /// Into the screen: right × down.
    pub fn normal(&self) -> Direction {
        Direction::new_normalize(self.right.cross(&self.down))
    }

    /// The plane that the rectangle lies in.
    pub fn plane(&self) -> Plane {
        Plane { centre: self.centre, normal: self.normal() }
    }

    /// Where a point of the patient is seen, along the view's normal.
    pub fn to_view(&self, point: &Point) -> [f64; 2] {
        self.seen(&(point - self.centre))
    }

    /// A displacement in the patient as the view shows it, mm.
    pub fn seen(&self, displacement: &Vector) -> [f64; 2] {
        [displacement.dot(&self.right), displacement.dot(&self.down)]
    }

    /// Distance of a point from the view's plane, mm; positive behind the screen.
    pub fn distance_mm(&self, point: &Point) -> f64 {
        self.plane().distance_mm(point)
    }

    /// The point of the patient at a place of the view.
    pub fn point(&self, at_mm: [f64; 2]) -> Point {
        self.centre + self.right.into_inner() * at_mm[0] + self.down.into_inner() * at_mm[1]
    }

    /// True if a place lies in the rectangle.
    pub fn holds(&self, at_mm: [f64; 2]) -> bool {
        (0..2).all(|axis| at_mm[axis].abs() <= self.extent_mm[axis] / 2.0)
    }

    /// The place of a (fractional) pixel of a picture of the view; (0, 0) is the picture's upper left corner.
    pub fn at_pixel(&self, pixel: [f64; 2], size_px: [usize; 2]) -> [f64; 2] {
        std::array::from_fn(|axis| (pixel[axis] / size_px[axis] as f64 - 0.5) * self.extent_mm[axis])
    }

    /// The view moved over the patient within its plane, mm to the right and downwards.
    #[must_use]
    pub fn panned(&self, by_mm: [f64; 2]) -> Self {
        Self { centre: self.point(by_mm), ..*self }
    }

    /// The view `factor` times as close; what is seen at `about_mm` stays where it is on the screen.
    #[must_use]
    pub fn zoomed(&self, factor: f64, about_mm: [f64; 2]) -> Self {
        let share = 1.0 - 1.0 / factor;
        let zoomed = self.panned(about_mm.map(|mm| mm * share));
        Self { extent_mm: self.extent_mm.map(|mm| mm / factor), ..zoomed }
    }

    /// The view made wider or higher, so that its pixels are square in a picture `width_to_height` times as wide as
    /// high; nothing that was seen is lost.
    #[must_use]
    pub fn fitted(&self, width_to_height: f64) -> Self {
        let [width, height] = self.extent_mm;
        let extent_mm = [width.max(height * width_to_height), height.max(width / width_to_height)];
        Self { extent_mm, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Rotation3;
    use proptest::prelude::*;

    fn oblique(angle: f64) -> ViewPlane {
        let turn = Rotation3::from_euler_angles(angle, 0.3, -0.2);
        ViewPlane {
            centre: Point::new(4.0, -7.0, 30.0),
            right: turn * Vector::y_axis(),
            down: turn * -Vector::z_axis(),
            extent_mm: [300.0, 240.0],
        }
    }

    proptest! {
        #[test]
        fn a_place_is_found_again(angle in -3.0f64..3.0, x in -200.0f64..200.0, y in -200.0f64..200.0) {
            let view = oblique(angle);
            let point = view.point([x, y]);
            let back = view.to_view(&point);
            prop_assert!((back[0] - x).abs() + (back[1] - y).abs() < 1e-9 && view.distance_mm(&point).abs() < 1e-9);
        }

        #[test]
        fn zooming_keeps_the_place_under_the_pointer(factor in 0.2f64..8.0, x in -100.0f64..100.0, y in -100.0f64..100.0) {
            let view = oblique(0.4);
            let zoomed = view.zoomed(factor, [x, y]);
            let share = |view: &ViewPlane, at: [f64; 2]| [at[0] / view.extent_mm[0], at[1] / view.extent_mm[1]];
            let (before, after) = (share(&view, [x, y]), share(&zoomed, zoomed.to_view(&view.point([x, y]))));
            prop_assert!((before[0] - after[0]).abs() + (before[1] - after[1]).abs() < 1e-9);
            prop_assert!((zoomed.extent_mm[0] * factor - 300.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_groups_slice_and_its_grids_are_the_same_rectangle() {
        let group = crate::prescription::example_groups::axial();
        for k in 0..group.slices {
            let (from_group, from_grid) = (ViewPlane::of_group(&group, k), ViewPlane::of_slice(&group.grid(), k));
            assert!((from_group.centre - from_grid.centre).norm() < 1e-9);
            assert!((from_group.extent_mm[0] - from_grid.extent_mm[0]).abs() < 1e-9);
            assert!((from_group.extent_mm[1] - from_grid.extent_mm[1]).abs() < 1e-9);
            assert!((from_group.down.into_inner() - from_grid.down.into_inner()).norm() < 1e-9);
        }
    }

    #[test]
    fn fitting_only_adds() {
        assert_eq!(oblique(0.0).fitted(2.0).extent_mm, [480.0, 240.0]);
        assert_eq!(oblique(0.0).fitted(1.0).extent_mm, [300.0, 300.0]);
    }
}
