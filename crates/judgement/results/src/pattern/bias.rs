//! Errors of the same size and sign in most plans: tilts, turns, shifts.

use geometry::{Disc, Vector};
use scoring::summary::mean_ci95;

use super::structure::axial_groups;
use super::{ErrorPattern, PatternKind, Plan, by_patient};
use crate::{AttemptResult, DiscResult};

/// Smaller tilts and turns are not named, degrees.
const LEAST_DEG: f64 = 1.5;
/// Smaller shifts are not named, mm.
const LEAST_MM: f64 = 2.0;
/// A turn beyond this is a mirrored image, which has its own name, degrees.
const MIRRORED_DEG: f64 = 150.0;
/// A shift is half a voxel if it differs by less in each direction, mm.
const SAME_MM: f64 = 0.5;

/// A mean that is the same in most plans.
#[derive(Clone, Copy)]
struct Bias {
    mean: f64,
    ci95: [f64; 2],
}

/// The mean of values by patient if it is at least `least`, larger than their spread, and beyond chance.
fn bias(patients: &[Vec<f64>], least: f64) -> Option<Bias> {
    let values = patients.concat();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
    let ci95 = mean_ci95(patients)?;
    let beyond_chance = ci95[0] > 0.0 || ci95[1] < 0.0;
    (mean.abs() >= least && mean.abs() > spread && beyond_chance).then_some(Bias { mean, ci95 })
}

fn pattern(kind: PatternKind, bias: Bias) -> ErrorPattern {
    ErrorPattern { ci95: Some(bias.ci95), ..ErrorPattern::new(kind).sized(bias.mean) }
}

