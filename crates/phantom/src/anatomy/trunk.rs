//! The trunk: skin, subcutaneous fat, the muscular wall and the fat within.

use nalgebra::Translation3;

use crate::anatomy::Atlas;
use crate::anatomy::vertebra::spinous_axis;
use crate::column::Column;
use crate::parameters::SpineParameters;
use crate::shape::{Shape, Trunk};
use crate::solid::{Part, Solid};
use crate::tissue::Tissue;

/// Muscle and fascia between the spinous tips and the subcutaneous fat, mm (choice).
const FASCIA_MM: f64 = 5.0;

/// How much flatter the lying back is than the ellipse, mm (choice).
const FLATTENING_MM: f64 = 12.0;

/// Thickness of the muscular wall at the flanks and in front, mm (choice).
const WALL_MM: [f64; 2] = [15.0, 9.0];

/// Widening of the trunk 200 mm below and above the waist (choice).
const WIDENING: [f32; 2] = [0.10, 0.06];

/// Where the trunk and its cavity lie in the anatomical frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrunkPlace {
    /// Middle of the trunk, mm along y.
    pub centre_mm: f64,
    /// Skin of the back, mm along y.
    pub back_mm: f64,
    /// Middle of the cavity, mm along y.
    pub cavity_centre_mm: f64,
    /// Semi-extents of the cavity along x and y, mm.
    pub cavity_mm: [f64; 2],
}

impl TrunkPlace {
    /// The back lies on the table: the trunk is placed behind the spinous processes.
    pub fn new(parameters: &SpineParameters, column: &Column) -> Self {
        let t = &parameters.trunk;
        let lumbar = column.vertebrae.iter().filter(|v| v.is_lumbar());
        let hindmost = lumbar.map(|v| spinous_axis(v).1.y).fold(f64::MIN, f64::max);
        let back_mm = hindmost + FASCIA_MM + 4.0 + t.back_fat_mm;
        // Whatever the draw, the trunk holds the spine and something in front of it.
        let depth_mm = t.depth_mm.max(back_mm + 60.0 + t.belly_fat_mm);
        let cavity_depth_mm = depth_mm - t.back_fat_mm - t.belly_fat_mm - WALL_MM[1] - FLATTENING_MM;
        let cavity_back_mm = back_mm - t.back_fat_mm;
        Self {
            centre_mm: back_mm + FLATTENING_MM - depth_mm / 2.0,
            back_mm,
            cavity_centre_mm: cavity_back_mm - cavity_depth_mm / 2.0,
            cavity_mm: [
                (t.width_mm / 2.0 - 0.6 * t.belly_fat_mm - WALL_MM[0]).max(85.0),
                cavity_depth_mm / 2.0,
            ],
        }
    }
}

/// Adds the layers from within.
pub(super) fn add(atlas: &mut Atlas<'_>) {
    let place = atlas.trunk;
    let t = atlas.parameters.trunk;
    let layer = |centre_mm: f64, semi: [f64; 2], back_mm: f64| {
        let shape = Trunk {
            semi: semi.map(|x| x as f32),
            back: (back_mm - centre_mm) as f32,
            widening: WIDENING,
        };
        Part::at(Translation3::new(0.0, centre_mm, 0.0).into(), Shape::Trunk(shape))
    };
    let fascia_mm = place.back_mm - t.back_fat_mm;
    let [half_width, half_depth] = place.cavity_mm;
    let cavity = layer(place.cavity_centre_mm, [half_width, half_depth + 0.5 * FLATTENING_MM], fascia_mm - 1.5);
    let wall = layer(
        place.cavity_centre_mm - 0.5 * WALL_MM[1],
        [half_width + WALL_MM[0], half_depth + 0.5 * FLATTENING_MM + 0.5 * WALL_MM[1]],
        fascia_mm,
    );
    let half_trunk_depth = place.back_mm + FLATTENING_MM - place.centre_mm;
    let outline = layer(place.centre_mm, [t.width_mm / 2.0, half_trunk_depth], place.back_mm);

    atlas.add_background(Tissue::VisceralFat, vec![cavity]);
    atlas.add_background(Tissue::Muscle, vec![wall]);
    let fat = atlas.palette.background(Tissue::SubcutaneousFat);
    let skin = atlas.palette.background(Tissue::Skin);
    atlas.solids.push(Solid::plain(fat, vec![outline]).with_shell(1.8, skin));
}
