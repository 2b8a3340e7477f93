//! What encroaches on the canal: herniations, hypertrophic facets and ligaments, retropulsed fragments.
//!
//! These are carved out of the sac and its contents, and added before bone and discs.

use geometry::{Structure, Vector, Vertebra};

use crate::anatomy::disc::posterior_edge_mm;
use crate::anatomy::{Atlas, SIDES};
use crate::column::{Column, PlacedDisc, PlacedVertebra};
use crate::findings::{Findings, FractureKind, Herniation, HerniationKind, Overgrowth};
use crate::material::Variation;
use crate::solid::{Part, Solid, local};
use crate::tissue::Tissue;

/// Depth of a normal lateral recess, from disc to facet, mm (above 5 mm is normal, `lumbar-numbers.md` §4b).
pub(crate) const RECESS_MM: f64 = 8.0;

/// The parts by which one finding encroaches on the canal.
pub(crate) struct Encroachment {
    pub parts: Vec<Part>,
    pub kind: EncroachmentKind,
}

/// What it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EncroachmentKind {
    /// Disc material with the disc's instance label; an extrusion or sequestrum has more water than a protrusion.
    Disc {
        instance: u8,
        hydrated: bool,
    },
    /// Bone with the vertebra's instance label.
    Bone {
        instance: u8,
    },
    Ligament,
}

/// Everything that encroaches on the canal.
pub(crate) fn encroachments(column: &Column, findings: &Findings) -> Vec<Encroachment> {
    let mut found = Vec::new();
    for herniation in &findings.herniations {
        if let Some((disc, above, _)) = column.segment(herniation.disc) {
            let kind = EncroachmentKind::Disc {
                instance: disc.instance_label,
                hydrated: herniation.kind != HerniationKind::Protrusion,
            };
            found.push(Encroachment { parts: herniated(herniation, disc, above), kind });
        }
    }
    for overgrowth in &findings.overgrowths {
        if let Some((disc, above, below)) = column.segment(overgrowth.disc) {
            let instance = below.map_or(Vertebra::S1.instance_label(), |below| below.instance_label);
            let parts = facets(overgrowth, disc, above);
            found.push(Encroachment { parts, kind: EncroachmentKind::Bone { instance } });
            found.push(Encroachment { parts: flava(overgrowth, disc, above), kind: EncroachmentKind::Ligament });
        }
    }
    for fracture in findings.fractures.iter().filter(|f| f.kind == FractureKind::Burst && f.retropulsion_mm > 0.0) {
        if let Some(v) = column.named(fracture.vertebra) {
            let half = 0.5 * fracture.retropulsion_mm;
            let centre = [0.0, v.half_depth_mm(0.6) + half - 1.5, 0.27 * v.size.height_mm];
            let fragment =
                Part::ellipsoid(&v.pose, centre, [0.33 * v.size.canal_width_mm, half + 1.5, 0.2 * v.size.height_mm]);
            found.push(Encroachment {
                parts: vec![fragment],
                kind: EncroachmentKind::Bone { instance: v.instance_label },
            });
        }
    }
    found
}

/// Base, neck and dome of displaced disc material.
fn herniated(herniation: &Herniation, disc: &PlacedDisc, above: &PlacedVertebra) -> Vec<Part> {
    let x = herniation.side.sign() * herniation.lateral_mm(above.size.canal_width_mm / 2.0);
    let edge = posterior_edge_mm(disc, x);
    let (depth, half_width) = (herniation.depth_mm, herniation.width_mm / 2.0);
    let half_height = (disc.rim_height_at_mm(x, edge) / 2.0).max(2.0);
    let along = herniation.migration_mm;
    let ellipsoid = |centre, semi| Part::ellipsoid(&disc.pose, centre, semi);
    // Half of each lies in the disc, so that they are continuous with it.
    match herniation.kind {
        HerniationKind::Protrusion => {
            vec![ellipsoid([x, edge - 0.5, 0.0], [half_width, depth + 0.5, half_height + 0.5])]
        }
        HerniationKind::Extrusion => {
            let reach = 0.5 * along.abs();
            vec![
                ellipsoid([x, edge - 0.5, 0.0], [0.6 * half_width, 0.85 * depth + 0.5, half_height + 0.5]),
                ellipsoid([x, edge + 0.45 * depth, 0.5 * along], [half_width, 0.55 * depth, half_height + 1.0 + reach]),
            ]
        }
        HerniationKind::Sequestration => {
            // Clear of the disc, behind the body above or below.
            let away = along.abs().max(half_height + 5.0).copysign(if along > 0.0 { 1.0 } else { -1.0 });
            vec![ellipsoid([x, edge + 0.5 * depth, away], [half_width, 0.5 * depth, 5.5])]
        }
    }
}