/// A signed error of every disc.
fn of_discs(plans: &[Plan<'_>], value: impl Fn(&DiscResult) -> Option<f64>) -> Vec<Vec<f64>> {
    by_patient(plans, |attempt| attempt.plan.discs.iter().filter_map(&value).collect())
}

pub(super) fn find(plans: &[Plan<'_>], localizer_affine: Option<&[[f64; 4]; 3]>) -> Vec<ErrorPattern> {
    let shift = shift_of_levels(plans);
    let moved = shift.and_then(|shift| moved(plans, shift, localizer_affine));
    let mut found: Vec<ErrorPattern> = moved.clone().into_iter().collect();

    let signed: [(PatternKind, f64, Vec<Vec<f64>>); 9] = [
        (PatternKind::Tilted, LEAST_DEG, of_discs(plans, |disc| disc.sagittal_tilt_deg)),
        (PatternKind::TiltedCoronal, LEAST_DEG, of_discs(plans, |disc| disc.coronal_tilt_deg)),
        (
            PatternKind::TurnedInPlane,
            LEAST_DEG,
            turns(plans, |attempt| axial_groups(attempt).map(|group| group.in_plane_rotation_deg).collect()),
        ),
        (PatternKind::StackTurned, LEAST_DEG, of_stack(plans, |attempt| attempt.plan.sagittal_stack.turn_deg)),
        (PatternKind::StackTilted, LEAST_DEG, of_stack(plans, |attempt| attempt.plan.sagittal_stack.coronal_tilt_deg)),
        (
            PatternKind::StackTurnedInPlane,
            2.0 * LEAST_DEG,
            turns(plans, |attempt| {
                let group = attempt.plan.sagittal_stack.group.as_ref();
                group.map(|group| group.in_plane_rotation_deg).into_iter().collect()
            }),
        ),
        (PatternKind::ShiftedLeft, LEAST_MM, of_discs(plans, |disc| Some(disc.group.as_ref()?.row_offset_mm))),
        (PatternKind::ShiftedBack, LEAST_MM, of_discs(plans, |disc| Some(disc.group.as_ref()?.column_offset_mm))),
        (PatternKind::ShiftedHead, LEAST_MM, of_discs(plans, |disc| disc.group.as_ref().and(disc.slice_offset_mm))),
    ];
    // What moved as a whole has moved its groups, too.
    let follows = |kind: PatternKind| {
        moved.is_some()
            && matches!(kind, PatternKind::ShiftedLeft | PatternKind::ShiftedBack | PatternKind::ShiftedHead)
    };
    let signed = signed.into_iter().filter(|(kind, ..)| !follows(*kind));
    let mut biases: Vec<(f64, ErrorPattern)> = signed
        .filter_map(|(kind, least, patients)| {
            let bias = bias(&patients, least)?;
            Some((bias.mean.abs() / least, pattern(kind, bias)))
        })
        .collect();
    biases.sort_by(|a, b| b.0.total_cmp(&a.0));
    if biases.iter().all(|(_, pattern)| pattern.kind != PatternKind::Tilted) {
        biases.extend(tilted_level(plans).map(|pattern| (0.0, pattern)));
    }
    found.extend(biases.into_iter().map(|(_, pattern)| pattern));
    if moved.is_none() {
        let stack = of_stack(plans, |attempt| attempt.plan.sagittal_stack.slice_offset_mm);
        found.extend(bias(&stack, LEAST_MM).map(|bias| pattern(PatternKind::StackShifted, bias)));
    }
    found
}

/// Turns of images in their plane; none where they are mirrored.
fn turns(plans: &[Plan<'_>], values: impl Fn(&AttemptResult) -> Vec<f64>) -> Vec<Vec<f64>> {
    let turns = by_patient(plans, values);
    if turns.iter().flatten().all(|deg| deg.abs() > MIRRORED_DEG) { Vec::new() } else { turns }
}

fn of_stack(plans: &[Plan<'_>], value: impl Fn(&AttemptResult) -> Option<f64>) -> Vec<Vec<f64>> {
    by_patient(plans, |attempt| value(attempt).into_iter().collect())
}

/// The one level whose slices are tilted by more than the others.
fn tilted_level(plans: &[Plan<'_>]) -> Option<ErrorPattern> {
    let mut labels: Vec<Disc> =
        plans.iter().flat_map(|plan| plan.attempt.plan.discs.iter().map(|disc| disc.disc)).collect();
    labels.sort_unstable();
    labels.dedup();
    let of = |label: Disc| of_discs(plans, move |disc| disc.sagittal_tilt_deg.filter(|_| disc.disc == label));
    let biased = labels.into_iter().filter_map(|label| Some((label, bias(&of(label), LEAST_DEG)?)));
    let (label, bias) = biased.max_by(|a, b| a.1.mean.abs().total_cmp(&b.1.mean.abs()))?;
    Some(pattern(PatternKind::TiltedLevel, bias).at(label))
}

/// Mean offset of the planned levels' centres from the true ones in patient coordinates, mm, each axis by itself.
fn shift_of_levels(plans: &[Plan<'_>]) -> Option<[Vec<Vec<f64>>; 3]> {
    let axis = |n: usize| of_discs(plans, move |disc| Some((disc.level_plane?.centre - disc.true_plane?.centre)[n]));
    let shift = [axis(0), axis(1), axis(2)];
    (!shift[0].is_empty()).then_some(shift)
}

/// Everything moved alike: half a voxel of the localizer, or along the table.
fn moved(plans: &[Plan<'_>], shift: [Vec<Vec<f64>>; 3], affine: Option<&[[f64; 4]; 3]>) -> Option<ErrorPattern> {
    let mean = |patients: &Vec<Vec<f64>>| {
        let values = patients.concat();
        values.iter().sum::<f64>() / values.len() as f64
    };
    let found = Vector::new(mean(&shift[0]), mean(&shift[1]), mean(&shift[2]));
    let half = affine.map(|rows| Vector::from_fn(|axis, _| rows[axis][..3].iter().sum::<f64>() / 2.0));
    let stack_follows = |expected: f64| {
        let of_stack = of_stack(plans, |attempt| attempt.plan.sagittal_stack.slice_offset_mm);
        (mean(&of_stack) - expected).abs() < 2.0 * SAME_MM
    };
    if let Some(half) = half
        && half.norm() > LEAST_MM / 2.0
    {
        for half in [half, -half] {
            if (found - half).amax() < SAME_MM && stack_follows(half.x) {
                return Some(ErrorPattern::new(PatternKind::HalfVoxel).sized(found.norm()));
            }
        }
    }
    let along = bias(&shift[2], LEAST_MM)?;
    (found.xy().norm() < along.mean.abs()).then(|| pattern(PatternKind::TableMoved, along))
}
