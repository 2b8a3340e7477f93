//! Screws, rods, cages and prostheses, with the spheres of metal that disturb the field.

use geometry::{Disc, Point, Structure, Vertebra};

use crate::anatomy::{Atlas, SIDES};
use crate::column::{PlacedDisc, PlacedVertebra};
use crate::findings::Fusion;
use crate::material::Variation;
use crate::solid::{Part, Solid, round_tube};
use crate::tissue::Tissue;

/// Radii of a pedicle screw, of its head and of a rod, mm (usual: 6.5 mm screws, 5.5 mm rods).
const SCREW_MM: f64 = 3.2;
const HEAD_MM: f64 = 5.5;
const ROD_MM: f64 = 2.75;

/// Distance between the spheres that represent the metal of a screw or rod, mm.
const SPHERE_STEP_MM: f64 = 6.0;

/// Adds all metal and plastic, before the surrounding bone.
pub(super) fn add(atlas: &mut Atlas<'_>) {
    let column = atlas.column;
    let findings = &atlas.parameters.findings;
    for fusion in &findings.fusions {
        add_fusion(atlas, fusion);
    }
    for prosthesis in &findings.prostheses {
        if let Some((disc, ..)) = column.segment(prosthesis.disc) {
            add_prosthesis(atlas, disc);
        }
    }
}

fn add_fusion(atlas: &mut Atlas<'_>, fusion: &Fusion) {
    let column = atlas.column;
    let fused: Vec<&PlacedVertebra> = column
        .vertebrae
        .iter()
        .filter(|v| v.label.is_some_and(|label| (fusion.from..=fusion.to).contains(&label)))
        .collect();
    for side in SIDES {
        let mut heads = Vec::new();
        for v in &fused {
            let (entry, tip) = screw(v, side);
            let metal = atlas.palette.add(Tissue::Metal, Structure::Vertebra, v.instance_label, Variation::NONE);
            add_rod(atlas, metal, &[entry, tip], SCREW_MM);
            heads.push(entry);
        }
        if fusion.to == Vertebra::S1 {
            let s1 = &column.sacrum[0];
            let [x, y] = s1.superior_mm;
            let entry = s1.point(side * 0.85 * x, y + 17.0, -2.0);
            let tip = s1.point(side * 0.45 * x, -0.5 * y, 4.0);
            let metal =
                atlas.palette.add(Tissue::Metal, Structure::Sacrum, Vertebra::S1.instance_label(), Variation::NONE);
            add_rod(atlas, metal, &[entry, tip], SCREW_MM);
            heads.push(entry);
        }
        let metal = atlas.palette.background(Tissue::Metal);
        let spheres = heads.iter().map(|head| Part::round_cone(*head, *head, HEAD_MM, HEAD_MM)).collect();
        atlas.solids.push(Solid::plain(metal, spheres));
        add_rod(atlas, metal, &heads, ROD_MM);
    }
    if fusion.cage {
        for disc in column.discs.iter().filter(|disc| disc.label.is_some_and(|l| spans(fusion, l))) {
            let plastic = atlas.palette.add(Tissue::Plastic, Structure::Disc, disc.instance_label, Variation::NONE);
            let semi = [0.27 * disc.width_mm, 0.30 * disc.depth_mm, 0.5 * disc.rim_height_mm];
            atlas.solids.push(Solid::plain(plastic, vec![Part::ellipsoid(&disc.pose, [0.0; 3], semi)]));
        }
    }
}

fn spans(fusion: &Fusion, disc: Disc) -> bool {
    disc.upper >= fusion.from && disc.lower <= fusion.to
}

/// Entry point behind the pedicle and tip in the body.
fn screw(v: &PlacedVertebra, side: f64) -> (Point, Point) {
    let size = &v.size;
    let (wall, lateral) = (v.posterior_wall_mm(), size.canal_width_mm / 2.0 + size.pedicle_width_mm / 2.0);
    let entry = v.point(side * (lateral + 3.0), wall + size.canal_depth_mm + 3.0, 0.16 * size.height_mm);
    let tip = v.point(side * 0.45 * lateral, -0.35 * size.superior_depth_mm, 0.10 * size.height_mm);
    (entry, tip)
}

/// A tube of metal through points, with the spheres that represent its metal.
fn add_rod(atlas: &mut Atlas<'_>, metal: u8, points: &[Point], radius_mm: f64) {
    let tube: Vec<_> = points.iter().map(|point| (*point, radius_mm)).collect();
    atlas.solids.push(Solid::plain(metal, round_tube(&tube)));
    for pair in points.windows(2) {
        let segment = pair[1] - pair[0];
        let number = (segment.norm() / SPHERE_STEP_MM).ceil().max(1.0);
        // The same volume as the segment of tube: 4/3 π a³ = π r² l.
        let sphere_mm = (0.75 * radius_mm * radius_mm * segment.norm() / number).cbrt();
        for n in 0..number as usize {
            atlas.metal.push((pair[0] + segment * ((n as f64 + 0.5) / number), sphere_mm));
        }
    }
}

/// Two plates of metal with plastic between.
fn add_prosthesis(atlas: &mut Atlas<'_>, disc: &PlacedDisc) {
    let metal = atlas.palette.add(Tissue::Metal, Structure::Disc, disc.instance_label, Variation::NONE);
    let plastic = atlas.palette.add(Tissue::Plastic, Structure::Disc, disc.instance_label, Variation::NONE);
    let half = disc.rim_height_mm / 2.0;
    let semi = [0.36 * disc.width_mm, 0.36 * disc.depth_mm, 1.5];
    let plates = [1.0, -1.0].map(|up| Part::ellipsoid(&disc.pose, [0.0, 0.0, up * (half - 0.5)], semi));
    let core = Part::ellipsoid(&disc.pose, [0.0; 3], [0.8 * semi[0], 0.8 * semi[1], half]);
    atlas.solids.push(Solid::plain(metal, plates.to_vec()));
    atlas.solids.push(Solid::plain(plastic, vec![core]));
    let sphere_mm = (semi[0] * semi[1] * semi[2]).cbrt();
    for up in [1.0, -1.0] {
        atlas.metal.push((disc.point(0.0, 0.0, up * (half - 0.5)), sphere_mm));
    }
}
