//! Errors of a planned disc against the true one, its coverage, and whether the plan is a failure.
//!
//! Limits are those of lumbar-numbers §2c: ideal ≤ 3° and ≤ 2 mm, acceptable ≤ 5° and ≤ 3 mm, failure
//! beyond 10° or one slice thickness, for a wrong level or an uncovered disc. They are project choices. The 10°
//! are based on the gantry-angle cadaver study and on how the dural sac's area changes with tilt (§2b).

use geometry::{Direction, Disc, LabelledDisc, Plane, Point, SliceGroup, Vector};
use serde::{Deserialize, Serialize};

use crate::prescription::Placement;

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

/// How a sagittal stack's normal deviates from the expected stack's, degrees: its turn about the body's long axis (the
/// expected column), positive if a normal that points to the left is turned to the back; and its tilt in the coronal view,
/// positive if that normal is tipped to the head.
pub fn stack_tilts_deg(plane: &Plane, expected: &SliceGroup) -> [f64; 2] {
    let left = expected.normal().into_inner() * if expected.normal().x < 0.0 { -1.0 } else { 1.0 };
    let normal = plane.normal.into_inner() * if plane.normal.dot(&left) < 0.0 { -1.0 } else { 1.0 };
    let along = |axis: Vector| normal.dot(&axis).atan2(normal.dot(&left)).to_degrees();
    // Rows run to the back and columns to the feet.
    [along(expected.row.into_inner()), along(-expected.column.into_inner())]
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

/// What a plan contains for one disc, and what it should.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlannedDisc<'a> {
    /// Centre and plane of the level with the disc's label.
    pub level: Option<Plane>,
    /// The axial group planned for the disc.
    pub group: Option<&'a SliceGroup>,
    /// The group that the truth asks for.
    pub expected: &'a SliceGroup,
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
    /// How the group lies in its plane, if there is one.
    pub placement: Option<Placement>,
    /// Thickness of the slices that are asked for, mm.
    pub thickness_mm: f64,
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
            placement: planned.group.map(|group| Placement::between(group, planned.expected)),
            thickness_mm: planned.expected.thickness_mm,
            coverage: planned.group.map_or(0.0, |group| coverage(&truth.region, group)),
        }
    }

    /// All reasons why this disc's plan is a failure; empty if it is acceptable.
    pub fn failures(&self, limits: &FailureLimits) -> Vec<Failure> {
        let off = |error: &PlaneError| error.slice_offset_mm.abs() > self.thickness_mm;
        let placed = self.placement.map(|placement| limits.of_placement(&placement)).unwrap_or_default();
        let found = [
            (Failure::WrongLevel, !self.identified),
            (Failure::NoSlices, self.group.is_none()),
            (Failure::Angle, self.group.is_some_and(|error| error.angle_deg > limits.angle_deg)),
            (Failure::Offset, self.group.as_ref().is_some_and(off)),
            (Failure::Uncovered, self.group.is_some() && self.coverage < limits.coverage),
        ];
        found.into_iter().filter(|(_, holds)| *holds).map(|(failure, _)| failure).chain(placed).collect()
    }
}

/// Limits beyond which a plan is a failure (lumbar-numbers §2c, "fail"); the offset's limit is the slice thickness that the
/// protocol asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FailureLimits {
    /// Greatest angle, degrees.
    pub angle_deg: f64,
    /// Least fraction of disc and canal that must be covered, 0…1.
    pub coverage: f64,
    /// Greatest turn in the plane, degrees.
    pub in_plane_rotation_deg: f64,
    /// Greatest offset along a row or a column, mm.
    pub in_plane_offset_mm: f64,
    /// Greatest offset of the sagittal stack from the midline, mm.
    pub stack_offset_mm: f64,
    /// Greatest part of the canal or of the discs that a saturation band may cover, 0…1.
    pub saturated: f64,
}

impl Default for FailureLimits {
    /// 10°, and three quarters of the disc: below that, a wedge of at least one slice is missing. Turned by 20° in the plane,
    /// or 25 mm off in it, left and right can no longer be compared on one picture; a sagittal stack 10 mm to one side has
    /// lost a foramen. A band over a twentieth of the anatomy darkens what is to be seen. All are project choices.
    fn default() -> Self {
        Self {
            angle_deg: 10.0,
            coverage: 0.75,
            in_plane_rotation_deg: 20.0,
            in_plane_offset_mm: 25.0,
            stack_offset_mm: 10.0,
            saturated: 0.05,
        }
    }
}

