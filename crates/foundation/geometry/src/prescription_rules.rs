//! What a protocol asks to be prescribed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Orientation, SliceTarget, StackGeometry};

/// What a protocol asks to be prescribed (`lumbar-numbers.md` §5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PrescriptionRules {
    /// Size of the sagittal stack.
    pub sagittal: StackGeometry,
    /// Size of the group through each disc.
    pub axial: StackGeometry,
    /// Thickness of the anterior saturation band, mm; 0 leaves it out.
    pub sat_band_thickness_mm: f64,
    /// Least distance between the saturation band and the vertebral bodies, mm.
    pub sat_band_clearance_mm: f64,
}

impl PrescriptionRules {
    /// Size of the stack for a target; coronal stacks have the sagittal one's.
    pub const fn stack(&self, target: &SliceTarget) -> &StackGeometry {
        match target.orientation() {
            Orientation::Sagittal | Orientation::Coronal => &self.sagittal,
            Orientation::Axial => &self.axial,
        }
    }
}

impl Default for PrescriptionRules {
    /// The routine lumbar examination, as the scanner's protocol `lumbar-1.5t` has it (a test there compares).
    fn default() -> Self {
        let sagittal =
            StackGeometry { slices: 15, thickness_mm: 4.0, gap_mm: 0.4, fov_mm: [300.0; 2], matrix: [384; 2] };
        let axial = StackGeometry { slices: 5, fov_mm: [180.0; 2], matrix: [256; 2], ..sagittal };
        Self { sagittal, axial, sat_band_thickness_mm: 60.0, sat_band_clearance_mm: 5.0 }
    }
}
