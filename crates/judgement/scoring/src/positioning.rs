//! Errors of a planned disc against the true one, its coverage, and whether the plan is a failure.
//!
//! Limits are those of lumbar-numbers §2c: ideal ≤ 3° and ≤ 2 mm, acceptable ≤ 5° and ≤ 3 mm, failure
//! beyond 10° or one slice thickness, for a wrong level or an uncovered disc. They are project choices. The 10°
//! are based on the gantry-angle cadaver study and on how the dural sac's area changes with tilt (§2b).

use geometry::{Direction, Disc, LabelledDisc, Plane, Point, SliceGroup, Vector};

/// A level counts as identified within this distance of the truth, mm (ISMRM 2021 #3812; lumbar-numbers §2c).
pub const IDENTIFICATION_MM: f64 = 8.0;

/// How a planned plane differs from the true one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneError {
    /// Angle between the planes, 0…90°.
    pub angle_deg: f64,
    /// Its component in the sagittal view; positive if the plan's normal is tilted forwards.
    pub sagittal_tilt_deg: f64,
    /// Its component in the coronal view; positive if the plan's normal is tilted to the patient's left.
    pub coronal_tilt_deg: f64,
    /// Distance of the centres, mm.
    pub centre_mm: f64,
    /// Offset of the planned centre along the true normal, mm; positive towards the head.
    pub slice_offset_mm: f64,
}

impl PlaneError {
    /// Compares two planes; `left` is the normal of the spine's mid-sagittal plane, to the patient's left.
    /// Sagittal and coronal are the spine's own planes, so that roll does not mix the two tilts.
    pub fn between(planned: &Plane, truth: &Plane, left: &Direction) -> Self {
        let head = truth.normal.into_inner();
        let posterior = head.cross(left).try_normalize(1e-9).unwrap_or_else(|| perpendicular(&head));
        let left = posterior.cross(&head);
        // A plane has two normals: take the one on the true normal's side.
        let normal = planned.normal.into_inner() * if planned.normal.dot(&head) < 0.0 { -1.0 } else { 1.0 };
        let upwards = normal.dot(&head);
        Self {
            angle_deg: planned.angle_deg(truth),
            sagittal_tilt_deg: (-normal.dot(&posterior)).atan2(upwards).to_degrees(),
            coronal_tilt_deg: normal.dot(&left).atan2(upwards).to_degrees(),
            centre_mm: (planned.centre - truth.centre).norm(),
            slice_offset_mm: truth.distance_mm(&planned.centre),
        }
    }
}

/// Tilt of a plane in the scanner's sagittal view, degrees; positive if its normal is tilted forwards, as
/// at L5/S1.
pub fn sagittal_tilt_deg(plane: &Plane) -> f64 {
    let n = upward(plane);
    (-n.y).atan2(n.z).to_degrees()
}

/// Tilt of a plane in the scanner's coronal view, degrees; positive if its normal is tilted to the
/// patient's left.
pub fn coronal_tilt_deg(plane: &Plane) -> f64 {
    let n = upward(plane);
    n.x.atan2(n.z).to_degrees()
}

fn upward(plane: &Plane) -> Vector {
    plane.normal.into_inner() * if plane.normal.z < 0.0 { -1.0 } else { 1.0 }
}

fn perpendicular(v: &Vector) -> Vector {
    let other = if v.x.abs() < 0.9 { Vector::x() } else { Vector::y() };
    v.cross(&other).normalize()
}

/// True if the planned level carries the true label within 8 mm of the true centre.
pub fn is_identified(planned_label: Disc, planned_centre: &Point, true_label: Disc, true_centre: &Point) -> bool {
    planned_label == true_label && (planned_centre - true_centre).norm() < IDENTIFICATION_MM
}

/// What an axial group must cover at a disc: points of the disc's box and of the canal behind it.
///
/// `height_mm` is the disc's; the canal is sampled over the same height, 8 mm to either side (the sac is
/// 13 × 20 mm, lumbar-numbers §6d).
fn disc_region(disc: &LabelledDisc, height_mm: f64, left: &Direction) -> Vec<Point> {
    const STEPS: [f64; 5] = [-0.5, -0.25, 0.0, 0.25, 0.5];
    const CANAL_HALF_WIDTH_MM: f64 = 8.0;
    let LabelledDisc { plane, canal, depth_mm, width_mm, .. } = disc;
    let head = plane.normal.into_inner();
    let posterior = head.cross(left).try_normalize(1e-9).unwrap_or_else(|| perpendicular(&head));
    let left = posterior.cross(&head);

    let mut points = Vec::with_capacity(140);
    for up in STEPS.map(|step| head * (step * height_mm)) {
        for back in STEPS.map(|step| posterior * (step * depth_mm)) {
            points.extend(STEPS.map(|step| plane.centre + up + back + left * (step * width_mm)));
        }
        points.extend([-1.0, 0.0, 1.0].map(|side| canal + up + left * (side * CANAL_HALF_WIDTH_MM)));
    }
    points
}

