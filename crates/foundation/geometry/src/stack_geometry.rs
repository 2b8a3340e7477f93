//! Size of a stack of slices, wherever it is put.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Direction, Orientation, PhaseEncoding, Point, SliceGroup, SliceTarget};

/// Size of a stack of slices, as a protocol writes it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StackGeometry {
    /// Number of slices.
    pub slices: usize,
    /// Slice thickness, mm.
    pub thickness_mm: f64,
    /// Gap between slices, mm.
    pub gap_mm: f64,
    /// Field of view: extent of the rows' stack and of a row, mm.
    pub fov_mm: [f64; 2],
    /// Number of rows and columns.
    pub matrix: [usize; 2],
}

impl StackGeometry {
    /// The stack put somewhere: row to the right on the screen, column downwards. Phase encoding is head–foot where that
    /// is in the image, and left–right on axial images: breathing and pulsating vessels then ghost beside the canal, not
    /// across it.
    pub fn at(
        &self,
        name: impl Into<String>,
        target: SliceTarget,
        centre: Point,
        row: Direction,
        column: Direction,
    ) -> SliceGroup {
        let phase_encoding = match target.orientation() {
            Orientation::Sagittal | Orientation::Coronal => PhaseEncoding::Column,
            Orientation::Axial => PhaseEncoding::Row,
        };
        SliceGroup {
            name: name.into(),
            target,
            centre,
            row,
            column,
            slices: self.slices,
            thickness_mm: self.thickness_mm,
            gap_mm: self.gap_mm,
            fov_mm: self.fov_mm,
            matrix: self.matrix,
            phase_encoding,
        }
    }

    /// A group that lies as another one does and has this size.
    pub fn applied_to(&self, group: &SliceGroup) -> SliceGroup {
        SliceGroup {
            slices: self.slices,
            thickness_mm: self.thickness_mm,
            gap_mm: self.gap_mm,
            fov_mm: self.fov_mm,
            matrix: self.matrix,
            ..group.clone()
        }
    }
}
