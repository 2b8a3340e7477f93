//! Reading the spine: which disc is which, counted from the sacrum upwards, and the lines that guide prescription.

use geometry::{Direction, Disc, LabelledDisc, LabelledSpine, Plane, Point, Structure, Vector, Vertebra};
use nalgebra::{Matrix3, SymmetricEigen};

use crate::class_map::ClassMap;
use crate::confidence::confidence;
use crate::cut_off::cut_off;
use crate::disc_plane::MeasuredDisc;
use crate::flags::{Flag, FlagCode};
use crate::instances::{self, Instances};
use crate::read_spine::ReadSpine;

/// The L5/S1 disc lies on the sacrum with at least this part of its columns.
const ON_SACRUM: f64 = 0.35;
/// Doubtful whether a disc lies on the sacrum from here on.
const MAYBE_ON_SACRUM: f64 = 0.2;
/// A gap of more than this many usual spacings misses a disc.
const GAP: f64 = 1.55;
/// Nearer than this part of the usual spacing, two discs cannot both be discs.
const CROWDED: f64 = 0.6;
/// Usual spacing of lumbar discs where too few are seen to tell, mm (lumbar-numbers §1: body and disc).
const USUAL_SPACING_MM: f64 = 36.0;
/// Below this confidence a person is asked to look.
pub const LEAST_CONFIDENCE: f64 = 0.5;

/// The spine of a class map with what is doubtful about it, as of a person with five lumbar vertebrae. Without a sacrum
/// nothing is counted.
pub fn read_spine(map: &ClassMap<'_>) -> (Option<ReadSpine>, Vec<Flag>) {
    read_spine_ending_at(map, &instances::find(map), Vertebra::L5)
}

/// The same of what was found on the map, where the lowest lumbar vertebra is known: L4, L5 or L6.
pub fn read_spine_ending_at(map: &ClassMap<'_>, found: &Instances, lowest: Vertebra) -> (Option<ReadSpine>, Vec<Flag>) {
    let Instances { discs, sacrum, unmeasured } = found;
    let mut flags = Vec::new();
    // Remnants between sacral segments are discs to the eye, but no level.
    let discs: Vec<MeasuredDisc> = discs.iter().filter(|disc| disc.under_sacrum < 0.5).cloned().collect();
    if discs.is_empty() {
        flags.push(Flag::critical(FlagCode::NoSpine, "no disc was found: check coil, landmark and localizer"));
        return (None, flags);
    }
    let Some(on_sacrum) = lumbosacral(&discs, sacrum.is_some(), &mut flags) else {
        return (None, flags);
    };

    let labelled = labelled(&discs[..=on_sacrum], lowest, &mut flags);
    let lumbar = Vertebra::ALL.into_iter().filter(|vertebra| (Vertebra::L1..=lowest).contains(vertebra));
    for upper in lumbar {
        let wanted = below(upper, lowest);
        if !labelled.iter().any(|(label, _)| *label == wanted) {
            let message = format!("{wanted} was not found: check the localizer");
            flags.push(Flag::warning(FlagCode::MissingDisc, message).about([wanted]));
        }
    }
    for point in unmeasured {
        let top = labelled.first().map_or(f64::INFINITY, |(_, disc)| disc.plane.centre.z + USUAL_SPACING_MM / 2.0);
        if point.z < top {
            flags.push(Flag::warning(
                FlagCode::LowConfidence,
                "something like a disc could not be measured: check the levels",
            ));
        }
    }

    let midsagittal = midsagittal(map, &labelled);
    let spine = spine(map, &labelled, midsagittal, &mut flags);
    let confidence = labelled.iter().map(|(_, disc)| confidence(disc)).collect();
    let read = ReadSpine { spine, confidence };
    let is_doubtful =
        |disc: &LabelledDisc, confidence: f64| disc.label.upper >= Vertebra::L1 && confidence < LEAST_CONFIDENCE;
    for (LabelledDisc { label, .. }, _) in read.discs().filter(|(disc, confidence)| is_doubtful(disc, *confidence)) {
        let message = format!("{label} is uncertain: check its plane");
        flags.push(Flag::warning(FlagCode::LowConfidence, message).about([*label]));
    }
    (Some(read), flags)
}