/// Fraction of the points that lie in a group's slab, 0…1 (gaps count as covered); 1 if there are no points.
pub fn coverage(points: &[Point], group: &SliceGroup) -> f64 {
    if points.is_empty() {
        return 1.0;
    }
    points.iter().filter(|point| group.contains(point)).count() as f64 / points.len() as f64
}

/// The true disc that a plan is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct TrueDisc {
    /// Label, plane and extent of the disc.
    pub disc: LabelledDisc,
    /// Normal of the mid-sagittal plane, to the patient's left.
    pub left: Direction,
    /// What a group must cover: points of the disc's bounding box and of the canal behind it.
    pub region: Vec<Point>,
}

impl TrueDisc {
    /// A disc of height `height_mm` in a spine whose mid-sagittal plane has the normal `left`.
    pub fn new(disc: LabelledDisc, height_mm: f64, left: Direction) -> Self {
        Self { disc, left, region: disc_region(&disc, height_mm, &left) }
    }
}

/// What a plan contains for one disc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlannedDisc<'a> {
    /// Centre and plane of the level with the disc's label.
    pub level: Option<Plane>,
    /// The axial group planned for the disc.
    pub group: Option<&'a SliceGroup>,
}

/// Errors and coverage of a plan at one disc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiscScore {
    /// The right label within 8 mm.
    pub identified: bool,
    /// Error of the level's plane, if the level was planned.
    pub level: Option<PlaneError>,
    /// Error of the group's middle slice, if there is a group.
    pub group: Option<PlaneError>,
    /// Thickness of the group's slices, mm.
    pub thickness_mm: Option<f64>,
    /// Fraction of the disc and canal that the group covers, 0…1; 0 without a group.
    pub coverage: f64,
}

impl DiscScore {
    /// Compares what was planned with the truth.
    pub fn of(planned: &PlannedDisc<'_>, truth: &TrueDisc) -> Self {
        let error = |plane: &Plane| PlaneError::between(plane, &truth.disc.plane, &truth.left);
        Self {
            identified: planned.level.is_some_and(|level| {
                is_identified(truth.disc.label, &level.centre, truth.disc.label, &truth.disc.plane.centre)
            }),
            level: planned.level.as_ref().map(error),
            group: planned.group.map(|group| error(&group.plane())),
            thickness_mm: planned.group.map(|group| group.thickness_mm),
            coverage: planned.group.map_or(0.0, |group| coverage(&truth.region, group)),
        }
    }

    /// All reasons why this disc's plan is a failure; empty if it is acceptable.
    pub fn failures(&self, limits: &FailureLimits) -> Vec<Failure> {
        let mut failures = Vec::new();
        if !self.identified {
            failures.push(Failure::WrongLevel);
        }
        if let Some(error) = &self.group {
            if error.angle_deg > limits.angle_deg {
                failures.push(Failure::Angle);
            }
            if self.thickness_mm.is_some_and(|thickness_mm| error.slice_offset_mm.abs() > thickness_mm) {
                failures.push(Failure::Offset);
            }
        }
        if self.coverage < limits.coverage {
            failures.push(Failure::Uncovered);
        }
        failures
    }
}

/// Limits beyond which a plan is a failure (lumbar-numbers §2c, "fail"); the offset's limit is the group's own
/// slice thickness.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FailureLimits {
    /// Greatest angle, degrees.
    pub angle_deg: f64,
    /// Least fraction of disc and canal that must be covered, 0…1.
    pub coverage: f64,
}

impl Default for FailureLimits {
    /// 10°, and three quarters of the disc: below that, a wedge of at least one slice is missing (project choice).
    fn default() -> Self {
        Self { angle_deg: 10.0, coverage: 0.75 }
    }
}

/// Why a disc's plan is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// Wrong label, missing, or 8 mm or more away.
    WrongLevel,
    /// The group is tilted too far.
    Angle,
    /// The group is off by more than its slice thickness.
    Offset,
    /// The slices do not cover the disc.
    Uncovered,
}

