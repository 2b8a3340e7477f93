//! A prescription: a stack of parallel slices.

use nalgebra::Matrix3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Direction, Grid, Plane, Point, Pose, SliceRole, SliceTarget};

/// Which image axis is phase-encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseEncoding {
    /// Along an image row (left–right on the screen).
    Row,
    /// Along an image column (up–down on the screen).
    Column,
}

/// A stack of parallel slices: where, how many, how thick, how large. Its JSON is that of a
/// [`WrittenSliceGroup`](crate::written_slice_group::WrittenSliceGroup).
#[derive(Clone, Debug, PartialEq)]
pub struct SliceGroup {
    /// The name on the console, "axial L4/L5": a label, which may be any.
    pub name: String,
    /// What it is for.
    pub target: SliceTarget,
    /// Middle of the stack, LPS mm.
    pub centre: Point,
    /// Direction of an image row (to the right on the screen).
    pub row: Direction,
    /// Direction of an image column (downwards on the screen).
    pub column: Direction,
    /// Number of slices.
    pub slices: usize,
    /// Slice thickness, mm.
    pub thickness_mm: f64,
    /// Gap between slices, mm; negative gaps overlap.
    pub gap_mm: f64,
    /// Extent of the rows' stack (along `column`) and of a row (along `row`), mm.
    pub fov_mm: [f64; 2],
    /// Number of rows and of columns.
    pub matrix: [usize; 2],
    /// Which image axis is phase-encoded.
    pub phase_encoding: PhaseEncoding,
}

impl SliceGroup {
    /// Slice normal, row × column: the direction in which the slices are numbered.
    pub fn normal(&self) -> Direction {
        Direction::new_normalize(self.row.cross(&self.column))
    }

    /// The middle slice's plane.
    pub fn plane(&self) -> Plane {
        Plane { centre: self.centre, normal: self.normal() }
    }

    /// Distance between the centres of neighbouring slices, mm.
    pub fn slice_step_mm(&self) -> f64 {
        self.thickness_mm + self.gap_mm
    }

    /// From the outer face of the first slice to that of the last, mm.
    pub fn slab_mm(&self) -> f64 {
        (self.slices as f64 - 1.0) * self.slice_step_mm() + self.thickness_mm
    }

    /// Plane of slice `k`.
    pub fn slice_plane(&self, k: usize) -> Plane {
        let offset = (k as f64 - (self.slices as f64 - 1.0) / 2.0) * self.slice_step_mm();
        Plane { centre: self.centre + self.normal().into_inner() * offset, normal: self.normal() }
    }

    /// The voxels of the acquired images; the spacing along k includes the gap.
    pub fn grid(&self) -> Grid {
        let axes =
            Matrix3::from_columns(&[self.row.into_inner(), self.column.into_inner(), self.normal().into_inner()]);
        let spacing =
            [self.fov_mm[1] / self.matrix[1] as f64, self.fov_mm[0] / self.matrix[0] as f64, self.slice_step_mm()];
        Grid::centred(self.centre, axes, spacing, [self.matrix[1], self.matrix[0], self.slices])
    }

    /// True if a point lies within the slab and the field of view (gaps count as covered).
    pub fn contains(&self, point: &Point) -> bool {
        let d = point - self.centre;
        d.dot(&self.normal()).abs() <= self.slab_mm() / 2.0
            && d.dot(&self.row).abs() <= self.fov_mm[1] / 2.0
            && d.dot(&self.column).abs() <= self.fov_mm[0] / 2.0
    }

    /// The eight corners of the slab.
    pub fn corners(&self) -> [Point; 8] {
        let half = [
            self.row.into_inner() * (self.fov_mm[1] / 2.0),
            self.column.into_inner() * (self.fov_mm[0] / 2.0),
            self.normal().into_inner() * (self.slab_mm() / 2.0),
        ];
        std::array::from_fn(|corner| {
            (0..3).fold(self.centre, |p, axis| if corner >> axis & 1 == 1 { p + half[axis] } else { p - half[axis] })
        })
    }

    /// The group moved by a rigid transform.
    pub fn moved(&self, pose: &Pose) -> Self {
        Self {
            centre: pose * self.centre,
            row: pose.rotation * self.row,
            column: pose.rotation * self.column,
            ..self.clone()
        }
    }

    /// True if the other group has the same slices, whatever it is called and for.
    pub fn same_slices(&self, other: &Self) -> bool {
        *self == Self { name: self.name.clone(), target: self.target.clone(), ..other.clone() }
    }

