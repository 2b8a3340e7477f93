//! The trunk: skin, subcutaneous fat, muscular wall and visceral fat.

use nalgebra::Translation3;

use crate::anatomy::Atlas;
use crate::anatomy::vertebra::spinous_axis;
use crate::column::Column;
use crate::parameters::SpineParameters;
use crate::shape::{Shape, Trunk};
use crate::solid::Part;
use crate::tissue::Tissue;

/// Muscle and fascia between the spinous tips and the subcutaneous fat, mm (choice).
const FASCIA_MM: f64 = 5.0;

/// Flattening of the supine back relative to the ellipse, mm (choice).
const FLATTENING_MM: f64 = 12.0;

/// Thickness of the muscular wall at the flanks and in front, mm (choice).
const WALL_MM: [f64; 2] = [15.0, 9.0];

/// Widening of the trunk 200 mm below and above the waist (choice).
const WIDENING: [f32; 2] = [0.10, 0.06];

/// Thickness of the skin, mm (choice).
const SKIN_MM: f64 = 1.8;

/// Position of the trunk and its cavity in the anatomical frame, mm along y.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrunkPlace {
    /// Skin of the abdomen.
    pub front_mm: f64,
    /// Skin of the back.
    pub back_mm: f64,
    /// Middle of the cavity.
    pub cavity_centre_mm: f64,
    /// Semi-extents of the cavity along x and y, mm.
    pub cavity_mm: [f64; 2],
}

impl TrunkPlace {
    /// The patient lies on the most posterior spinous process or on the sacrum, with fat in between.
    pub fn new(parameters: &SpineParameters, column: &Column) -> Self {
        let t = &parameters.trunk;
        let tips = column.vertebrae.iter().map(|v| spinous_axis(v).1.y);
        let crest = column
            .sacrum
            .iter()
            .take(4)
            .map(|s| s.point(0.0, s.superior_mm[1] + parameters.sacrum.canal_depth_mm, 0.0).y);
        let hindmost = tips.chain(crest).fold(f64::MIN, f64::max);
        let back_mm = hindmost + FASCIA_MM + 4.0 + 0.7 * t.back_fat_mm;
        // Whatever the draw, the trunk contains the spine and some depth in front of it.
        let front_mm = (back_mm - t.depth_mm).min(-75.0 - t.belly_fat_mm);
        let [front, back] = [front_mm + t.belly_fat_mm + WALL_MM[1], back_mm - 0.7 * t.back_fat_mm];
        let half_width = (t.width_mm / 2.0 - 0.6 * t.belly_fat_mm - WALL_MM[0]).max(85.0);
        Self {
            front_mm,
            back_mm,
            cavity_centre_mm: (front + back) / 2.0,
            cavity_mm: [half_width, (back - front) / 2.0],
        }
    }

    /// Middle of the trunk, mm along y.
    pub fn centre_mm(&self) -> f64 {
        (self.front_mm + self.back_mm) / 2.0
    }
}

/// A part with the outline of a trunk from front to back, flattened behind; `solid` chooses its inside or outside.
fn outline(half_width: f64, front_mm: f64, back_mm: f64, solid: fn(Trunk) -> Shape) -> Part {
    let centre_mm = (front_mm + back_mm + FLATTENING_MM) / 2.0;
    let semi_y = (back_mm + FLATTENING_MM - front_mm) / 2.0;
    let shape =
        Trunk { semi: [half_width as f32, semi_y as f32], back: (back_mm - centre_mm) as f32, widening: WIDENING };
    Part::at(Translation3::new(0.0, centre_mm, 0.0).into(), solid(shape))
}

/// Adds air, skin and subcutaneous fat: they come first, so that nothing protrudes through the skin.
pub(super) fn add_coat(atlas: &mut Atlas<'_>) {
    let t = atlas.parameters.trunk;
    let TrunkPlace { front_mm, back_mm, .. } = atlas.trunk;
    let half_width = (t.width_mm / 2.0).max(atlas.trunk.cavity_mm[0] + WALL_MM[0] + 3.0);
    let skin = outline(half_width, front_mm, back_mm, Shape::Around);
    let fat = outline(half_width - SKIN_MM, front_mm + SKIN_MM, back_mm - SKIN_MM, Shape::Around);
    let inner = outline(
        atlas.trunk.cavity_mm[0] + WALL_MM[0],
        front_mm + t.belly_fat_mm,
        back_mm - 0.7 * t.back_fat_mm,
        Shape::Around,
    );
    atlas.add_background(Tissue::Air, vec![skin]);
    atlas.add_background(Tissue::Skin, vec![fat]);
    atlas.add_background(Tissue::SubcutaneousFat, vec![inner]);
}

/// Adds visceral fat and muscular wall: they come last and fill the rest.
pub(super) fn add_cavity(atlas: &mut Atlas<'_>) {
    let place = atlas.trunk;
    let [half_width, half_depth] = place.cavity_mm;
    let [front, back] = [place.cavity_centre_mm - half_depth, place.cavity_centre_mm + half_depth];
    let cavity = outline(half_width, front, back - 1.5, Shape::Trunk);
    let everything = outline(2.0 * half_width, 2.0 * place.front_mm, place.back_mm + 50.0, Shape::Trunk);
    atlas.add_background(Tissue::VisceralFat, vec![cavity]);
    atlas.add_background(Tissue::Muscle, vec![everything]);
}
