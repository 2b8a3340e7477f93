//! A group or band where it crosses a view, with its handles.

use geometry::Point;
use serde::{Deserialize, Serialize};

use crate::view::ViewPlane;
use crate::view::polygon::{clipped_polygon, contains, rectangle};

/// Handles keep this part of the view's width and height from its edges, so that they can be grabbed.
const MARGIN: f64 = 0.03;

/// The part of a group or band that a view shows; places in mm of the view.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// The whole slab, from the first slice's outer face to the last one's; convex.
    pub slab: Vec<[f64; 2]>,
    /// The line of the middle plane, as far as the field of view goes; `None` where the view is parallel to it or
    /// misses it.
    pub middle: Option<[[f64; 2]; 2]>,
    /// The slices that cross the view; none for a band.
    pub slices: Vec<SliceOutline>,
    /// What can be grabbed, and where. All of them lie in the view.
    pub handles: Vec<(Handle, [f64; 2])>,
}

/// One slice of a group where it crosses a view.
#[derive(Clone, Debug, PartialEq)]
pub struct SliceOutline {
    /// Which slice, from 0.
    pub slice: usize,
    /// The slice's own slab, without gaps; convex.
    pub slab: Vec<[f64; 2]>,
    /// Its middle plane's line; `None` where the view is parallel to it or misses it.
    pub middle: Option<[[f64; 2]; 2]>,
}

/// A handle: what a drag changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handle {
    /// Moves it within the view.
    Centre,
    /// An end of the middle line: turns it about the view's normal.
    Rotate(Side),
    /// An edge across the rows' direction: makes rows longer or shorter, to both sides.
    FovRow(Side),
    /// An edge across the columns' direction: makes columns longer or shorter, to both sides.
    FovColumn(Side),
    /// An outer face of the stack: adds and removes slices, to both sides.
    Slices(Side),
    /// A face of the middle slice, or of a saturation band: makes it thicker or thinner, to both sides.
    Thickness(Side),
}

/// Which of two opposite places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Towards the beginning of the row, column, stack or line.
    First,
    /// Towards its end.
    Last,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::First, Self::Last];

    /// −1 or 1.
    pub(super) fn sign(self) -> f64 {
        match self {
            Self::First => -1.0,
            Self::Last => 1.0,
        }
    }
}

impl Outline {
    /// Where a handle is; `None` if the view does not show it.
    pub fn place(&self, handle: Handle) -> Option<[f64; 2]> {
        self.handles.iter().find(|(other, _)| *other == handle).map(|(_, place)| *place)
    }

    /// True if a place lies in the slab: a click there selects it.
    pub fn contains(&self, at_mm: [f64; 2]) -> bool {
        contains(&self.slab, at_mm)
    }
}

/// The handle nearest to a place and no farther than `tolerance_mm`; of two at the same place the first.
pub fn hit(outline: &Outline, at_mm: [f64; 2], tolerance_mm: f64) -> Option<Handle> {
    let far = |place: &[f64; 2]| (place[0] - at_mm[0]).hypot(place[1] - at_mm[1]);
    let near = outline.handles.iter().filter(|(_, place)| far(place) <= tolerance_mm);
    near.min_by(|(_, a), (_, b)| far(a).total_cmp(&far(b))).map(|(handle, _)| *handle)
}

/// The part of the view in which handles are put.
pub(super) fn reach_mm(view: &ViewPlane) -> [f64; 2] {
    view.extent_mm.map(|mm| mm * (1.0 - 2.0 * MARGIN))
}

/// Where a slab is moved: at its centre, or in the middle of what is seen of the slab if its centre is not there.
pub(super) fn centre_place(view: &ViewPlane, slab: &[[f64; 2]], centre: &Point) -> Option<[f64; 2]> {
    let place = view.to_view(centre);
    if view.holds(place) && contains(slab, place) {
        return Some(place);
    }
    let seen = clipped_polygon(slab, &rectangle(reach_mm(view)));
    (seen.len() >= 3).then(|| [0, 1].map(|axis| seen.iter().map(|at| at[axis]).sum::<f64>() / seen.len() as f64))
}

/// A place on a line, from 0 at its first end to 1 at its last.
pub(super) fn along([from, to]: [[f64; 2]; 2], share: f64) -> [f64; 2] {
    [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share)
}