/// The disc that lies on the sacrum, from which the others are counted.
fn lumbosacral(discs: &[MeasuredDisc], sacrum_in_view: bool, flags: &mut Vec<Flag>) -> Option<usize> {
    let on_sacrum = discs.iter().filter(|disc| disc.on_sacrum >= MAYBE_ON_SACRUM).count();
    let surest = (0..discs.len()).max_by(|a, b| discs[*a].on_sacrum.total_cmp(&discs[*b].on_sacrum))?;
    if !sacrum_in_view || discs[surest].on_sacrum < MAYBE_ON_SACRUM {
        flags.push(Flag::critical(
            FlagCode::SacrumOutOfView,
            if sacrum_in_view {
                "no disc was found on the sacrum: levels cannot be counted; move the table and repeat the localizer"
            } else {
                "the sacrum is not in view: levels cannot be counted; move the table and repeat the localizer"
            },
        ));
        return None;
    }
    if on_sacrum > 1 {
        flags.push(Flag::warning(
            FlagCode::AmbiguousCount,
            "more than one disc borders on the sacrum: the lumbosacral junction may be transitional; confirm the levels",
        ));
    } else if discs[surest].on_sacrum < ON_SACRUM {
        flags.push(Flag::warning(
            FlagCode::AmbiguousCount,
            "the lowest disc borders little on the sacrum; confirm the levels",
        ));
    }
    Some(surest)
}

/// The disc below a lumbar vertebra.
fn below(upper: Vertebra, lowest: Vertebra) -> Disc {
    let next = Vertebra::ALL.into_iter().find(|vertebra| *vertebra > upper);
    Disc::between(upper, next.filter(|_| upper < lowest).unwrap_or(Vertebra::S1))
}

/// Labels from the disc on the sacrum upwards; a wide gap skips a label. From the head downwards.
fn labelled(discs: &[MeasuredDisc], lowest: Vertebra, flags: &mut Vec<Flag>) -> Vec<(Disc, MeasuredDisc)> {
    let spacing: Vec<f64> = discs.windows(2).map(|pair| (pair[0].plane.centre - pair[1].plane.centre).norm()).collect();
    let mut label = Some(below(lowest, lowest));
    let mut labelled = Vec::new();
    for (index, disc) in discs.iter().enumerate().rev() {
        if let Some(gap) = spacing.get(index) {
            let relative = gap / usual_spacing(&spacing, index);
            if relative < CROWDED && label.is_some_and(|label| label.upper > Vertebra::L1) {
                flags.push(Flag::warning(
                    FlagCode::AmbiguousCount,
                    "two discs lie too close together: confirm the levels",
                ));
            }
            let steps = if relative > GAP { relative.round().max(2.0) as usize } else { 1 };
            for _ in 0..steps {
                label = label.and_then(above);
            }
        }
        match label {
            Some(label) => labelled.push((label, disc.clone())),
            None => break,
        }
    }
    labelled.reverse();
    labelled
}

/// The spacing to be expected at a gap: the median of the two above and the two below it, since vertebrae
/// grow downwards.
fn usual_spacing(spacing: &[f64], gap: usize) -> f64 {
    let around = gap.saturating_sub(2)..(gap + 3).min(spacing.len());
    let mut others: Vec<f64> = around.filter(|index| *index != gap).map(|index| spacing[index]).collect();
    others.sort_by(f64::total_cmp);
    match others.len() {
        0 | 1 => USUAL_SPACING_MM,
        n if n % 2 == 1 => others[n / 2],
        n => (others[n / 2 - 1] + others[n / 2]) / 2.0,
    }
}

/// The disc above another; T10/T11 is the last that has a name here.
fn above(disc: Disc) -> Option<Disc> {
    let upper = Vertebra::ALL.into_iter().rev().find(|vertebra| *vertebra < disc.upper)?;
    Some(Disc::between(upper, disc.upper))
}

/// Middle of the canal behind a disc: probability-weighted over a slab about the disc's plane.
fn canal_at(map: &ClassMap<'_>, disc: &MeasuredDisc, left: &Vector) -> Option<Point> {
    let head = disc.plane.normal.into_inner();
    let back = head.cross(left).try_normalize(1e-6)?;
    let left = back.cross(&head);
    let mut sum = Vector::zeros();
    let mut weight = 0.0;
    for u in (10..=60).step_by(2) {
        for v in (-24..=24).step_by(3) {
            for w in [-3.0, 0.0, 3.0] {
                let offset = back * f64::from(u) + left * f64::from(v) + head * w;
                let p = map.probability(Structure::Canal, &(disc.plane.centre + offset));
                if p > 0.3 {
                    sum += offset * p;
                    weight += p;
                }
            }
        }
    }
    (weight > 8.0).then(|| disc.plane.centre + sum / weight)
}

