//! Paraspinal muscles. Positions and radii are choices by visual comparison with real images.

use geometry::{Point, Vector, Vertebra};

use crate::anatomy::{Atlas, SIDES};
use crate::column::PlacedVertebra;
use crate::solid::{Part, Solid, tube};
use crate::tissue::Tissue;

/// Adds multifidus, erector spinae, psoas and quadratus lumborum, separated by fat.
pub(super) fn add(atlas: &mut Atlas<'_>) {
    let bulk = atlas.parameters.trunk.muscle;
    let column = atlas.column;
    let left = column.vertebrae[0].left();
    for side in SIDES {
        for station in [multifidus, erector_medial, erector_lateral, deep] {
            let mut course: Vec<_> = column.vertebrae.iter().map(|v| scaled(station(v, side), bulk)).collect();
            course.extend(over_sacrum(atlas, &course, side));
            add_bundle(atlas, tube(&course, left));
        }
        let mut psoas: Vec<_> = column
            .vertebrae
            .iter()
            .filter(|v| v.size.label >= Vertebra::T12)
            .map(|v| scaled(self::psoas(v, side), bulk))
            .collect();
        let sacrum = &column.sacrum[0];
        psoas.push((sacrum.point(side * 56.0, -34.0, 0.0), [17.0 * bulk, 19.0 * bulk]));
        psoas.push((sacrum.point(side * 70.0, -62.0, -60.0), [20.0 * bulk, 20.0 * bulk]));
        add_bundle(atlas, tube(&psoas, left));
        let quadratus: Vec<_> = column
            .vertebrae
            .iter()
            .filter(|v| (Vertebra::T12..=Vertebra::L4).contains(&v.size.label))
            .map(|v| (v.point(side * (v.half_width_mm(0.0) + 30.0), 16.0, 0.0), [15.0 * bulk, 7.0 * bulk]))
            .collect();
        add_bundle(atlas, tube(&quadratus, left));
    }
}

/// A muscle in a sheath of fat, which separates it from its neighbours.
fn add_bundle(atlas: &mut Atlas<'_>, parts: Vec<Part>) {
    let muscle = atlas.palette.background(Tissue::Muscle);
    let sheath = atlas.palette.background(Tissue::VisceralFat);
    atlas.solids.push(Solid::plain(muscle, parts).with_shell(0.5, sheath));
}

/// Centre and radii of a muscle at one vertebra.
type Section = (Point, [f64; 2]);

fn scaled((middle, radii): Section, bulk: f64) -> Section {
    (middle, radii.map(|r| r * bulk.sqrt()))
}

/// Position of a vertebra along the spine, 0 at T10 and 1 at L5.
fn descent(v: &PlacedVertebra) -> f64 {
    let index = Vertebra::ALL.iter().position(|label| *label == v.size.label).unwrap_or(0);
    (index as f64 / 7.0).clamp(0.0, 1.0)
}

fn roof(v: &PlacedVertebra) -> f64 {
    v.posterior_wall_mm() + v.size.canal_depth_mm
}

/// Beside the spinous process, thicker caudally.
fn multifidus(v: &PlacedVertebra, side: f64) -> Section {
    let d = descent(v);
    let radii = [8.0 + 9.0 * d, 12.0 + 8.0 * d];
    (v.point(side * (2.0 + radii[0]), roof(v) + 1.0 + 0.9 * radii[1], -4.0), radii)
}

/// Longissimus.
fn erector_medial(v: &PlacedVertebra, side: f64) -> Section {
    let d = descent(v);
    let radii = [21.0 + d, 19.0 - d];
    (v.point(side * (31.0 + 8.0 * d), roof(v) + 0.9 * radii[1], 0.0), radii)
}

/// Iliocostalis.
fn erector_lateral(v: &PlacedVertebra, side: f64) -> Section {
    let d = descent(v);
    let radii = [23.0 - 3.0 * d, 17.0 - 3.0 * d];
    (v.point(side * (55.0 + 5.0 * d), roof(v) + 10.0, 0.0), radii)
}

/// Rotatores and intertransversarii, which fill the groove between the processes.
fn deep(v: &PlacedVertebra, side: f64) -> Section {
    (v.point(side * 26.0, roof(v) - 3.0, -0.3 * v.size.height_mm), [13.0, 9.0])
}

fn psoas(v: &PlacedVertebra, side: f64) -> Section {
    let (radius, forward) = match v.size.label {
        Vertebra::T12 => (4.0, -2.0),
        Vertebra::L1 => (8.0, 0.0),
        Vertebra::L2 => (12.0, 1.0),
        Vertebra::L3 => (16.0, 0.0),
        Vertebra::L4 => (19.0, -3.0),
        _ => (19.5, -11.0),
    };
    (v.point(side * (v.half_width_mm(0.0) + 0.85 * radius), forward, 0.0), [radius, 1.15 * radius])
}

/// The lower ends, tapering over the back of the sacrum.
fn over_sacrum(atlas: &Atlas<'_>, course: &[Section], side: f64) -> Vec<Section> {
    let Some((_, radii)) = course.last() else { return Vec::new() };
    let places = [(0, 0.85, 18.0), (1, 0.60, 15.0), (2, 0.30, 12.0)];
    places
        .into_iter()
        .map(|(number, part, out)| {
            let segment = &atlas.column.sacrum[number];
            let canal = atlas.sac.sacral_canal_radii_mm[number][1];
            let behind = segment.superior_mm[1] + 2.0 * canal + 6.0 + radii[1] * part;
            let axis = segment.pose.rotation * Vector::new(side * out, behind, 0.0);
            (Point::from(segment.pose.translation.vector) + axis, radii.map(|r| r * part))
        })
        .collect()
}
