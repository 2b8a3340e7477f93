//! From labelled discs to slice groups and saturation bands, by the rules of the protocol.

use geometry::{SatBand, SliceGroup};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::labelled_spine::LabelledSpine;
use crate::plan::Flag;

/// What the protocol asks to be prescribed (`lumbar-numbers.md` §5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PrescriptionRules {
    /// The sagittal stack.
    pub sagittal: StackRule,
    /// The group through each disc.
    pub axial: StackRule,
    /// Thickness of the anterior saturation band, mm; 0 leaves it out.
    pub sat_band_thickness_mm: f64,
    /// Least distance between the saturation band and the vertebral bodies, mm.
    pub sat_band_clearance_mm: f64,
}

/// Size of a stack of slices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StackRule {
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

impl Default for PrescriptionRules {
    fn default() -> Self {
        Self {
            sagittal: StackRule {
                slices: 15,
                thickness_mm: 4.0,
                gap_mm: 0.4,
                fov_mm: [300.0, 300.0],
                matrix: [384, 384],
            },
            axial: StackRule { slices: 5, thickness_mm: 4.0, gap_mm: 0.4, fov_mm: [180.0, 180.0], matrix: [256, 256] },
            sat_band_thickness_mm: 60.0,
            sat_band_clearance_mm: 5.0,
        }
    }
}

/// What prescription yields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prescription {
    /// The sagittal stack first, then a group a disc from the head downwards.
    pub groups: Vec<SliceGroup>,
    /// The anterior saturation band.
    pub sat_bands: Vec<SatBand>,
    /// Compromises that were made (shortened groups, crossing slices).
    pub flags: Vec<Flag>,
}

/// Prescribes the sagittal stack, a group for every disc from L1/L2 to the sacrum, and the saturation band.
pub fn prescribe(_spine: &LabelledSpine, _rules: &PrescriptionRules) -> Prescription {
    Prescription::default()
}
