//! What each fault does to a plan.

use geometry::{Direction, Grid, PhaseEncoding, Point, SatBand, SliceGroup, SliceTarget, Vector};
use nalgebra::{Matrix3, UnitQuaternion};
use planner::{Flag, FlagCode, ScanPlan, Severity};
use results::PatternKind;

use super::PlantedFault;

/// What a fault may depend on beside the plan.
pub(super) struct Asked<'a> {
    /// Grid of the sagittal image that was planned on, if there was one.
    pub sagittal: Option<&'a Grid>,
    /// How many answers there were before.
    pub calls: u64,
}

/// Changes a plan as the fault says; faults of the answer itself leave it as it is.
pub(super) fn change(plan: &mut ScanPlan, fault: PlantedFault, asked: &Asked<'_>) {
    use PatternKind as Kind;
    let size = fault.size;
    match fault.kind {
        Kind::Tilted => axial(plan, |group| tilt(group, size), |normal, row| turned(normal, row, size)),
        Kind::TiltedLevel => tilt_lowest(plan, size),
        Kind::TiltedCoronal => tilt_coronal(plan, size),
        Kind::OtherAnswer => {
            // Two answers that lie a standard deviation of `size` apart.
            let deg = if asked.calls.is_multiple_of(2) { size } else { -size } / std::f64::consts::SQRT_2;
            axial(plan, |group| tilt(group, deg), |normal, row| turned(normal, row, deg));
        }
        Kind::TurnedInPlane => groups(plan, is_axial, |group| turn(group, group.normal(), size)),
        Kind::RowsReversed => groups(plan, is_axial, |group| group.row = -group.row),
        Kind::ShiftedLeft => groups(plan, is_axial, |group| group.centre += group.row.into_inner() * size),
        Kind::ShiftedBack => groups(plan, is_axial, |group| group.centre += group.column.into_inner() * size),
        Kind::ShiftedHead => groups(plan, is_axial, |group| group.centre += group.normal().into_inner() * size),
        Kind::StackTurned => groups(plan, is_sagittal, |group| turn(group, -group.column, size)),
        Kind::StackTilted => groups(plan, is_sagittal, |group| turn(group, group.row, -size)),
        Kind::StackTurnedInPlane => groups(plan, is_sagittal, |group| turn(group, group.normal(), size)),
        Kind::StackShifted => groups(plan, is_sagittal, |group| {
            let left = group.normal().into_inner();
            group.centre += left * if left.x < 0.0 { -size } else { size };
        }),
        Kind::HalfVoxel => {
            let half = asked.sagittal.map_or_else(Vector::zeros, |grid| grid.steps() * Vector::repeat(0.5));
            centres(plan, |point| point + half);
        }
        Kind::TableMoved => centres(plan, |point| point + Vector::z() * size),
        Kind::VoxelsForMm => {
            if let Some(grid) = asked.sagittal {
                centres(plan, |point| Point::from(grid.index(point)));
            }
        }
        Kind::Mirrored => frame(plan, &Matrix3::from_diagonal(&Vector::new(-1.0, 1.0, 1.0))),
        Kind::RasForLps => frame(plan, &Matrix3::from_diagonal(&Vector::new(-1.0, -1.0, 1.0))),
        Kind::SignFlipped => frame(plan, &Matrix3::from_diagonal(&Vector::new(1.0, 1.0, -1.0))),
        Kind::AxesPermuted => frame(plan, &Matrix3::new(0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)),
        Kind::LandmarkTwice => landmark_twice(plan),
        Kind::WrongLevel => wrong_level(plan, size > 0.0),
        Kind::MissingLevel => {
            if let Some(label) = middle_label(plan) {
                plan.levels.retain(|level| level.label != label);
                plan.groups.retain(|group| group.target.disc() != Some(label));
            }
        }
        Kind::DoubledLevel => {
            if let Some(level) = middle_label(plan).and_then(|label| plan.level(label)).copied() {
                plan.levels.push(level.moved(&nalgebra::Isometry3::translation(0.0, 0.0, 12.0)));
            }
        }
        Kind::NoGroups => plan.groups.clear(),
        Kind::NormalsToFeet => plan.levels.iter_mut().for_each(|level| level.normal = -level.normal),
        Kind::SliceCount => groups(plan, is_axial, |group| {
            group.slices = group.slices.saturating_add_signed(size as isize).max(1);
        }),
        Kind::Thickness => groups(plan, is_axial, |group| group.thickness_mm = (group.thickness_mm + size).max(0.5)),
        Kind::Gap => groups(plan, is_axial, |group| group.gap_mm += size),
        Kind::FieldOfView => groups(plan, is_axial, |group| {
            group.fov_mm = group.fov_mm.map(|mm| (mm + size).max(20.0));
        }),
        Kind::Matrix => groups(plan, is_axial, |group| {
            group.matrix = group.matrix.map(|pixels| pixels.saturating_add_signed(size as isize).max(16));
        }),
        Kind::PhaseSwapped => groups(plan, is_axial, |group| {
            group.phase_encoding = match group.phase_encoding {
                PhaseEncoding::Row => PhaseEncoding::Column,
                PhaseEncoding::Column => PhaseEncoding::Row,
            };
        }),
        Kind::BandOverCanal => band_over_canal(plan),
        Kind::NoBand => plan.sat_bands.clear(),
        Kind::FlagEverything => plan.flags.push(Flag::warning(FlagCode::LowConfidence, "check this plan")),
        Kind::NeverFlag => plan.flags.retain(|flag| flag.severity < Severity::Warning),
        // Faults of the answer, not of the plan in it.
        Kind::StaleLocalizer | Kind::Late | Kind::Silent | Kind::Crash | Kind::Garbage => {}
    }
}

