//! Size of a stack of slices, independent of its position.

use geometry::{Direction, PhaseEncoding, Point, SliceGroup, SliceRole};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Size of a stack of slices, as a protocol states it.
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
    /// The stack at a position and orientation: row to the right on the screen, column downwards.
    pub fn at(&self, name: &str, role: SliceRole, centre: Point, row: Direction, column: Direction) -> SliceGroup {
        SliceGroup {
            name: name.to_owned(),
            role,
            centre,
            row,
            column,
            slices: self.slices,
            thickness_mm: self.thickness_mm,
            gap_mm: self.gap_mm,
            fov_mm: self.fov_mm,
            matrix: self.matrix,
            // Along the spine in sagittal and coronal slices, left–right in axial ones: ghosts of breathing and
            // pulsating vessels then lie beside the canal, not across it.
            phase_encoding: match role {
                SliceRole::Sagittal | SliceRole::Coronal => PhaseEncoding::Column,
                SliceRole::AxialDisc | SliceRole::AxialBlock => PhaseEncoding::Row,
            },
        }
    }
}
