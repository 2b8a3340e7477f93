//! A first sacral segment that was taken for a vertebra.
//!
//! Between S1 and S2 people keep a remnant of a disc. Where it is seen, a network may call S1 a vertebra and the remnant a
//! disc, and every level counted from there is one off. Anatomy tells them apart: the column bends at the promontory, S1
//! is lower than L5 with its disc, and a remnant has no two endplates. And where no remnant is seen, what lies behind
//! the canal tells: beside L5 its own arch, beside S1 the sacrum's crest.

use geometry::{Point, Structure, Vector, Volume};
use vnet::Segmentation;

use crate::class_map::ClassMap;
use crate::confidence::confidence;
use crate::disc_plane::MeasuredDisc;
use crate::instances::{self, Instances};

/// A remnant's borders make planes with less confidence than this, if at all.
const REMNANT_CONFIDENCE: f64 = 0.1;
/// The discs above it do with more.
const DISC_CONFIDENCE: f64 = 0.5;
/// The line through the middles of the discs bends backwards by at least this much at the promontory, degrees: on two real
/// images in which S1 was taken for a vertebra it bent by 14° and 35°.
const BEND_DEG: f64 = 10.0;
/// From the promontory's disc to the remnant it is at most this part of the way to the disc above (0.75 and 0.81 there).
const SHORTER: f64 = 0.85;
/// Half the depth of the segment, mm.
const HALF_DEPTH_MM: f64 = 22.0;
/// The segment's own margin beyond the remnant's middle, mm.
const BEYOND_MM: f64 = 18.0;

/// How far beneath the lowest disc the body of S1 and its remnant are looked for, mm: it is some 30 mm high.
const SEGMENT_MM: f64 = 38.0;
/// Nearer to the disc than this its own rim is found, and no remnant, mm.
const REMNANT_MM: f64 = 15.0;
/// Less than this is no body that was mistaken, mm³.
const LEAST_MISTAKEN_MM3: f64 = 500.0;
/// From here to there beneath the disc, mm, what lies behind the canal is S1's crest or L5's arch.
const CREST_MM: [f64; 2] = [10.0, 34.0];
/// How far behind the disc's back border the canal ends, mm.
const CANAL_MM: f64 = 9.0;
/// Behind the canal at least this share of the bone is sacral if it is S1's.
const CREST_SHARE: f64 = 0.6;
/// S1's crest begins at its upper half: less of it there than this, mm³, and what lies behind may be the next segment's.
const LEAST_CREST_MM3: f64 = 300.0;

/// Where a sacral segment lies that was taken for a vertebra.
struct Mistaken {
    /// The lumbosacral disc.
    above: MeasuredDisc,
    /// Middle of the remnant.
    remnant: Point,
}

/// Gives a sacral segment that was taken for a vertebra back to the sacrum; true if a disc was counted for it. What is
/// found afterwards comes with it.
pub fn restore_sacrum(segmentation: &mut Segmentation) -> (Instances, bool) {
    let found = instances::find(&ClassMap::from(&*segmentation));
    let Some(Mistaken { above, remnant }) = mistaken(&found) else {
        let sacral = beneath_the_lowest_disc(&segmentation.prepared_labels, &found);
        if sacral.is_empty() {
            return (found, false);
        }
        segmentation.reassign(&sacral, Structure::Sacrum);
        return (instances::find(&ClassMap::from(&*segmentation)), false);
    };
    let grid = &segmentation.prepared_labels.grid;
    let left = grid.left();
    let down = remnant - above.plane.centre;
    let length_mm = down.norm();
    let down = down / length_mm;
    let back = left.cross(&down).normalize();

    let (mut sacral, mut nothing) = (Vec::new(), Vec::new());
    for ((k, j, i), label) in segmentation.prepared_labels.data.indexed_iter() {
        let is_disc = *label == Structure::Disc.label();
        if !is_disc && *label != Structure::Vertebra.label() {
            continue;
        }
        let offset = grid.point([i as f64, j as f64, k as f64]) - above.plane.centre;
        if offset.dot(&above.plane.normal) > -above.height_mm / 2.0 {
            continue;
        }
        let is_within = offset.dot(&back).abs() <= HALF_DEPTH_MM && offset.dot(&down) <= length_mm + BEYOND_MM;
        if is_within {
            sacral.push([k, j, i]);
        } else if is_disc {
            nothing.push([k, j, i]);
        }
    }
    segmentation.reassign(&sacral, Structure::Sacrum);
    segmentation.reassign(&nothing, Structure::Background);
    (instances::find(&ClassMap::from(&*segmentation)), true)
}

