//! A slice group against the one that is asked for, beyond its plane: turned or shifted in it, of another size, read out
//! otherwise; and saturation bands against what they must spare.

use geometry::{Plane, Point, SatBand, SliceGroup, StackGeometry};
use serde::{Deserialize, Serialize};

/// Lengths that differ by less are the same, mm: rounding in a planner's text.
const SAME_MM: f64 = 0.05;
/// Fields of view that differ by a smaller part are the same: scanners round them to pixels.
const SAME_FIELD: f64 = 0.02;

/// How a group lies in the plane of the one that is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Turn of the image in its plane, degrees, −180…180; positive if its rows are turned from the expected row towards the
    /// expected column (clockwise on the screen). Of a mirrored image, in which rows and columns are turned by different
    /// angles, the larger one.
    pub in_plane_rotation_deg: f64,
    /// Offset of the middle along the expected row, mm: of axial slices to the patient's left, of sagittal ones to the back.
    pub row_offset_mm: f64,
    /// Offset of the middle along the expected column, mm: of axial slices to the back, of sagittal ones to the feet.
    pub column_offset_mm: f64,
}

impl Placement {
    /// Compares a group with the expected one.
    pub fn between(group: &SliceGroup, expected: &SliceGroup) -> Self {
        let turn = |along: f64, across: f64| across.atan2(along).to_degrees();
        let of_rows = turn(group.row.dot(&expected.row), group.row.dot(&expected.column));
        let of_columns = turn(group.column.dot(&expected.column), -group.column.dot(&expected.row));
        let off = group.centre - expected.centre;
        Self {
            in_plane_rotation_deg: if of_columns.abs() > of_rows.abs() { of_columns } else { of_rows },
            row_offset_mm: off.dot(&expected.row),
            column_offset_mm: off.dot(&expected.column),
        }
    }
}

/// What of a group is not as the protocol asks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Deviation {
    /// Another number of slices; one fewer than the true anatomy leaves room for is none.
    Slices {
        /// Number found.
        found: usize,
        /// Number asked for.
        expected: usize,
    },
    /// Another slice thickness.
    Thickness {
        /// Found, mm.
        found_mm: f64,
        /// Asked for, mm.
        expected_mm: f64,
    },
    /// Another gap between slices.
    Gap {
        /// Found, mm.
        found_mm: f64,
        /// Asked for, mm.
        expected_mm: f64,
    },
    /// Another field of view.
    FieldOfView {
        /// Found, mm.
        found_mm: [f64; 2],
        /// Asked for, mm.
        expected_mm: [f64; 2],
    },
    /// Another matrix.
    Matrix {
        /// Found.
        found: [usize; 2],
        /// Asked for.
        expected: [usize; 2],
    },
    /// Phase and frequency encoding are swapped: ghosts fall across what is to be seen.
    PhaseEncoding,
    /// The slices are numbered from the other side, or the image is mirrored.
    SliceOrder,
    /// Several groups are for the same thing.
    Doubled {
        /// How many.
        groups: usize,
    },
}

impl Deviation {
    /// All that differs between a group and the expected one, whose stack the protocol gives as `asked`: where groups would
    /// cross, fewer slices are expected than the protocol has.
    pub fn of(group: &SliceGroup, expected: &SliceGroup, asked: &StackGeometry) -> Vec<Self> {
        let mut found = Vec::new();
        if group.slices > asked.slices || group.slices + 1 < expected.slices {
            found.push(Self::Slices { found: group.slices, expected: asked.slices });
        }
        if (group.thickness_mm - asked.thickness_mm).abs() > SAME_MM {
            found.push(Self::Thickness { found_mm: group.thickness_mm, expected_mm: asked.thickness_mm });
        }
        if (group.gap_mm - asked.gap_mm).abs() > SAME_MM {
            found.push(Self::Gap { found_mm: group.gap_mm, expected_mm: asked.gap_mm });
        }
        let other_field = |axis: usize| (group.fov_mm[axis] / asked.fov_mm[axis] - 1.0).abs() > SAME_FIELD;
        if other_field(0) || other_field(1) {
            found.push(Self::FieldOfView { found_mm: group.fov_mm, expected_mm: asked.fov_mm });
        }
        if group.matrix != asked.matrix {
            found.push(Self::Matrix { found: group.matrix, expected: asked.matrix });
        }
        if group.phase_encoding != expected.phase_encoding {
            found.push(Self::PhaseEncoding);
        }
        if group.normal().dot(&expected.normal()) < 0.0 {
            found.push(Self::SliceOrder);
        }
        found
    }