/// The best plane through disc and canal centres from L1 to S1, normal to the patient's left.
fn midsagittal(map: &ClassMap<'_>, discs: &[(Disc, MeasuredDisc)]) -> Plane {
    let assumed = map.labels.grid.left();
    let lumbar: Vec<&MeasuredDisc> =
        discs.iter().filter(|(label, _)| label.upper >= Vertebra::T12).map(|(_, disc)| disc).collect();
    let lumbar = if lumbar.len() < 3 { discs.iter().map(|(_, disc)| disc).collect() } else { lumbar };
    let mut left = assumed;
    // The canal is looked for behind the discs, and where that is depends on the plane.
    for _ in 0..2 {
        let mut points: Vec<Point> = lumbar.iter().map(|disc| disc.plane.centre).collect();
        points.extend(lumbar.iter().filter_map(|disc| canal_at(map, disc, &left)));
        if points.len() < 4 {
            break;
        }
        let centre = points.iter().map(|point| point.coords).sum::<Vector>() / points.len() as f64;
        let covariance: Matrix3<f64> =
            points.iter().map(|p| (p.coords - centre) * (p.coords - centre).transpose()).sum();
        let eigen = SymmetricEigen::new(covariance);
        let narrowest = eigen.eigenvectors.column(eigen.eigenvalues.imin()).into_owned();
        let fitted = if narrowest.dot(&assumed) < 0.0 { -narrowest } else { narrowest };
        // A plane that lies across the images is no mid-sagittal plane, whatever the points say.
        if fitted.dot(&assumed) > 0.7 {
            left = fitted;
        }
    }
    let centre = lumbar.iter().map(|disc| disc.plane.centre.coords).sum::<Vector>() / lumbar.len() as f64;
    let on_plane = {
        let mut points: Vec<Point> = lumbar.iter().map(|disc| disc.plane.centre).collect();
        points.extend(lumbar.iter().filter_map(|disc| canal_at(map, disc, &left)));
        points.iter().map(|point| left.dot(&(point.coords - centre))).sum::<f64>() / points.len() as f64
    };
    Plane { centre: Point::from(centre + left * on_plane), normal: Direction::new_normalize(left) }
}

fn spine(
    map: &ClassMap<'_>,
    discs: &[(Disc, MeasuredDisc)],
    midsagittal: Plane,
    flags: &mut Vec<Flag>,
) -> LabelledSpine {
    let left = midsagittal.normal.into_inner();
    let seen = |(label, disc): &(Disc, MeasuredDisc)| {
        let back = disc.plane.normal.cross(&left).normalize();
        // Behind an average disc, the canal's middle lies this far from the disc's, if it cannot be seen.
        let unseen = disc.plane.centre + back * (disc.depth_mm / 2.0 + 9.0);
        let canal = canal_at(map, disc, &left).unwrap_or(unseen);
        let mut plane = disc.plane;
        if let Some(cut) = cut_off(map.scanned, disc, &canal, &back.cross(&disc.plane.normal)) {
            plane.centre = cut.centre;
            if label.upper >= Vertebra::L1 {
                let message =
                    format!("{label} reaches beyond the localizer's slices: centre the patient and repeat it");
                let raise = if cut.is_doubtful { Flag::warning } else { Flag::info };
                flags.push(raise(FlagCode::OutOfField, message).about([*label]));
            }
        }
        LabelledDisc { label: *label, plane, canal, depth_mm: disc.depth_mm, width_mm: disc.width_mm }
    };
    let seen: Vec<LabelledDisc> = discs.iter().map(seen).collect();
    let front =
        |disc: &LabelledDisc| disc.plane.centre - disc.plane.normal.cross(&left).normalize() * (disc.depth_mm / 2.0);
    let anterior_wall = seen.iter().filter(|disc| disc.label.upper >= Vertebra::T12).map(front).collect();
    LabelledSpine { discs: seen, midsagittal, anterior_wall }
}