/// What of the body beneath the lowest disc is no sacrum by its labels, if the crest behind it is sacral.
fn beneath_the_lowest_disc(labels: &Volume<u8>, found: &Instances) -> Vec<[usize; 3]> {
    let is_disc = |disc: &&MeasuredDisc| disc.under_sacrum < 0.5 && confidence(disc) >= REMNANT_CONFIDENCE;
    let Some(disc) = found.discs.iter().rfind(is_disc).filter(|_| found.sacrum.is_some()) else { return Vec::new() };
    let grid = &labels.grid;
    let left = grid.left();
    let back = disc.plane.normal.cross(&left).normalize();
    let (mut body, mut mistaken_mm3) = (Vec::new(), 0.0);
    let (mut crest, mut upper) = ([0.0; 2], 0.0);
    let middle_mm = (CREST_MM[0] + CREST_MM[1]) / 2.0;
    for ((k, j, i), label) in labels.data.indexed_iter() {
        // Most of an image is none of the three.
        let Some(part @ (Structure::Vertebra | Structure::Sacrum | Structure::Disc)) = Structure::from_label(*label)
        else {
            continue;
        };
        let offset = grid.point([i as f64, j as f64, k as f64]) - disc.plane.centre;
        let beneath_mm = -offset.dot(&disc.plane.normal) - disc.height_mm / 2.0;
        let behind_mm = offset.dot(&back) - disc.depth_mm / 2.0;
        if part != Structure::Disc && behind_mm > CANAL_MM && (CREST_MM[0]..CREST_MM[1]).contains(&beneath_mm) {
            let sacral = part == Structure::Sacrum;
            crest[usize::from(sacral)] += grid.voxel_mm3();
            upper += if sacral && beneath_mm < middle_mm { grid.voxel_mm3() } else { 0.0 };
        }
        let from_mm = if part == Structure::Disc { REMNANT_MM } else { 0.0 };
        let in_front = behind_mm.abs() < disc.depth_mm && behind_mm <= CANAL_MM / 2.0;
        if part != Structure::Sacrum && in_front && (from_mm..SEGMENT_MM).contains(&beneath_mm) {
            body.push([k, j, i]);
            mistaken_mm3 += if part == Structure::Vertebra { grid.voxel_mm3() } else { 0.0 };
        }
    }
    let [lumbar, sacral] = crest;
    let is_sacral = upper >= LEAST_CREST_MM3 && sacral >= CREST_SHARE * (lumbar + sacral);
    if is_sacral && mistaken_mm3 >= LEAST_MISTAKEN_MM3 { body } else { Vec::new() }
}

/// The lowest disc with what lies below it, if that is a remnant.
fn mistaken(found: &Instances) -> Option<Mistaken> {
    let Instances { discs, sacrum, unmeasured } = found;
    let sacrum = sacrum.as_ref()?;
    let mut discs: Vec<&MeasuredDisc> = discs.iter().filter(|disc| disc.under_sacrum < 0.5).collect();
    let lowest = discs.last()?;
    let below = unmeasured.iter().filter(|point| point.z < lowest.plane.centre.z);
    let remnant = match below.max_by(|a, b| a.z.total_cmp(&b.z)) {
        Some(point) => *point,
        None => discs.pop().filter(|disc| confidence(disc) < REMNANT_CONFIDENCE)?.plane.centre,
    };
    let [.., higher, above] = discs.as_slice() else { return None };
    let are_discs = [higher, above].iter().all(|disc| confidence(disc) > DISC_CONFIDENCE);
    let (before, after) = (above.plane.centre - higher.plane.centre, remnant - above.plane.centre);
    let is_shorter = after.norm() < SHORTER * before.norm();
    // The sacrum goes on where the remnant is.
    let goes_on = (sacrum.centroid - remnant).dot(&after) > 0.0;
    let is_promontory = bend_deg(&before, &after) >= BEND_DEG && after.y > before.y;
    (are_discs && is_shorter && goes_on && is_promontory).then(|| Mistaken { above: (*above).clone(), remnant })
}

