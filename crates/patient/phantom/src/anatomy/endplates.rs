//! Endplates: Modic changes, Schmorl's nodes, fresh fractures.

use geometry::Structure;
use nalgebra::Translation3;

use crate::anatomy::Atlas;
use crate::column::PlacedVertebra;
use crate::findings::Endplate;
use crate::material::Variation;
use crate::shape::{Body, Shape};
use crate::solid::{Part, Solid};
use crate::tissue::Tissue;

/// Water, fat and density of the marrow in the three Modic types relative to healthy marrow (choices, from the
/// contrast that defines them: I dark on T1 and bright on T2, II bright on both, III dark on both).
const MODIC: [Variation; 3] = [
    Variation { t1: 1.4, t2: 2.1, proton_density: 1.05, fat_fraction: Some(0.08) },
    Variation { t1: 1.0, t2: 1.2, proton_density: 1.05, fat_fraction: Some(0.85) },
    Variation { t1: 1.0, t2: 0.4, proton_density: 0.45, fat_fraction: Some(0.05) },
];

/// Adds endplate findings, before the vertebrae themselves.
pub(super) fn add(atlas: &mut Atlas<'_>) {
    let column = atlas.column;
    let findings = &atlas.parameters.findings;
    for node in &findings.schmorl_nodes {
        let Some(v) = column.named(node.vertebra) else { continue };
        let up = node.endplate.sign();
        let disc = match node.endplate {
            Endplate::Inferior => column.discs.iter().find(|d| d.instance_label == 100 + v.instance_label),
            Endplate::Superior => {
                column.discs.iter().find(|d| d.instance_label == 99 + v.instance_label).or_else(|| {
                    let above = column.vertebrae.iter().position(|other| other.label == v.label)?.checked_sub(1)?;
                    Some(&column.discs[above])
                })
            }
        };
        let Some(disc) = disc else { continue };
        let core = atlas.palette.add(Tissue::InnerAnnulus, Structure::Disc, disc.instance_label, Variation::NONE);
        let rim = atlas.cortex(Structure::Vertebra, v.instance_label);
        let hollow = if up > 0.0 { v.size.superior_concavity_mm } else { v.size.inferior_concavity_mm };
        let z = up * (v.size.height_mm / 2.0 - hollow);
        let ball = |more: f64| {
            Part::ellipsoid(
                &v.pose,
                [0.0, 1.0, z],
                [node.radius_mm + more, node.radius_mm + more, node.depth_mm + more],
            )
        };
        atlas.solids.push(Solid::plain(core, vec![ball(0.0)]));
        // A sclerotic rim, limited to the body: outside it the disc must have priority.
        let within = body_slab(v, up, 0.4, node.depth_mm + 2.0);
        atlas.solids.push(Solid::plain(rim, vec![clipped(ball(1.0), &within)]));
    }
    for change in &findings.endplate_changes {
        let Some(v) = column.named(change.vertebra) else { continue };
        let variation = MODIC[usize::from(change.modic.clamp(1, 3)) - 1];
        let marrow = atlas.palette.add(Tissue::Marrow, Structure::Vertebra, v.instance_label, variation);
        let slab = body_slab(v, change.endplate.sign(), 1.0, change.extent_mm);
        atlas.solids.push(Solid::plain(marrow, vec![slab]));
    }
    for fracture in findings.fractures.iter().filter(|fracture| fracture.acute) {
        let Some(v) = column.named(fracture.vertebra) else { continue };
        let line = atlas.palette.add(
            Tissue::CorticalBone,
            Structure::Vertebra,
            v.instance_label,
            Variation { proton_density: 1.5, ..Variation::NONE },
        );
        let oedema = atlas.palette.add(Tissue::Marrow, Structure::Vertebra, v.instance_label, MODIC[0]);
        atlas.solids.push(Solid::plain(line, vec![body_slab(v, 1.0, 0.22 * v.size.height_mm, 1.2)]));
        atlas.solids.push(Solid::plain(oedema, vec![body_slab(v, 1.0, 1.0, 0.55 * v.size.height_mm)]));
    }
}

/// A layer of a vertebral body next to one endplate: it starts `from_mm` from it and is `thickness_mm` thick.
fn body_slab(v: &PlacedVertebra, up: f64, from_mm: f64, thickness_mm: f64) -> Part {
    let size = &v.size;
    let thickness = thickness_mm.min(size.height_mm - from_mm - 3.0).max(0.5);
    let (rim, hollow) = if up > 0.0 {
        ([size.superior_width_mm, size.superior_depth_mm], size.superior_concavity_mm)
    } else {
        ([size.inferior_width_mm, size.inferior_depth_mm], size.inferior_concavity_mm)
    };
    let narrow = (1.0 - size.waist) * 0.97;
    let semi = rim.map(|extent| ((extent / 2.0 - 1.2) * narrow) as f32);
    // Both faces follow the endplate's concavity: the near one is concave, the far one convex.
    let shape = Body {
        half_height: (thickness / 2.0) as f32,
        inferior: semi,
        superior: semi,
        rim_slope: 0.0,
        concavity: if up > 0.0 { [-hollow as f32, hollow as f32] } else { [hollow as f32, -hollow as f32] },
        waist: 0.0,
    };
    let z = up * (size.height_mm / 2.0 - from_mm - thickness / 2.0);
    // The endplate is tilted by half the body's wedge.
    let tilt = nalgebra::UnitQuaternion::from_axis_angle(
        &nalgebra::Vector3::x_axis(),
        -up * size.lordotic_wedge_deg.to_radians() / 2.0,
    );
    Part::at(v.pose * Translation3::new(0.0, 0.0, z) * tilt, Shape::Body(shape))
}

/// An ellipsoid limited to the extent of a body.
fn clipped(ball: Part, within: &Part) -> Part {
    let Shape::Ellipsoid { semi } = ball.shape else { return ball };
    let Shape::Body(body) = within.shape else { return ball };
    let semi = semi.inf(&crate::shape::Local::new(body.inferior[0], body.inferior[1], semi.z));
    Part { shape: Shape::Ellipsoid { semi }, ..ball }
}