    /// Refuses a group that no scanner could acquire.
    pub fn check(&self) -> Result<(), SliceGroupError> {
        let positive = |name, value: f64| {
            if value.is_finite() && value > 0.0 { Ok(()) } else { Err(SliceGroupError::NotPositive { name, value }) }
        };
        positive("thickness_mm", self.thickness_mm)?;
        positive("fov_mm[0]", self.fov_mm[0])?;
        positive("fov_mm[1]", self.fov_mm[1])?;
        positive("thickness_mm + gap_mm", self.slice_step_mm())?;
        if !self.centre.iter().all(|x| x.is_finite()) {
            return Err(SliceGroupError::NotFinite { name: "centre" });
        }
        if self.slices == 0 || self.matrix.contains(&0) {
            return Err(SliceGroupError::Empty);
        }
        let skew = self.row.dot(&self.column).abs();
        if skew.is_nan() || skew > 1e-3 {
            return Err(SliceGroupError::Skewed { dot: skew });
        }
        Ok(())
    }
}

/// Why a slice group cannot be acquired.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SliceGroupError {
    /// A length that must be positive.
    #[error("{name} is {value}, expected a positive number of millimetres")]
    NotPositive {
        /// The field.
        name: &'static str,
        /// What it was.
        value: f64,
    },
    /// A coordinate that is infinite or not a number.
    #[error("{name} is not finite")]
    NotFinite {
        /// The field.
        name: &'static str,
    },
    /// No slice or no pixel.
    #[error("slices and matrix must be at least 1")]
    Empty,
    /// Row and column directions are not perpendicular.
    #[error("row and column must be perpendicular: their dot product is {dot:.4}")]
    Skewed {
        /// row · column.
        dot: f64,
    },
    /// Version 2 of `plan.json` says what a group is for by its target alone.
    #[error(
        "it has no target, expected \"sagittal\", \"coronal\", {{\"disc\": \"L4/L5\"}} or {{\"block\": [\"L3/L4\", …]}}"
    )]
    NoTarget,
    /// Version 1 of `plan.json` says what a group is for by its role.
    #[error("it has no role, expected sagittal, coronal, axial-disc or axial-block")]
    NoRole,
    /// A target in a plan of version 1.
    #[error("it has a target, which a plan of format_version 1 has not; expected format_version 2 in the plan")]
    TargetInVersion1,
    /// The role, which is derived from the target, says otherwise.
    #[error("its role {found:?} contradicts its target, which makes it {expected:?}; leave the role out")]
    Contradiction {
        /// What the role says.
        found: SliceRole,
        /// What follows from the target.
        expected: SliceRole,
    },
    /// A direction of length zero.
    #[error("{name} is not a direction: its length is {length}, expected 1")]
    NoDirection {
        /// The field.
        name: &'static str,
        /// Its length.
        length: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Disc, Vector, Vertebra};

    fn group() -> SliceGroup {
        SliceGroup {
            name: "axial L4/L5".into(),
            target: SliceTarget::Disc(Disc::between(Vertebra::L4, Vertebra::L5)),
            centre: Point::new(1.0, 2.0, 3.0),
            row: Vector::x_axis(),
            column: Vector::y_axis(),
            slices: 5,
            thickness_mm: 4.0,
            gap_mm: 0.4,
            fov_mm: [180.0, 200.0],
            matrix: [256, 320],
            phase_encoding: PhaseEncoding::Row,
        }
    }

    #[test]
    fn grid_covers_the_field_of_view() {
        let grid = group().grid();
        assert_eq!(grid.shape, [320, 256, 5]);
        assert_eq!(grid.extent_mm()[0], 200.0);
        assert_eq!(grid.extent_mm()[1], 180.0);
        assert!((grid.centre() - group().centre).norm() < 1e-9);
        assert!((group().slab_mm() - 21.6).abs() < 1e-9);
        assert!(group().contains(&Point::new(100.0, 2.0, 13.7)));
        assert!(!group().contains(&Point::new(0.0, 2.0, 13.9)));
    }

    #[test]
    fn json_round_trips_and_refuses_a_skewed_group() {
        let text = serde_json::to_string(&group()).expect("a group serialises");
        assert_eq!(serde_json::from_str::<SliceGroup>(&text).expect("and reads back"), group());
        let skewed = text.replace("\"column\":[0.0,1.0,0.0]", "\"column\":[0.6,0.8,0.0]");
        assert!(serde_json::from_str::<SliceGroup>(&skewed).expect_err("skewed").to_string().contains("perpendicular"));
        let thin = text.replace("\"thickness_mm\":4.0", "\"thickness_mm\":-4.0");
        assert!(
            serde_json::from_str::<SliceGroup>(&thin).expect_err("negative").to_string().contains("thickness_mm is -4")
        );
    }
}
