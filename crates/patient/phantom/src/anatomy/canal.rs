//! Contents of the sac (cord, roots, cerebrospinal fluid) and its surroundings (epidural fat, exiting roots).

use geometry::{Point, Structure};

use crate::anatomy::{Atlas, SIDES};
use crate::material::Variation;
use crate::solid::{Part, Solid, round_tube, squared_tube, tube};
use crate::tissue::Tissue;

/// Radius of a root of the cauda equina, mm (choice: fascicles have diameters of 0.8 to 1.4 mm).
const ROOT_RADIUS_MM: f64 = 0.6;

/// Levels at which the roots L2…S4 leave the sac, in vertebrae below L1's upper endplate.
const ROOT_EXITS: [f64; 8] = [1.45, 2.45, 3.45, 4.45, 5.2, 5.9, 6.5, 6.6];

/// Adds roots, cord and fluid, all labelled as canal.
pub(super) fn add_contents(atlas: &mut Atlas<'_>) {
    let material = |atlas: &mut Atlas<'_>, tissue| {
        let index = atlas.palette.add(tissue, Structure::Canal, 0, Variation::NONE);
        (index, tissue)
    };
    let (root, _) = material(atlas, Tissue::NerveRoot);
    let (cord, _) = material(atlas, Tissue::SpinalCord);
    let (fluid, _) = material(atlas, Tissue::CerebrospinalFluid);
    let (dura, _) = material(atlas, Tissue::Dura);

    // What encroaches on the canal is carved out of the sac and its contents.
    let carved: Vec<Part> = atlas.encroachments.iter().flat_map(|encroachment| encroachment.parts.clone()).collect();
    for (number, exit) in ROOT_EXITS.into_iter().enumerate() {
        for (side, strand) in [(1.0, 0), (1.0, 1), (-1.0, 0), (-1.0, 1)] {
            let parts = intradural_root(atlas, number, exit, side, strand);
            if !parts.is_empty() {
                atlas.solids.push(Solid { carved: carved.clone(), ..Solid::plain(root, parts) });
            }
        }
    }
    let parts = cord_parts(atlas);
    atlas.solids.push(Solid { carved: carved.clone(), ..Solid::plain(cord, parts) });
    let stations: Vec<_> = atlas.sac.stations.iter().map(|s| (s.centre, s.radii_mm)).collect();
    let left = atlas.sac.stations[0].left;
    let [front, back] = atlas.parameters.proportions.sac_squareness;
    let fluid = Solid::plain(fluid, squared_tube(&stations, left, [back, front])).with_shell(0.35, dura);
    atlas.solids.push(Solid { carved, ..fluid });
}

/// The cord: lumbar enlargement above, tapering over the last one and a half vertebrae to the conus.
fn cord_parts(atlas: &Atlas<'_>) -> Vec<Part> {
    let conus = atlas.parameters.canal.conus_level;
    let first = atlas.sac.stations[0].level;
    let steps = 14;
    let points: Vec<(Point, [f64; 2])> = (0..=steps)
        .map(|n| {
            let level = first + (conus - first) * f64::from(n) / f64::from(steps);
            let station = atlas.sac.at(level);
            let from_tip = conus - level;
            let full = (from_tip / 1.5).clamp(0.0, 1.0).powf(0.6);
            let enlarged = 1.0 + 0.15 * (-((from_tip - 2.0) / 1.2).powi(2)).exp();
            let radii = [(4.4 * enlarged * full).max(0.5), (3.6 * enlarged * full).max(0.5)];
            let room = [0, 1].map(|axis| radii[axis].min(0.7 * station.radii_mm[axis]));
            (station.inside(0.0, 0.12), room)
        })
        .collect();
    tube(&points, atlas.sac.stations[0].left)
}

/// One root from the cord down to its exit from the sac: posterior, then lateral. The lower the exit, the closer to the
/// midline it runs. The motor strand (1) runs in front of the sensory one (0).
fn intradural_root(atlas: &Atlas<'_>, number: usize, exit: f64, side: f64, strand: usize) -> Vec<Part> {
    let start = atlas.parameters.canal.conus_level - 0.9 + 0.1 * number as f64;
    let exit = exit.min(atlas.sac.end_level() - 0.15);
    if exit <= start + 0.3 {
        return Vec::new();
    }
    let lateral = 0.72 - 0.09 * number as f64;
    let steps = ((exit - start) * 3.0).ceil().max(3.0) as usize;
    let seed = number * 4 + strand * 2 + usize::from(side > 0.0);
    let forward = 0.24 * strand as f64;
    let radius_mm = ROOT_RADIUS_MM * atlas.parameters.proportions.root_radius;
    let settling = atlas.parameters.proportions.root_settling;
    let points: Vec<_> = (0..=steps)
        .map(|n| {
            let part = n as f64 / steps as f64;
            let level = start + (exit - start) * part;
            // Over the last vertebral height it runs laterally and forward.
            let leaving = (1.0 - (exit - level) / 0.8).clamp(0.0, 1.0).powi(2);
            let gathered = (part / 0.25).min(1.0);
            let wander = 0.06 * atlas.z("root", seed * 64 + n);
            let left = (0.25 + (lateral - 0.25) * gathered + wander) * (1.0 - leaving) + 0.82 * leaving;
            let back = (0.20 + (0.44 - forward) * gathered + wander) * (1.0 - leaving) + 0.05 * leaving;
            // The roots stay within the ellipse of the dura.
            let lowest = 0.88 * (1.0 - left * left).max(0.0).sqrt();
            let back = back + settling * gathered * (1.0 - leaving) * (lowest - forward / 4.0 - back).max(0.0);
            (atlas.sac.at(level).inside(side * left, back), radius_mm)
        })
        .collect();
    round_tube(&points)
}

/// Adds the roots outside the sac, the epidural fat and the fat of the foramina.
pub(super) fn add_surroundings(atlas: &mut Atlas<'_>) {
    let column = atlas.column;
    let (mut roots, mut foramina) = (Vec::new(), Vec::new());
    for v in &column.vertebrae {
        let (half_canal, wall, h) = (v.size.canal_width_mm / 2.0, v.posterior_wall_mm(), v.size.height_mm);
        for side in SIDES {
            let p = |x: f64, y: f64, z: f64| v.point(side * x, y, z);
            roots.extend(round_tube(&[
                (p(0.75 * half_canal, wall + 6.0, -0.05 * h), 1.3),
                (p(half_canal + 3.0, wall + 3.0, -0.36 * h), 2.4),
                (p(half_canal + 12.0, wall - 5.0, -0.60 * h), 1.9),
                (p(half_canal + 20.0, wall - 12.0, -1.10 * h), 1.7),
            ]));
            foramina.push(Part::ellipsoid(
                &v.pose,
                [side * (half_canal + 6.0), wall + 5.5, -0.42 * h],
                [10.0, 8.0, 0.42 * h],
            ));
        }
    }
    atlas.add_background(Tissue::NerveRoot, roots);
    let mut fat = tube(&atlas.sac.bony, atlas.sac.stations[0].left);
    fat.extend(foramina);
    atlas.add_background(Tissue::EpiduralFat, fat);
}