fn bend_deg(before: &Vector, after: &Vector) -> f64 {
    before.angle(after).to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::components;
    use geometry::{Grid, Plane};

    fn disc(y: f64, z: f64, residual_mm: f64) -> MeasuredDisc {
        MeasuredDisc {
            plane: Plane::new(Point::new(0.0, y, z), Vector::z()),
            depth_mm: 35.0,
            width_mm: 48.0,
            height_mm: 9.0,
            residual_mm,
            probability: 0.95,
            on_sacrum: 0.0,
            under_sacrum: 0.0,
        }
    }

    /// Discs at (y, z, residual) from the head downwards above a sacrum whose middle lies at y = 45, z = −90.
    fn instances(discs: &[(f64, f64, f64)], unmeasured: Vec<Point>) -> Instances {
        let grid = Grid::axis_aligned(Point::new(-20.0, 25.0, -110.0), [2.0, 2.0, 2.0], [20, 20, 20]);
        let sacrum = components(&Volume::filled(grid, 3u8), 0.0, |label| *label == 3).pop();
        let discs = discs.iter().map(|(y, z, residual_mm)| disc(*y, *z, *residual_mm)).collect();
        Instances { discs, sacrum, unmeasured }
    }

    #[test]
    fn a_short_segment_beyond_a_bend_above_something_without_endplates_is_sacral() {
        let column = [(-4.0, 36.0, 0.3), (-1.0, 0.0, 0.3)];
        let remnant = Point::new(0.0, 16.0, -23.0);
        let unmeasured = mistaken(&instances(&column, vec![remnant])).expect("S1 was taken for a vertebra");
        assert!((unmeasured.above.plane.centre.z - 0.0).abs() < 1e-9 && (unmeasured.remnant - remnant).norm() < 1e-9);
        let measured = [column[0], column[1], (16.0, -23.0, 1.6)];
        assert!(mistaken(&instances(&measured, Vec::new())).is_some());
    }

    #[test]
    fn a_clear_disc_or_a_straight_column_or_a_high_segment_is_left_alone() {
        let column = [(-4.0, 36.0, 0.3), (-1.0, 0.0, 0.3)];
        let with = |y, z, residual| instances(&[column[0], column[1], (y, z, residual)], Vec::new());
        assert!(mistaken(&with(16.0, -23.0, 0.3)).is_none(), "its endplates are clear");
        assert!(mistaken(&with(3.0, -28.0, 1.6)).is_none(), "no bend");
        assert!(mistaken(&with(22.0, -31.0, 1.6)).is_none(), "as high as L5");
        assert!(mistaken(&instances(&column, Vec::new())).is_none(), "nothing below");
    }

    /// A disc at the origin, a body beneath it, a sacrum below, and bone behind the canal.
    fn lowest_disc_over(crest: Structure) -> usize {
        let axes = nalgebra::Matrix3::from_columns(&[Vector::y(), -Vector::z(), -Vector::x()]);
        let grid = Grid::centred(Point::new(0.0, 10.0, -20.0), axes, [2.0; 3], [50, 50, 20]);
        let labels = Volume::from_fn(grid, |p| {
            let label = match (p.y, p.z) {
                // Its front bulges beneath the border that is found.
                (-18.0..18.0, -4.5..4.5) | (-18.0..0.0, -8.5..-4.5) => Structure::Disc,
                (-18.0..18.0, -34.0..-4.5) => Structure::Vertebra,
                (-18.0..40.0, -60.0..-34.0) => Structure::Sacrum,
                (30.0..40.0, -34.0..0.0) => crest,
                _ => Structure::Background,
            };
            label.label()
        });
        let found = instances(&[(-4.0, 36.0, 0.3), (0.0, 0.0, 0.3)], Vec::new());
        let sacral = beneath_the_lowest_disc(&labels, &found);
        assert!(sacral.iter().all(|voxel| labels.data[*voxel] == Structure::Vertebra.label()));
        sacral.len()
    }

    #[test]
    fn what_lies_between_the_lowest_disc_and_the_sacrums_crest_is_sacrum() {
        let body = 20 * (18 * 15 - 9 * 2); // 36 mm deep, 30 mm high, less the disc's front
        let restored = lowest_disc_over(Structure::Sacrum);
        assert!((body * 9 / 10..=body).contains(&restored), "{restored} of {body}");
        assert_eq!(lowest_disc_over(Structure::Vertebra), 0, "an arch behind it: L5, and its disc was not seen");
        assert_eq!(lowest_disc_over(Structure::Background), 0, "nothing behind it tells");
    }
}