impl FailureLimits {
    /// Why a group's placement in its plane is a failure.
    pub fn of_placement(&self, placement: &Placement) -> Vec<Failure> {
        let Placement { in_plane_rotation_deg, row_offset_mm, column_offset_mm } = placement;
        let found = [
            (Failure::Rotation, in_plane_rotation_deg.abs() > self.in_plane_rotation_deg),
            (Failure::InPlaneOffset, row_offset_mm.abs().max(column_offset_mm.abs()) > self.in_plane_offset_mm),
        ];
        found.into_iter().filter(|(_, holds)| *holds).map(|(failure, _)| failure).collect()
    }
}

/// Why a plan is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// Wrong label, missing, or 8 mm or more away.
    WrongLevel,
    /// No slices for it.
    NoSlices,
    /// The slices are tilted too far.
    Angle,
    /// The slices are off by more than their thickness, the sagittal stack too far to one side.
    Offset,
    /// The slices do not cover what they must show.
    Uncovered,
    /// The slices are turned too far in their plane.
    Rotation,
    /// The slices' middle is too far off in their plane.
    InPlaneOffset,
    /// Number, thickness, gap, field of view, matrix, phase direction or order are not as prescribed.
    NotAsPrescribed,
    /// The same level twice, in different places.
    DoubledLevel,
    /// A saturation band darkens canal or discs.
    SaturatedAnatomy,
    /// The saturation band that the protocol asks for is missing.
    NoSaturationBand,
}

impl Failure {
    /// In words, for a report.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::WrongLevel => "wrong or missing level",
            Self::NoSlices => "no slices",
            Self::Angle => "tilted too far",
            Self::Offset => "slices off the disc or the midline",
            Self::Uncovered => "not covered",
            Self::Rotation => "turned in its plane",
            Self::InPlaneOffset => "off in its plane",
            Self::NotAsPrescribed => "not as prescribed",
            Self::DoubledLevel => "level planned twice",
            Self::SaturatedAnatomy => "saturation band over the anatomy",
            Self::NoSaturationBand => "saturation band missing",
        }
    }
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
        let (group, expected) = (group(pose), group(&Pose::identity()));
        DiscScore::of(&PlannedDisc { level: Some(group.plane()), group: Some(&group), expected: &expected }, &truth())
    }

    #[test]
    fn a_plan_that_equals_the_truth_has_no_failure() {
        let score = score(&Pose::identity());
        assert!(score.identified && score.coverage == 1.0);
        assert_eq!(score.failures(&FailureLimits::default()), []);
    }

    #[test]
    fn each_kind_of_failure_is_found() {
        let limits = FailureLimits::default();
        let tilted = score(&about_centre(Vector::x_axis(), 11.0, Vector::zeros()));
        assert_eq!(tilted.failures(&limits), [Failure::Angle]);
        let shifted = score(&about_centre(Vector::x_axis(), 0.0, Vector::new(0.0, 0.0, 4.5)));
        assert_eq!(shifted.failures(&limits), [Failure::Offset]);
        let elsewhere = score(&about_centre(Vector::x_axis(), 0.0, Vector::new(0.0, 0.0, 35.0)));
        assert_eq!(elsewhere.failures(&limits), [Failure::WrongLevel, Failure::Offset, Failure::Uncovered]);
        let expected = group(&Pose::identity());
        let missing = DiscScore::of(&PlannedDisc { level: None, group: None, expected: &expected }, &truth());
        assert_eq!(missing.failures(&limits), [Failure::WrongLevel, Failure::NoSlices]);
        let spun = score(&about_centre(Vector::z_axis(), 45.0, Vector::zeros()));
        assert_eq!(spun.failures(&limits), [Failure::Rotation]);
        let aside = Pose::from_parts(Translation3::new(-40.0, 0.0, 0.0), UnitQuaternion::identity());
        let aside = SliceGroup { name: "moved".into(), ..group(&aside) };
        let planned = PlannedDisc { level: Some(truth().disc.plane), group: Some(&aside), expected: &expected };
        assert_eq!(DiscScore::of(&planned, &truth()).failures(&limits), [Failure::InPlaneOffset]);
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
