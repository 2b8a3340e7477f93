//! A slice group where it crosses a view.

use geometry::{Direction, SliceGroup};

use super::outline::{Handle, Outline, Side, SliceOutline, along, centre_place, reach_mm};
use crate::view::ViewPlane;
use crate::view::cross_lines::{line_of, slab};
use crate::view::polygon::{HalfPlane, clipped_line, clipped_polygon, corners, rectangle};

/// Wider than any group and view together, mm.
const EVERYWHERE_MM: f64 = 4000.0;
/// Handles for turning and for the field of view lie at least this far apart, mm: thin slabs can be grabbed too.
const APART_MM: f64 = 8.0;

/// A group where it crosses a view; `None` if it does not.
pub fn group_outline(view: &ViewPlane, group: &SliceGroup) -> Option<Outline> {
    let seen = Seen { view, group };
    let slab = seen.slab(0.0, group.slab_mm());
    if slab.len() < 3 {
        return None;
    }
    let middle = seen.line(0.0, &[]);
    let slices = (0..group.slices).filter_map(|slice| {
        let offset_mm = (slice as f64 - (group.slices as f64 - 1.0) / 2.0) * group.slice_step_mm();
        let slab = seen.slab(offset_mm, group.thickness_mm);
        (slab.len() >= 3).then(|| SliceOutline { slice, slab, middle: seen.line(offset_mm, &[]) })
    });
    let slices = slices.collect();
    let handles = seen.handles(&slab);
    Some(Outline { slab, middle, slices, handles })
}

/// Distance of the outer face of the middle slice (of the upper one of two) from the group's centre, mm.
pub(super) fn middle_face_mm(group: &SliceGroup) -> f64 {
    let offset_mm = if group.slices.is_multiple_of(2) { group.slice_step_mm() / 2.0 } else { 0.0 };
    offset_mm + group.thickness_mm / 2.0
}

struct Seen<'a> {
    view: &'a ViewPlane,
    group: &'a SliceGroup,
}

impl Seen<'_> {
    /// What lies between two faces of the group's box, `extent_mm` apart.
    fn between(&self, axis: &Direction, offset_mm: f64, extent_mm: f64) -> [HalfPlane; 2] {
        let distance_mm = axis.dot(&(self.view.centre - self.group.centre)) - offset_mm;
        slab(self.view.seen(axis), distance_mm, extent_mm)
    }

    fn within_row(&self) -> [HalfPlane; 2] {
        self.between(&self.group.row, 0.0, self.group.fov_mm[1])
    }

    fn within_column(&self) -> [HalfPlane; 2] {
        self.between(&self.group.column, 0.0, self.group.fov_mm[0])
    }

    /// Where the field of view, `thickness_mm` thick, crosses the view.
    fn slab(&self, offset_mm: f64, thickness_mm: f64) -> Vec<[f64; 2]> {
        let normal = self.between(&self.group.normal(), offset_mm, thickness_mm);
        let kept = [self.within_row(), self.within_column(), normal].concat();
        clipped_polygon(&corners([EVERYWHERE_MM; 2]), &kept)
    }

    /// Where the field of view, `offset_mm` from the centre along the normal, crosses the view; from left to right.
    fn line(&self, offset_mm: f64, further: &[HalfPlane]) -> Option<[[f64; 2]; 2]> {
        let kept = [&self.within_row()[..], &self.within_column(), further].concat();
        self.face(&self.group.normal(), offset_mm, &kept)
    }

    /// A plane across `axis`, `offset_mm` from the centre, where it crosses the view.
    fn face(&self, axis: &Direction, offset_mm: f64, kept: &[HalfPlane]) -> Option<[[f64; 2]; 2]> {
        let distance_mm = axis.dot(&(self.view.centre - self.group.centre)) - offset_mm;
        let (start, along) = line_of(self.view.seen(axis), distance_mm)?;
        let [from, to] = clipped_line(start, along, kept)?;
        Some(if (from[0], from[1]) <= (to[0], to[1]) { [from, to] } else { [to, from] })
    }

    fn handles(&self, slab: &[[f64; 2]]) -> Vec<(Handle, [f64; 2])> {
        let (group, visible) = (self.group, rectangle(reach_mm(self.view)));
        let mut handles = Vec::new();
        handles.extend(centre_place(self.view, slab, &group.centre).map(|place| (Handle::Centre, place)));

        let ends = self.line(0.0, &visible).or_else(|| self.opposite_corners(slab, &visible));
        for (side, place) in Side::BOTH.into_iter().zip(ends.into_iter().flatten()) {
            handles.push((Handle::Rotate(side), place));
        }

        let half_slab_mm = group.slab_mm() / 2.0;
        let stack = self.between(&group.normal(), 0.0, group.slab_mm());
        for side in Side::BOTH {
            let row = [&self.within_column()[..], &stack, &visible].concat();
            let row = self.face(&group.row, side.sign() * group.fov_mm[1] / 2.0, &row);
            let column = [&self.within_row()[..], &stack, &visible].concat();
            let column = self.face(&group.column, side.sign() * group.fov_mm[0] / 2.0, &column);
            for (handle, edge) in [(Handle::FovRow(side), row), (Handle::FovColumn(side), column)] {
                handles.extend(edge.map(|edge| (handle, self.clear_of(edge, ends))));
            }
            let face = self.line(side.sign() * half_slab_mm, &visible);
            handles.extend(face.map(|face| (Handle::Slices(side), along(face, 0.5))));
        }
        let face = self.line(middle_face_mm(group), &visible);
        handles.extend(face.map(|face| (Handle::Thickness(Side::Last), along(face, 0.75))));
        handles.retain(|(_, place)| self.view.holds(*place));
        handles
    }

    /// Where a group that is seen from its face is grabbed to be turned.
    fn opposite_corners(&self, slab: &[[f64; 2]], visible: &[HalfPlane]) -> Option<[[f64; 2]; 2]> {
        let seen = clipped_polygon(slab, visible);
        (seen.len() >= 3).then(|| [seen[0], seen[seen.len() / 2]])
    }

    /// The middle of an edge; or its end on the last slice's side, where the middle is that of a handle for turning.
    fn clear_of(&self, edge: [[f64; 2]; 2], ends: Option<[[f64; 2]; 2]>) -> [f64; 2] {
        let middle = along(edge, 0.5);
        let apart = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        let length = apart(edge[0], edge[1]);
        if !ends.into_iter().flatten().any(|end| apart(end, middle) < APART_MM.max(length / 4.0)) {
            return middle;
        }
        let depth = |at: [f64; 2]| self.group.normal().dot(&(self.view.point(at) - self.group.centre));
        let share = 0.5 + APART_MM.max(length / 2.0) / length.max(1e-6);
        along(edge, if depth(edge[1]) >= depth(edge[0]) { share } else { 1.0 - share })
    }
}
