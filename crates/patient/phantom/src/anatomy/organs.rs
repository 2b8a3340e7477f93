//! Vessels and viscera in front of the spine, as a localizer shows them. Positions and sizes are
//! choices; bowel loops differ from patient to patient.

use geometry::{Point, Vertebra};
use nalgebra::Translation3;

use crate::anatomy::{Atlas, SIDES};
use crate::shape::Shape;
use crate::solid::{Part, Solid, local, round_tube, tube};
use crate::tissue::Tissue;

/// Front of the great vessels in the midline, mm along y.
const RETROPERITONEUM_MM: f64 = -52.0;

/// Number of bowel loops.
const LOOPS: usize = 80;

/// Adds aorta and vena cava with the common iliac vessels.
pub(super) fn add_vessels(atlas: &mut Atlas<'_>) {
    let column = atlas.column;
    let (mut aorta, mut cava) = (Vec::new(), Vec::new());
    let bow = 3.0 * atlas.z("aorta", 0);
    for v in column.vertebrae.iter().filter(|v| v.size.label <= Vertebra::L4) {
        let front = -v.half_depth_mm(0.0);
        aorta.push((v.point(9.0 + bow, front - 11.0, 0.0), 9.0 + 0.6 * atlas.z("aorta", 1)));
        if v.is_lumbar() {
            cava.push((v.point(-14.0 + 0.5 * bow, front - 9.0, 0.0), [11.5, 8.0 + atlas.z("cava", 0)]));
        }
    }
    let left = column.vertebrae[0].left();
    let (fork, sacrum) = (column.vertebra(Vertebra::L4), &column.sacrum[0]);
    let front = -fork.half_depth_mm(0.0);
    let mut parts = round_tube(&aorta);
    parts.extend(tube(&cava, left));
    for side in SIDES {
        parts.extend(round_tube(&[
            (fork.point(4.0 + bow, front - 10.0, -4.0), 7.0),
            (sacrum.point(side * 26.0, -34.0, 10.0), 5.5),
            (sacrum.point(side * 52.0, -48.0, -25.0), 5.0),
        ]));
        parts.extend(round_tube(&[
            (fork.point(-11.0, front - 7.0, -10.0), 8.0),
            (sacrum.point(side * 30.0, -26.0, 6.0), 6.0),
            (sacrum.point(side * 54.0, -36.0, -28.0), 5.5),
        ]));
    }
    atlas.add_background(Tissue::FlowingBlood, parts);
}

/// Adds kidneys, liver, spleen, lungs, heart and bowel.
pub(super) fn add(atlas: &mut Atlas<'_>) {
    let t = atlas.trunk;
    let [half_width, half_depth] = t.cavity_mm;
    let middle = t.cavity_centre_mm;
    let at = |x: f64, y: f64, z: f64| Translation3::new(x, middle + y, z);
    let blob = |x: f64, y: f64, z: f64, semi: [f64; 3]| {
        Part::at(at(x, y, z).into(), Shape::Ellipsoid { semi: local(semi[0], semi[1], semi[2]) })
    };

    let cortex = atlas.palette.background(Tissue::RenalCortex);
    let medulla = atlas.palette.background(Tissue::RenalMedulla);
    for side in SIDES {
        // The right kidney lies a little lower.
        let z = 42.0 + 8.0 * side + 6.0 * atlas.z("kidney", usize::from(side > 0.0));
        let x = side * (half_width - 62.0).clamp(56.0, 90.0);
        let kidney = blob(x, half_depth - 48.0, z, [27.0, 24.0, 52.0]);
        atlas.solids.push(Solid::plain(medulla, vec![kidney]).with_shell(7.0, cortex));
    }

    let dome = 150.0 + 12.0 * atlas.z("diaphragm", 0);
    let lungs = SIDES
        .map(|side| blob(side * 0.55 * half_width, 8.0, dome + 95.0, [0.42 * half_width, 0.85 * half_depth, 95.0]));
    atlas.add_background(Tissue::Lung, lungs.to_vec());
    atlas.add_background(
        Tissue::Heart,
        vec![blob(25.0, -0.35 * half_depth, dome + 55.0, [52.0, 0.45 * half_depth, 48.0])],
    );
    let liver = blob(-0.42 * half_width, -0.15 * half_depth, dome - 45.0, [0.55 * half_width, 0.75 * half_depth, 85.0]);
    atlas.add_background(Tissue::Liver, vec![liver]);
    atlas.add_background(
        Tissue::Spleen,
        vec![blob(0.68 * half_width, 0.25 * half_depth, dome - 20.0, [26.0, 40.0, 55.0])],
    );
    add_bowel(atlas, at);
}

fn add_bowel(atlas: &mut Atlas<'_>, at: impl Fn(f64, f64, f64) -> Translation3<f64>) {
    let wall = atlas.palette.background(Tissue::BowelWall);
    let contents = [
        atlas.palette.background(Tissue::Gas),
        atlas.palette.background(Tissue::BowelFluid),
        atlas.palette.background(Tissue::BowelStool),
    ];
    let [half_width, half_depth] = atlas.trunk.cavity_mm;
    for number in 0..LOOPS {
        let z = |what: &str| atlas.z(what, number);
        // In front of the vessels, distributed from below the liver into the pelvis.
        let across = (0.8 * z("across")).tanh();
        let x = 0.88 * half_width * across;
        let room = 0.85 * half_depth * (1.0 - (0.9 * across).powi(2)).sqrt();
        let y = 0.45 * half_depth - (room + 0.35 * half_depth) * (0.55 + 0.45 * (0.9 * z("forward")).tanh());
        // The loops stay in front of spine and vessels; in the flanks they reach further back.
        let y = y.min(RETROPERITONEUM_MM - atlas.trunk.cavity_centre_mm + 55.0 * across.abs());
        let height = -35.0 + 70.0 * z("height");
        let radius = 14.0 + 3.5 * z("radius");
        let rod = at(x, y, height);
        let content = contents[(number + usize::from(z("content") > 0.8)) % 3];
        let start = rod * Point::origin();
        let end = start + geometry::Vector::new(18.0 * z("run x"), 6.0 * z("run y"), 14.0 * z("run z"));
        let part = Part::round_cone(start, end, radius, radius * 0.9);
        atlas.solids.push(Solid::plain(content, vec![part]).with_shell(2.0, wall));
    }
}
