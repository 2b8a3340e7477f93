//! Plans in another frame than the patient's: mirrored, permuted, in voxels, of another patient, or counted otherwise.
//!
//! Each candidate maps the true disc centres to where such a planner would put them. One is named if the planned centres
//! lie near what it says, and far from where they should be.

use geometry::{Point, Vector};
use nalgebra::{Matrix3, Matrix4};

use super::{ErrorPattern, MOST, PatternKind, Plan};

/// Plans this near to the truth are in the right frame, mm.
const RIGHT_MM: f64 = 4.0;
/// A candidate must explain all but this part of the distance to the truth.
const UNEXPLAINED: f64 = 0.4;
/// And come this near, mm.
const NEAR_MM: f64 = 6.0;

pub(super) fn find(plans: &[Plan<'_>], localizer_affine: Option<&[[f64; 4]; 3]>) -> Vec<ErrorPattern> {
    let own: Vec<(Point, Point)> = plans.iter().flat_map(|plan| pairs(plan, plan, 0)).collect();
    let Some(distance) = rms(own.iter().map(|(planned, truth)| planned - truth)) else { return Vec::new() };
    if distance < RIGHT_MM {
        return Vec::new();
    }
    let mut candidates: Vec<(ErrorPattern, f64)> = Vec::new();
    let mut offer = |pattern: ErrorPattern, distance: Option<f64>| {
        candidates.extend(distance.map(|distance| (pattern, distance)));
    };
    for (kind, axes) in signed_permutations() {
        offer(ErrorPattern::new(kind), rms(own.iter().map(|(p, t)| p.coords - axes * t.coords)));
    }
    if let Some(to_voxels) = localizer_affine.and_then(voxels) {
        let voxel = |t: &Point| to_voxels.transform_point(t);
        offer(ErrorPattern::new(PatternKind::VoxelsForMm), rms(own.iter().map(|(p, t)| p - voxel(t))));
    }
    for levels in [-1, 1] {
        let shifted: Vec<_> = plans.iter().flat_map(|plan| pairs(plan, plan, levels)).collect();
        let pattern = ErrorPattern::new(PatternKind::WrongLevel).sized(f64::from(levels));
        offer(pattern, rms(shifted.iter().map(|(p, t)| p - t)));
    }
    if is_of_other_patients(plans) {
        offer(ErrorPattern::new(PatternKind::StaleLocalizer), Some(0.0));
    }
    // Moved as a whole, plans are in the right frame: the bias is named elsewhere.
    let shift = own.iter().map(|(p, t)| p - t).sum::<Vector>() / own.len() as f64;
    let moved = rms(own.iter().map(|(p, t)| p - t - shift)).unwrap_or(distance);

    let best = candidates.into_iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let near = |found: f64| found < NEAR_MM && found < UNEXPLAINED * distance && found < moved;
    best.filter(|(_, found)| near(*found)).map(|(pattern, _)| pattern).into_iter().collect()
}

/// Planned centres with the true ones of a patient, `levels` further to the head.
fn pairs(planned: &Plan<'_>, patient: &Plan<'_>, levels: i32) -> Vec<(Point, Point)> {
    let truth = &patient.attempt.plan.discs;
    let pair = |(n, disc): (usize, &crate::DiscResult)| {
        let at = usize::try_from(i32::try_from(n).ok()? - levels).ok()?;
        Some((disc.level_plane?.centre, truth.get(at)?.true_plane?.centre))
    };
    planned.attempt.plan.discs.iter().enumerate().filter_map(pair).collect()
}

/// True if most plans fit some other patient of the run far better than their own.
fn is_of_other_patients(plans: &[Plan<'_>]) -> bool {
    let distance = |planned: &Plan<'_>, patient: &Plan<'_>| rms(pairs(planned, patient, 0).iter().map(|(p, t)| p - t));
    let is_of_other = |planned: &Plan<'_>| {
        let own = distance(planned, planned)?;
        let others = plans.iter().filter(|other| other.case.case != planned.case.case);
        let nearest = others.filter_map(|other| distance(planned, other)).min_by(f64::total_cmp)?;
        Some(nearest < NEAR_MM / 2.0 && nearest < UNEXPLAINED * own)
    };
    let fitting = plans.iter().filter(|plan| is_of_other(plan) == Some(true)).count();
    fitting > 0 && fitting as f64 >= MOST * plans.len() as f64
}

/// Root mean square of lengths, mm; `None` of nothing.
fn rms(differences: impl Iterator<Item = Vector>) -> Option<f64> {
    let (sum, n) = differences.fold((0.0, 0), |(sum, n), difference| (sum + difference.norm_squared(), n + 1));
    (n > 0).then(|| (sum / f64::from(n)).sqrt())
}

/// The 47 ways to take the axes for each other, or their signs, with their names.
fn signed_permutations() -> Vec<(PatternKind, Matrix3<f64>)> {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let mut found = Vec::new();
    for order in orders {
        for signs in 0..8u8 {
            let sign = |row: usize| if signs >> row & 1 == 1 { -1.0 } else { 1.0 };
            let axes = Matrix3::from_fn(|row, column| if order[row] == column { sign(row) } else { 0.0 });
            let kind = match (order, signs) {
                ([0, 1, 2], 0) => continue,
                ([0, 1, 2], 0b001) => PatternKind::Mirrored,
                ([0, 1, 2], 0b011) => PatternKind::RasForLps,
                ([0, 1, 2], _) => PatternKind::SignFlipped,
                _ => PatternKind::AxesPermuted,
            };
            found.push((kind, axes));
        }
    }
    found
}

/// From patient coordinates to voxel numbers.
fn voxels(affine: &[[f64; 4]; 3]) -> Option<Matrix4<f64>> {
    let bottom = [0.0, 0.0, 0.0, 1.0];
    Matrix4::from_fn(|row, column| affine.get(row).unwrap_or(&bottom)[column]).try_inverse()
}