/// Bone by which the superior facets have grown forwards and medially.
fn facets(overgrowth: &Overgrowth, disc: &PlacedDisc, above: &PlacedVertebra) -> Vec<Part> {
    let half_canal = above.size.canal_width_mm / 2.0;
    SIDES
        .into_iter()
        .zip(overgrowth.facet_mm)
        .filter(|(_, grown)| *grown > 0.0)
        .map(|(side, grown)| {
            let x = side * (0.95 * half_canal - 0.3 * grown);
            let edge = posterior_edge_mm(disc, 0.75 * x);
            // Its front is where the recess ends.
            let centre = [x, edge + RECESS_MM + 2.0, -1.0];
            Part::ellipsoid(&disc.pose, centre, [3.0 + 0.7 * grown, grown + 2.0, 7.0])
        })
        .collect()
}

/// The excess thickness of the ligamenta flava.
fn flava(overgrowth: &Overgrowth, disc: &PlacedDisc, above: &PlacedVertebra) -> Vec<Part> {
    if overgrowth.flavum_mm <= 0.0 {
        return Vec::new();
    }
    let back = disc.depth_mm / 2.0 + above.size.canal_depth_mm;
    SIDES
        .map(|side| {
            // Two wings that meet posteriorly in the midline and run forwards to the facets.
            let (middle, lateral) = (
                disc.point(side * 1.5, back - 0.2 * overgrowth.flavum_mm, 0.0),
                disc.point(side * 0.42 * above.size.canal_width_mm, back - 3.5 - 0.6 * overgrowth.flavum_mm, 0.0),
            );
            let thickness = (lateral - middle).cross(&(disc.pose.rotation * Vector::z()));
            let radii = [0.6 * overgrowth.flavum_mm + 1.0, 8.0];
            Part::elliptic_cone(middle, lateral, thickness, radii, radii)
        })
        .to_vec()
}

/// Adds what encroaches on the canal.
pub(super) fn add(atlas: &mut Atlas<'_>) {
    for Encroachment { parts, kind } in std::mem::take(&mut atlas.encroachments) {
        if parts.is_empty() {
            continue;
        }
        let solid = match kind {
            EncroachmentKind::Ligament => Solid::plain(atlas.palette.background(Tissue::LigamentumFlavum), parts),
            EncroachmentKind::Bone { instance } => {
                let structure =
                    if instance == Vertebra::S1.instance_label() { Structure::Sacrum } else { Structure::Vertebra };
                let core = atlas.marrow(structure, instance, 80);
                let cortex = atlas.cortex(structure, instance);
                Solid::plain(core, parts).with_shell(0.9, cortex)
            }
            EncroachmentKind::Disc { instance, hydrated } => {
                // Extruded nucleus in contact with the epidural veins has more water than its disc.
                let variation = Variation { t2: if hydrated { 1.25 } else { 0.85 }, ..Variation::NONE };
                let core = atlas.palette.add(Tissue::InnerAnnulus, Structure::Disc, instance, variation);
                let rim = atlas.palette.add(Tissue::OuterAnnulus, Structure::Disc, instance, Variation::NONE);
                Solid { blend_mm: 1.5, ..Solid::plain(core, parts).with_shell(0.7, rim) }
            }
        };
        atlas.solids.push(solid);
    }
}

/// Distance behind a disc to the first facet or ligament, `x` mm to the left, at most `most` mm: the remaining
/// depth of the lateral recess or of the canal.
pub(crate) fn clearance_behind_mm(encroachments: &[Encroachment], disc: &PlacedDisc, x: f64, z: f64, most: f64) -> f64 {
    let bulge = disc.size.bulge_mm.max(0.0);
    let edge = posterior_edge_mm(disc, x).max(disc.depth_mm / 2.0 * 0.2) - bulge;
    let inside = |part: &Part, y: f64| {
        let own = part.pose.inverse() * disc.point(x, y, z);
        part.shape.signed(local(own.x, own.y, own.z)) < 0.0
    };
    let solid = |bony: bool, y: f64| {
        let kinds = encroachments.iter().filter(|i| matches!(i.kind, EncroachmentKind::Disc { .. }) != bony);
        kinds.flat_map(|encroachment| &encroachment.parts).any(|part| inside(part, y))
    };
    let steps = || (0..=(most * 10.0) as usize).map(|n| edge + 0.1 * n as f64);
    let back = steps().find(|&y| y > edge + bulge && solid(true, y)).unwrap_or(edge + most);
    let front = steps().filter(|&y| y < back && solid(false, y)).fold(edge + bulge, f64::max);
    (back - front).max(0.0)
}