    /// In words, with what was found and expected.
    pub fn describe(&self) -> String {
        match self {
            Self::Slices { found, expected } => format!("{found} slices, expected {expected}"),
            Self::Thickness { found_mm, expected_mm } => {
                format!("slice thickness {found_mm} mm, expected {expected_mm} mm")
            }
            Self::Gap { found_mm, expected_mm } => format!("gap {found_mm} mm, expected {expected_mm} mm"),
            Self::FieldOfView { found_mm: [a, b], expected_mm: [c, d] } => {
                format!("field of view {a} × {b} mm, expected {c} × {d} mm")
            }
            Self::Matrix { found: [a, b], expected: [c, d] } => format!("matrix {a} × {b}, expected {c} × {d}"),
            Self::PhaseEncoding => "phase and frequency encoding swapped".into(),
            Self::SliceOrder => "slices numbered from the other side, or the image mirrored".into(),
            Self::Doubled { groups } => format!("{groups} groups, expected one"),
        }
    }
}

/// Part of some points that lie in any of the bands, 0…1; 0 without points.
pub fn saturated(points: &[Point], bands: &[SatBand]) -> f64 {
    if points.is_empty() {
        return 0.0;
    }
    let inside = |point: &&Point| bands.iter().any(|band| band.contains(point));
    points.iter().filter(inside).count() as f64 / points.len() as f64
}

/// The canal's middle and both of its sides at a disc: 8 mm to either side (the sac is 20 mm wide, lumbar-numbers §6d).
pub fn canal_points(canal: &Point, disc: &Plane, left: &geometry::Direction) -> [Point; 3] {
    let across = left.into_inner() - disc.normal.into_inner() * disc.normal.dot(left);
    [-8.0, 0.0, 8.0].map(|side| canal + across * side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{PhaseEncoding, Pose, PrescriptionRules, SliceTarget, Vector};
    use nalgebra::UnitQuaternion;

    fn asked() -> StackGeometry {
        PrescriptionRules::default().axial
    }

    fn expected() -> SliceGroup {
        let disc = "L4/L5".parse().expect("a disc");
        asked().at("axial L4/L5", SliceTarget::Disc(disc), Point::origin(), Vector::x_axis(), Vector::y_axis())
    }

    #[test]
    fn a_turn_in_the_plane_is_measured_with_its_sign() {
        for angle_deg in [-45.0_f64, 5.0, 45.0, 90.0, 179.0] {
            let turn = UnitQuaternion::from_axis_angle(&Vector::z_axis(), angle_deg.to_radians());
            let turned = expected().moved(&Pose::from_parts(Vector::new(-40.0, 3.0, 0.0).into(), turn));
            let found = Placement::between(&turned, &expected());
            assert!((found.in_plane_rotation_deg - angle_deg).abs() < 1e-9, "{found:?}");
            assert!((found.row_offset_mm + 40.0).abs() < 1e-9 && (found.column_offset_mm - 3.0).abs() < 1e-9);
        }
    }

    #[test]
    fn mirrored_images_and_swapped_axes_are_no_perfect_placement() {
        let reversed = SliceGroup { row: -expected().row, ..expected() };
        let swapped = SliceGroup { row: expected().column, column: expected().row, ..expected() };
        for wrong in [&reversed, &swapped] {
            let found = Placement::between(wrong, &expected());
            assert!(found.in_plane_rotation_deg.abs() >= 90.0, "{found:?}");
            assert_eq!(Deviation::of(wrong, &expected(), &asked()), [Deviation::SliceOrder]);
        }
    }

    #[test]
    fn each_parameter_that_differs_is_named_with_both_values() {
        let wrong = SliceGroup {
            slices: 11,
            thickness_mm: 12.0,
            gap_mm: 1.0,
            fov_mm: [200.0, 180.0],
            matrix: [128, 256],
            phase_encoding: PhaseEncoding::Column,
            ..expected()
        };
        let found: Vec<String> = Deviation::of(&wrong, &expected(), &asked()).iter().map(Deviation::describe).collect();
        assert_eq!(found.len(), 6, "{found:?}");
        assert_eq!(found[0], "11 slices, expected 5");
        assert_eq!(found[1], "slice thickness 12 mm, expected 4 mm");
        assert_eq!(Deviation::of(&expected(), &expected(), &asked()), []);
        let shortened = SliceGroup { slices: 4, ..expected() };
        assert_eq!(Deviation::of(&shortened, &expected(), &asked()), [], "one slice fewer may avoid a crossing");
    }
}