fn is_axial(group: &SliceGroup) -> bool {
    group.target.disc().is_some()
}

fn is_sagittal(group: &SliceGroup) -> bool {
    group.target == SliceTarget::Sagittal
}

fn groups(plan: &mut ScanPlan, wanted: fn(&SliceGroup) -> bool, change: impl Fn(&mut SliceGroup)) {
    plan.groups.iter_mut().filter(|group| wanted(group)).for_each(change);
}

/// Changes each disc's group, and its level's normal, which is given with the group's row.
fn axial(
    plan: &mut ScanPlan,
    of_group: impl Fn(&mut SliceGroup),
    of_level: impl Fn(&Direction, &Direction) -> Direction,
) {
    for level in &mut plan.levels {
        let group = plan.groups.iter().find(|group| group.target.disc() == Some(level.label));
        if let Some(group) = group {
            level.normal = of_level(&level.normal, &group.row);
        }
    }
    groups(plan, is_axial, of_group);
}

/// A direction turned about an axis, right-handed, degrees.
fn turned(direction: &Direction, axis: &Direction, angle_deg: f64) -> Direction {
    UnitQuaternion::from_axis_angle(axis, angle_deg.to_radians()) * direction
}

fn turn(group: &mut SliceGroup, axis: Direction, angle_deg: f64) {
    group.row = turned(&group.row, &axis, angle_deg);
    group.column = turned(&group.column, &axis, angle_deg);
}

/// Forwards in the sagittal view: about the rows, which run to the left.
fn tilt(group: &mut SliceGroup, angle_deg: f64) {
    turn(group, group.row, angle_deg);
}

fn tilt_lowest(plan: &mut ScanPlan, angle_deg: f64) {
    let Some(lowest) = plan.levels.iter().map(|level| level.label).max() else { return };
    for group in plan.groups.iter_mut().filter(|group| group.target.disc() == Some(lowest)) {
        tilt(group, angle_deg);
    }
}

fn tilt_coronal(plan: &mut ScanPlan, angle_deg: f64) {
    groups(plan, is_axial, |group| turn(group, group.column, angle_deg));
}

/// Every place in the plan.
fn centres(plan: &mut ScanPlan, place: impl Fn(&Point) -> Point) {
    plan.levels.iter_mut().for_each(|level| level.centre = place(&level.centre));
    plan.groups.iter_mut().for_each(|group| group.centre = place(&group.centre));
    plan.sat_bands.iter_mut().for_each(|band| band.centre = place(&band.centre));
}

/// Every place and direction in the plan, with axes swapped or their signs.
fn frame(plan: &mut ScanPlan, axes: &Matrix3<f64>) {
    let along = |direction: &Direction| Direction::new_normalize(axes * direction.into_inner());
    centres(plan, |point| axes * point);
    plan.levels.iter_mut().for_each(|level| level.normal = along(&level.normal));
    plan.sat_bands.iter_mut().for_each(|band| band.normal = along(&band.normal));
    for group in &mut plan.groups {
        (group.row, group.column) = (along(&group.row), along(&group.column));
    }
}

/// The label of the middle one of the levels that have slices.
fn middle_label(plan: &ScanPlan) -> Option<geometry::Disc> {
    let labels: Vec<_> = plan.disc_groups().filter_map(|group| group.target.disc()).collect();
    labels.get(labels.len() / 2).copied()
}

/// The middle disc is put where the one below it lies.
fn landmark_twice(plan: &mut ScanPlan) {
    let Some(label) = middle_label(plan) else { return };
    let Some(at) = plan.levels.iter().position(|level| level.label == label) else { return };
    let Some(below) = plan.levels.get(at + 1).copied() else { return };
    let shift = below.centre - plan.levels[at].centre;
    (plan.levels[at].centre, plan.levels[at].normal) = (below.centre, below.normal);
    for group in plan.groups.iter_mut().filter(|group| group.target.disc() == Some(label)) {
        group.centre += shift;
    }
}

/// Each level and its group get the label of the next one, towards the feet or the head; who has none goes.
fn wrong_level(plan: &mut ScanPlan, to_feet: bool) {
    let labels: Vec<_> = plan.levels.iter().map(|level| level.label).collect();
    let next = |label: geometry::Disc| {
        let at = labels.iter().position(|known| *known == label)?;
        if to_feet { labels.get(at + 1) } else { labels.get(at.checked_sub(1)?) }.copied()
    };
    plan.levels = plan
        .levels
        .iter()
        .filter_map(|level| Some(planner::PlannedLevel { label: next(level.label)?, ..*level }))
        .collect();
    let renamed = |group: &SliceGroup| match group.target.disc() {
        None => Some(group.clone()),
        Some(label) => {
            let target = SliceTarget::Disc(next(label)?);
            Some(SliceGroup { name: target.to_string(), target, ..group.clone() })
        }
    };
    plan.groups = plan.groups.iter().filter_map(renamed).collect();
}

/// The anterior band lies on the posterior margin of the discs, where the axial slices have their middle.
fn band_over_canal(plan: &mut ScanPlan) {
    let middles: Vec<Point> = plan.disc_groups().map(|group| group.centre).collect();
    let Some(first) = middles.first() else { return };
    let middle = first + middles.iter().map(|point| point - first).sum::<Vector>() / middles.len() as f64;
    match plan.sat_bands.first_mut() {
        Some(band) => band.centre = middle,
        None => plan.sat_bands.push(SatBand {
            name: "anterior".into(),
            centre: middle,
            normal: Vector::y_axis(),
            thickness_mm: 60.0,
        }),
    }
}