/// True for a plan that fails at some disc and carries no warning: the worst outcome.
pub fn is_silent_failure(discs: &[DiscScore], limits: &FailureLimits, flagged: bool) -> bool {
    !flagged && discs.iter().any(|disc| !disc.failures(limits).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{PhaseEncoding, Pose, SliceTarget, Vertebra};
    use nalgebra::{Translation3, UnitQuaternion};
    use proptest::prelude::*;

    const L4_L5: Disc = Disc::between(Vertebra::L4, Vertebra::L5);

    fn truth() -> TrueDisc {
        let plane = Plane::new(Point::new(2.0, -5.0, 30.0), Vector::z());
        let canal = Point::new(2.0, 20.0, 30.0);
        let disc = LabelledDisc { label: L4_L5, plane, canal, depth_mm: 34.0, width_mm: 48.0 };
        TrueDisc::new(disc, 12.0, Vector::x_axis())
    }

    fn group(pose: &Pose) -> SliceGroup {
        SliceGroup {
            name: "axial L4/L5".into(),
            target: SliceTarget::Disc(L4_L5),
            centre: truth().disc.plane.centre,
            row: Vector::x_axis(),
            column: Vector::y_axis(),
            slices: 5,
            thickness_mm: 4.0,
            gap_mm: 0.4,
            fov_mm: [180.0, 180.0],
            matrix: [256, 256],
            phase_encoding: PhaseEncoding::Row,
        }
        .moved(pose)
    }

    /// Turned about the disc's centre and then shifted.
    fn about_centre(axis: Direction, angle_deg: f64, shift: Vector) -> Pose {
        let c = truth().disc.plane.centre.coords;
        let turn = UnitQuaternion::from_axis_angle(&axis, angle_deg.to_radians());
        Translation3::from(c + shift) * turn * Translation3::from(-c)
    }

    fn score(pose: &Pose) -> DiscScore {
        let group = group(pose);
        DiscScore::of(&PlannedDisc { level: Some(group.plane()), group: Some(&group) }, &truth())
    }

    #[test]
    fn a_plan_that_equals_the_truth_has_no_failure() {
        let score = score(&Pose::identity());
        assert!(score.identified && score.coverage == 1.0);
        assert_eq!(score.failures(&FailureLimits::default()), []);
        assert!(!is_silent_failure(&[score], &FailureLimits::default(), false));
    }

    #[test]
    fn each_kind_of_failure_is_found_and_a_flagged_one_is_not_silent() {
        let limits = FailureLimits::default();
        let tilted = score(&about_centre(Vector::x_axis(), 11.0, Vector::zeros()));
        assert_eq!(tilted.failures(&limits), [Failure::Angle]);
        let shifted = score(&about_centre(Vector::x_axis(), 0.0, Vector::new(0.0, 0.0, 4.5)));
        assert_eq!(shifted.failures(&limits), [Failure::Offset]);
        let elsewhere = score(&about_centre(Vector::x_axis(), 0.0, Vector::new(0.0, 0.0, 35.0)));
        assert_eq!(elsewhere.failures(&limits), [Failure::WrongLevel, Failure::Offset, Failure::Uncovered]);
        let missing = DiscScore::of(&PlannedDisc { level: None, group: None }, &truth());
        assert_eq!(missing.failures(&limits), [Failure::WrongLevel, Failure::Uncovered]);
        assert!(is_silent_failure(&[tilted], &limits, false) && !is_silent_failure(&[tilted], &limits, true));
    }

    #[test]
    fn a_forward_tilt_as_at_l5_s1_is_positive() {
        let tilt = 35.0_f64.to_radians();
        let l5_s1 = Plane::new(Point::origin(), Vector::new(0.0, -tilt.sin(), tilt.cos()));
        assert!((sagittal_tilt_deg(&l5_s1) - 35.0).abs() < 1e-9);
        assert!(coronal_tilt_deg(&l5_s1).abs() < 1e-9);
        assert!(!is_identified(L4_L5, &Point::origin(), Disc::between(Vertebra::L3, Vertebra::L4), &Point::origin()));
    }

    proptest! {
        #[test]
        fn errors_do_not_depend_on_the_patients_pose(
            sagittal in -12.0f64..12.0, shift in -6.0f64..6.0, roll in -3.0f64..3.0, yaw in -0.4f64..0.4,
        ) {
            let plane = group(&about_centre(Vector::x_axis(), sagittal, Vector::new(1.0, 0.5, shift))).plane();
            let pose = Pose::from_parts(Translation3::new(9.0, -4.0, 70.0), UnitQuaternion::from_euler_angles(0.2, roll, yaw));
            let still = PlaneError::between(&plane, &truth().disc.plane, &truth().left);
            let moved = PlaneError::between(&plane.moved(&pose), &truth().disc.plane.moved(&pose), &(pose.rotation * truth().left));
            prop_assert!((still.sagittal_tilt_deg - sagittal).abs() < 1e-9, "{still:?}");
            prop_assert!((still.sagittal_tilt_deg - moved.sagittal_tilt_deg).abs() < 1e-6);
            prop_assert!((still.coronal_tilt_deg - moved.coronal_tilt_deg).abs() < 1e-6);
            prop_assert!((moved.slice_offset_mm - shift).abs() < 1e-9);
        }
    }
}
