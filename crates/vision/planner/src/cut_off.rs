//! Discs that reach beyond the outermost slice, where a part of a disc has its middle elsewhere, or lie at the border of
//! the images or of the scanner's field.

use geometry::{Grid, LabelledDisc, Point, Vector};

use crate::disc_plane::MeasuredDisc;
use crate::flags::{Flag, FlagCode};

/// An edge this near to the middle of the outermost slice is taken for the images' own, slices.
const AT_THE_EDGE: f64 = 0.3;
/// The canal is whole if its middle lies this far inside the images, mm (half its width and a slice).
const CANAL_INSIDE_MM: f64 = 15.0;
/// Width of a disc as a multiple of its depth (Panjabi 1992: lower endplates 45–54 mm by 34–37 mm).
const WIDTH_OF_DEPTH: f64 = 1.43;
/// A plane fitted to less than this part of a disc is doubtful (project choice).
const ENOUGH_SEEN: f64 = 0.75;
/// Nearer to the border of the images than this, a disc may be cut off, mm.
const BORDER_MM: f64 = 8.0;
/// Further from the isocentre along the table than this, no scanner is homogeneous, mm.
const HOMOGENEOUS_MM: f64 = 225.0;

/// A disc that is cut off at its left or right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CutOff {
    /// Where the whole disc's middle is likely to be.
    pub centre: Point,
    /// True if too little is seen to rely on it.
    pub is_doubtful: bool,
}

/// Judges a disc; `None` if both its edges are in the images. `sideways` is the patient's left within the
/// disc's plane, `canal` the middle of the canal behind the disc as it was seen.
pub fn cut_off(scanned: &Grid, disc: &MeasuredDisc, canal: &Point, sideways: &Vector) -> Option<CutOff> {
    let axis = scanned.sideways();
    let last = scanned.shape[axis] as f64 - 1.0;
    let edge = |side: f64| disc.plane.centre + sideways * (side * disc.width_mm / 2.0);
    let is_cut = |side: &f64| !(AT_THE_EDGE..=last - AT_THE_EDGE).contains(&scanned.index(&edge(*side))[axis]);
    let cut = [-1.0, 1.0].into_iter().find(is_cut)?;

    let expected_mm = (WIDTH_OF_DEPTH * disc.depth_mm).max(disc.width_mm);
    let inside = CANAL_INSIDE_MM / scanned.spacing_mm[axis] - 0.5;
    let canal_is_whole = (inside..=last - inside).contains(&scanned.index(canal)[axis]);
    // The canal lies in the middle; where it is cut off too, the other edge of the disc is all there is.
    let centre = if canal_is_whole {
        disc.plane.centre + sideways * sideways.dot(&(canal - disc.plane.centre))
    } else {
        edge(-cut) + sideways * (cut * expected_mm / 2.0)
    };
    Some(CutOff { centre, is_doubtful: !canal_is_whole || disc.width_mm < ENOUGH_SEEN * expected_mm })
}

/// A flag if a disc lies at the border of the images, `grid`, or outside the scanner's homogeneous field.
pub fn out_of_field(disc: &LabelledDisc, grid: &Grid) -> Option<Flag> {
    let label = disc.label;
    if disc.plane.centre.z.abs() > HOMOGENEOUS_MM {
        let message = format!("{label} lies more than {HOMOGENEOUS_MM} mm from the isocentre: move the table");
        return Some(Flag::warning(FlagCode::OutOfField, message).about([label]));
    }
    let back = disc.plane.normal.cross(&Vector::x());
    let edges = [-0.5, 0.5].map(|side| disc.plane.centre + back * (side * disc.depth_mm));
    let sideways = grid.sideways();
    let within = |point: &Point| {
        let index = grid.index(point);
        (0..3).all(|axis| {
            let mm = index[axis] * grid.spacing_mm[axis];
            let last = (grid.shape[axis] as f64 - 1.0) * grid.spacing_mm[axis];
            let border = if axis == sideways { 0.0 } else { BORDER_MM };
            (border..=last - border).contains(&mm)
        })
    };
    let cut_off = !edges.iter().all(within);
    cut_off.then(|| {
        let message = format!("{label} lies at the border of the localizer: move the table and repeat it");
        Flag::warning(FlagCode::OutOfField, message).about([label])
    })
}
