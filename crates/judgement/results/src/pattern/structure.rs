//! Levels that are missing, doubled or in one place; slices that are missing or not as prescribed; saturation bands.

use geometry::Disc;
use scoring::prescription::Deviation;
use scoring::summary::quantile;

use super::{ErrorPattern, MOST, PatternKind, Plan, most};
use crate::{AttemptResult, GroupResult, PlanResult};

/// Discs nearer than this to each other are one, mm (a lumbar vertebra is 25 mm high and more).
const ONE_PLACE_MM: f64 = 8.0;
/// More of the canal than this under a band is no edge effect.
const SATURATED: f64 = 0.3;

pub(super) fn find(plans: &[Plan<'_>]) -> Vec<ErrorPattern> {
    let mut found = Vec::new();
    let mut if_most = |kind, agrees: &dyn Fn(&PlanResult) -> bool| {
        found.extend(most(plans, |attempt| agrees(&attempt.plan)).then(|| ErrorPattern::new(kind)));
    };
    if_most(PatternKind::LandmarkTwice, &has_two_in_one_place);
    if_most(PatternKind::DoubledLevel, &|plan| !plan.doubled_levels.is_empty());
    if_most(PatternKind::NoGroups, &|plan| {
        let has_level = plan.discs.iter().any(|disc| disc.level_plane.is_some());
        has_level && plan.discs.iter().all(|disc| disc.group_plane.is_none())
    });
    if_most(PatternKind::NormalsToFeet, &|plan| {
        let normals = plan.discs.iter().filter_map(|disc| Some((disc.level_plane?.normal, disc.true_plane?.normal)));
        let mut upside_down = normals.map(|(planned, truth)| planned.dot(&truth) < 0.0).peekable();
        upside_down.peek().is_some() && upside_down.all(|down| down)
    });
    if_most(PatternKind::BandOverCanal, &|plan| plan.saturation.canal > SATURATED);
    if_most(PatternKind::NoBand, &|plan| plan.saturation.asked && plan.saturation.bands == 0);
    if let Some(disc) = missing_level(plans) {
        found.push(ErrorPattern::new(PatternKind::MissingLevel).at(disc));
    }
    found.extend(deviations(plans));
    found
}

fn has_two_in_one_place(plan: &PlanResult) -> bool {
    let centres: Vec<_> = plan.discs.iter().filter_map(|disc| Some(disc.level_plane?.centre)).collect();
    let near = |(n, a): (usize, &geometry::Point)| centres[n + 1..].iter().any(|b| (a - b).norm() < ONE_PLACE_MM);
    centres.iter().enumerate().any(near)
}

/// The one disc that most patients have and most plans lack, where the others are planned.
fn missing_level(plans: &[Plan<'_>]) -> Option<Disc> {
    let mut labels: Vec<Disc> =
        plans.iter().flat_map(|plan| plan.attempt.plan.discs.iter().map(|disc| disc.disc)).collect();
    labels.sort_unstable();
    labels.dedup();
    let missed = |label: Disc| {
        let discs = plans.iter().filter_map(|plan| plan.attempt.plan.discs.iter().find(|disc| disc.disc == label));
        let missed: Vec<bool> = discs.map(|disc| disc.level_plane.is_none()).collect();
        missed.iter().filter(|missed| **missed).count() as f64 >= MOST * missed.len() as f64
    };
    let lacking: Vec<Disc> = labels.iter().copied().filter(|label| missed(*label)).collect();
    match lacking[..] {
        [only] if labels.len() > 1 => Some(only),
        _ => None,
    }
}

/// By how much a deviation of one kind deviates; `None` for one of another kind.
type SizeOf = fn(&Deviation) -> Option<f64>;

/// Parameters of the groups that differ from the prescription in the same way in most groups, with the middle difference.
fn deviations(plans: &[Plan<'_>]) -> Vec<ErrorPattern> {
    let groups: Vec<&GroupResult> = plans.iter().flat_map(|plan| axial_groups(plan.attempt)).collect();
    let sizes: [(PatternKind, SizeOf); 7] = [
        (PatternKind::SliceCount, |deviation| match deviation {
            Deviation::Slices { found, expected } => Some(*found as f64 - *expected as f64),
            _ => None,
        }),
        (PatternKind::Thickness, |deviation| match deviation {
            Deviation::Thickness { found_mm, expected_mm } => Some(found_mm - expected_mm),
            _ => None,
        }),
        (PatternKind::Gap, |deviation| match deviation {
            Deviation::Gap { found_mm, expected_mm } => Some(found_mm - expected_mm),
            _ => None,
        }),
        (PatternKind::FieldOfView, |deviation| match deviation {
            Deviation::FieldOfView { found_mm, expected_mm } => Some(found_mm[1] - expected_mm[1]),
            _ => None,
        }),
        (PatternKind::Matrix, |deviation| match deviation {
            Deviation::Matrix { found, expected } => Some(found[1] as f64 - expected[1] as f64),
            _ => None,
        }),
        (PatternKind::PhaseSwapped, |deviation| matches!(deviation, Deviation::PhaseEncoding).then_some(0.0)),
        (PatternKind::RowsReversed, |deviation| matches!(deviation, Deviation::SliceOrder).then_some(0.0)),
    ];
    let named = |(kind, size): &(PatternKind, SizeOf)| {
        let mut sizes: Vec<f64> = groups.iter().filter_map(|group| group.deviations.iter().find_map(size)).collect();
        if sizes.is_empty() || (sizes.len() as f64) < MOST * groups.len() as f64 {
            return None;
        }
        let pattern = ErrorPattern::new(*kind);
        Some(if kind.unit().is_empty() { pattern } else { pattern.sized(quantile(&mut sizes, 0.5)) })
    };
    sizes.iter().filter_map(named).collect()
}

/// The groups of an attempt's discs.
pub(super) fn axial_groups(attempt: &AttemptResult) -> impl Iterator<Item = &GroupResult> {
    attempt.plan.discs.iter().filter_map(|disc| disc.group.as_ref())
}
