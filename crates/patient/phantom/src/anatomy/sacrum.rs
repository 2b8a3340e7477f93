//! The sacrum: five fused segments, alae, roof and crest; the canal and the foramina carved out.

use geometry::{Structure, Vector, Vertebra};

use crate::anatomy::{Atlas, SIDES};
use crate::column::PlacedSegment;
use crate::material::Variation;
use crate::shape::{Body, Shape};
use crate::solid::{Part, Solid, local};
use crate::tissue::Tissue;

/// Adds the sacrum, the remnants of its discs first. Proportions are choices by visual comparison with real images.
pub(super) fn add(atlas: &mut Atlas<'_>) {
    let instance = Vertebra::S1.instance_label();
    let segments = &atlas.column.sacrum;
    let size = atlas.parameters.sacrum;

    let remnant = atlas.palette.add(Tissue::InnerAnnulus, Structure::Sacrum, instance, Variation::NONE);
    let proportions = atlas.parameters.proportions;
    let remnants = |endplate_mm: f64| -> Vec<Part> {
        let parts = segments.iter().zip([1.0, 0.5]);
        parts
            .map(|(segment, factor)| {
                remnant_of(segment, factor * size.remnant_mm + 2.0 * endplate_mm, proportions.remnant_extent)
            })
            .collect()
    };
    atlas.solids.push(Solid::plain(remnant, remnants(0.0)));
    if proportions.remnant_endplate_mm > 0.0 {
        let endplate = atlas.cortex(Structure::Sacrum, instance);
        atlas.solids.push(Solid::plain(endplate, remnants(proportions.remnant_endplate_mm)));
    }

    let core = atlas.marrow(Structure::Sacrum, instance, 50);
    let cortex = atlas.cortex(Structure::Sacrum, instance);
    let mut parts = Vec::new();
    let mut carved = atlas.sac.sacral_canal.clone();
    for (number, segment) in segments.iter().enumerate() {
        parts.push(body(segment, number));
        if number < 4 {
            parts.extend(roof(segment, atlas.sac.sacral_canal_radii_mm[number]));
        }
        if number < 3 {
            parts.extend(alae(segment, number));
            carved.extend(foramina(segment));
        }
    }
    atlas.solids.push(Solid { carved, parts, blend_mm: 3.0, core, shell: Some((1.0, cortex)) });
}

pub(super) fn body(segment: &PlacedSegment, number: usize) -> Part {
    let single = |semi: [f64; 2]| semi.map(|x| x as f32);
    // Neighbouring segments overlap, so that they fuse.
    let overlap = if number == 0 { 0.0 } else { 2.0 };
    let hollow = if number == 0 { 0.8 } else { 0.0 };
    let shape = Body {
        half_height: (segment.height_mm / 2.0 + overlap) as f32,
        inferior: single(segment.inferior_mm),
        superior: single(segment.superior_mm),
        rim_slope: 0.0,
        concavity: [0.0, hollow],
        waist: 0.04,
    };
    Part::at(segment.pose, Shape::Body(shape))
}

/// The remnant of the disc below a segment.
fn remnant_of(segment: &PlacedSegment, thickness_mm: f64, extent: f64) -> Part {
    let [x, y] = segment.inferior_mm.map(|semi| semi * extent);
    let centre = [0.0, 0.0, -segment.height_mm / 2.0];
    Part::ellipsoid(&segment.pose, centre, [0.7 * x, 0.8 * y, (thickness_mm / 2.0).max(0.3)])
}

fn alae(segment: &PlacedSegment, number: usize) -> Vec<Part> {
    let [x, y] = segment.superior_mm;
    let (centre, semi) = match number {
        0 => ([1.25 * x, 0.15 * y, -4.0], [1.10 * x, 0.85 * y, 0.55 * segment.height_mm]),
        1 => ([1.35 * x, 0.20 * y, 0.0], [1.25 * x, 0.95 * y, 0.65 * segment.height_mm]),
        _ => ([1.15 * x, 0.25 * y, 0.0], [1.05 * x, 0.95 * y, 0.65 * segment.height_mm]),
    };
    SIDES.map(|side| Part::ellipsoid(&segment.pose, [side * centre[0], centre[1], centre[2]], semi)).to_vec()
}

/// Laminae, their bridges to the body, and the median crest.
fn roof(segment: &PlacedSegment, canal_radii_mm: [f64; 2]) -> Vec<Part> {
    let [half_width, half_depth] = canal_radii_mm;
    let wall = (segment.superior_mm[1] + segment.inferior_mm[1]) / 2.0;
    let (h, behind) = (segment.height_mm, wall + 2.0 * half_depth);
    let left = segment.pose.rotation * Vector::x();
    let mut parts: Vec<Part> = SIDES
        .map(|side| {
            let bridge = [side * (half_width + 3.0), wall + half_depth - 1.0, 0.0];
            Part::ellipsoid(&segment.pose, bridge, [5.0, half_depth + 4.0, 0.5 * h])
        })
        .to_vec();
    let lamina = [half_width + 2.0, 3.2];
    parts.push(Part::elliptic_cone(
        segment.point(0.0, behind + 2.6, 0.40 * h),
        segment.point(0.0, behind + 2.6, -0.45 * h),
        left,
        lamina,
        lamina,
    ));
    let crest = segment.pose * nalgebra::Translation3::new(0.0, behind + 6.0, -0.05 * h);
    parts.push(Part::at(crest, Shape::Ellipsoid { semi: local(2.6, 5.5, 0.36 * h) }));
    parts
}

/// The foramina between this segment and the next.
fn foramina(segment: &PlacedSegment) -> Vec<Part> {
    let x = 0.75 * segment.inferior_mm[0] + 6.0;
    let z = -segment.height_mm / 2.0;
    SIDES
        .map(|side| {
            let front = segment.point(side * (x + 4.0), -25.0, z - 2.0);
            let back = segment.point(side * (x - 2.0), 30.0, z);
            Part::round_cone(front, back, 4.0, 3.0)
        })
        .to_vec()
}
